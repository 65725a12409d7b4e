"""Types of fields and kinds of geometry in plain words, for pages and for the planner's form."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TYPE_WORDS: dict[str, Promise] = {
    "text": _("chữ"),
    "integer": _("số nguyên"),
    "decimal": _("số"),
    "boolean": _("có hoặc không"),
    "date": _("ngày"),
    "datetime": _("ngày giờ"),
    "choice": _("một giá trị trong danh sách"),
    "choices": _("nhiều giá trị trong danh sách"),
    "land_use": _("mã loại đất"),
    "unit": _("mã đơn vị hành chính"),
    "url": _("đường dẫn"),
    "scale": _("tỷ lệ bản đồ"),
    "money": _("số tiền"),
}
GEOMETRY_WORDS: dict[str, Promise] = {
    "point": _("điểm"),
    "line": _("đường"),
    "polygon": _("vùng"),
}
