"""What can be wrong with asking for paper."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class BadPaper(PortalError):
    """A size of paper that is not printed on."""

    code, status = "bad-paper", 400
    title = _("Không in được khổ giấy này")
    hint = _("Có hai khổ giấy: A4 (paper=a4) và A3 (paper=a3).")


class NothingToPrint(PortalError):
    """A result without any place."""

    code, status = "nothing-to-print", 422
    title = _("Kết quả này không có gì để vẽ lên bản đồ")
    hint = _("Hãy xem bảng kết quả, hoặc sửa câu hỏi rồi chạy lại.")
