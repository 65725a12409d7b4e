"""What may go wrong when somebody follows lots, by name."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class UnreadableChoice(PortalError):
    """A feed, a calendar or a form is narrowed to something that cannot be read; `detail` says."""

    code, status = "unreadable-choice", 400
    title = _("Không đọc được phần muốn theo dõi")
    hint = _("Quay lại danh sách lô, lọc lại, rồi lấy địa chỉ mới.")


class LinkExpired(PortalError):
    """A link of a mail is too old, was changed on its way, or has done its work."""

    code, status = "link-expired", 410
    title = _("Đường dẫn này không còn dùng được")
    hint = _("Đăng ký theo dõi lại từ trang của lô hoặc danh sách lô.")


class TooManyFollows(PortalError):
    """One host, or all of them together, asked as often as the settings allow."""

    code, status = "too-many-follows", 429
    title = _("Đã nhận quá nhiều đăng ký trong thời gian ngắn")
    hint = _("Hãy thử lại sau một giờ, hoặc dùng RSS và lịch: không cần đăng ký.")
