"""Failures of the import API that have no name elsewhere."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class SignInNeeded(PortalError):
    """Neither a session nor a key."""

    code, status = "sign-in-needed", 401
    title = _("Cần đăng nhập hoặc gửi khóa")
    hint = _("Gửi khóa trong tiêu đề: Authorization: Bearer nap_… Khóa tạo ở trang /steward/keys/.")


class BadKey(SignInNeeded):
    """A key that opens nothing: mistyped, revoked, or its owner is gone."""

    code = "bad-key"
    title = _("Khóa không đúng hoặc đã bị thu hồi")


class KeyExpired(SignInNeeded):
    """A key whose time is over."""

    code = "key-expired"
    title = _("Khóa đã hết hạn")
    hint = _("Tạo khóa mới ở trang /steward/keys/ rồi thay vào chương trình.")


class KeyNotAllowed(PortalError):
    """A key that was made for less: other layers, other actions."""

    code, status = "key-not-allowed", 403
    title = _("Khóa này không được làm việc đó")
    hint = _("Khóa chỉ làm những việc, cho những lớp chọn khi tạo; xem ở trang /steward/keys/.")


class CsrfFailed(PortalError):
    """A browser's session without the token that shows that the portal's own page asks."""

    code, status = "csrf-failed", 403
    title = _("Thiếu mã chống giả mạo (CSRF)")
    hint = _("Chương trình: gửi khóa Authorization: Bearer nap_… Trang web: gửi kèm X-CSRFToken.")


class UnknownImport(PortalError):
    """No such import."""

    code, status = "unknown-import", 404
    title = _("Không có lần nạp này")
    hint = _("Số của lần nạp nằm trong câu trả lời khi gửi tệp.")


class BadImportRequest(PortalError):
    """A field of the form that cannot be understood; `fields` says which and why."""

    code, status = "bad-import-request", 400
    title = _("Yêu cầu nạp chưa đúng")
    hint = _("Sửa các ô nêu trong fields rồi gửi lại.")


class UploadTooLarge(PortalError):
    """The file is larger than the server takes over the web."""

    code, status = "upload-too-large", 413
    title = _("Tệp lớn hơn mức máy chủ nhận")
    hint = _("Chia thành nhiều tệp, hoặc nhờ quản trị nạp bằng dòng lệnh.")
