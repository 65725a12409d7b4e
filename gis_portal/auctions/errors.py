"""What may go wrong with lots, by name; words for stewards and readers."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class StageNotNext(PortalError):
    """The life cycle does not allow this move."""

    code, status = "stage-not-next", 409
    title = _("Lô không chuyển sang giai đoạn đó được")
    hint = _("Mở lại trang của lô và chọn một trong các giai đoạn tiếp theo.")


class DatesDecide(PortalError):
    """Registration and session begin and end by their dates, not by an entry against them."""

    code, status = "dates-decide", 409
    title = _("Lịch của lô nói khác")
    hint = _("Nếu lịch đã đổi, nhập thông báo với ngày giờ mới thay vì chọn giai đoạn.")


class EnteredMeanwhile(PortalError):
    """Somebody else entered something about this lot since the form was opened."""

    code, status = "entered-meanwhile", 409
    title = _("Vừa có người khác nhập một bước của lô này")
    hint = _("Đọc bước đó ở bên dưới rồi nhập lại nếu vẫn cần.")


class NotCorrectable(PortalError):
    """The entry does not exist, is not this lot's, or was corrected before."""

    code, status = "entry-not-correctable", 409
    title = _("Không đính chính bước này được")
    hint = _("Mở lại trang của lô; bước đã đính chính thì sửa ở bước thay nó.")


class DocumentRefused(PortalError):
    """An attached file that is not taken."""

    code, status = "document-refused", 422
    title = _("Không nhận tệp đính kèm này")
    hint = _("Gửi tệp PDF, JPEG hoặc PNG còn nguyên vẹn, hoặc ghi địa chỉ của văn bản.")


class UnknownDocument(PortalError):
    """No such document, or not for this reader."""

    code, status = "unknown-document", 404
    title = _("Không có văn bản này")
    hint = _("Mở lại trang của lô để xem các văn bản đang công bố.")
