"""Words of the desk that several pages say."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUP_WORDS: dict[str, str | Promise] = {
    "open": _("chưa đóng"),
    "violation": _("đang xử lý vi phạm"),
    "closed": _("đã đóng"),
}
