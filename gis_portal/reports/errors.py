"""Failures of reports by name; their rows are in docs/api.md."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class UnknownReport(PortalError):
    """No such report, or not for this reader: both answer the same."""

    code, status = "unknown-report", 404
    title = _("Không có phản ánh nào mang số này")
    hint = _("Xem lại 16 chữ số đã được cấp khi gửi; chữ số cuối giúp phát hiện gõ nhầm.")


class TooManyReports(PortalError):
    """One host, or all of them together, sent as many reports as the settings allow."""

    code, status = "too-many-reports", 429
    title = _("Đã nhận quá nhiều phản ánh trong thời gian ngắn")
    hint = _("Những gì bạn gõ còn nguyên trên trang này. Hãy gửi lại sau một giờ.")


class MoveRefused(PortalError):
    """The state that was asked for may not follow the state that the report is in."""

    code, status = "move-refused", 409
    title = _("Phản ánh không chuyển được sang trạng thái này")
    hint = _("Có thể người khác vừa xử lý. Xem lại trạng thái hiện tại rồi chọn bước tiếp theo.")


class AnswerNeeded(PortalError):
    """A report is closed without a word to whoever sent it."""

    code, status = "answer-needed", 422
    title = _("Cần viết trả lời cho người phản ánh")
    hint = _("Viết vài câu: đã kiểm tra gì, kết quả thế nào, làm gì tiếp.")


class NotModerated(PortalError):
    """A report may not stand on the public page yet."""

    code, status = "not-moderated", 409
    title = _("Phản ánh này chưa đưa lên trang công khai được")
    hint = _("Xử lý xong rồi viết lời tóm tắt không có thông tin cá nhân.")


class PhotoRefused(PortalError):
    """A photo that cannot be taken; `detail` says which one and why."""

    code, status = "photo-refused", 422
    title = _("Không nhận được ảnh")
    hint = _("Chọn ảnh khác, hoặc gửi không kèm ảnh. Ảnh JPEG, PNG hay WebP đều được.")
