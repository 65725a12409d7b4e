"""What may go wrong while signing in, by name."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class SecondFactorNeeded(PortalError):
    """PORTAL_SECOND_FACTOR_ROLES names a role of this person, who has no second factor yet."""

    code, status = "second-factor-needed", 403
    title = _("Cần bật xác thực hai lớp trước khi làm việc")
    hint = _("Mở trang /accounts/2fa/ rồi thêm ứng dụng xác thực hoặc khóa truy cập.")


class TooManyAttempts(PortalError):
    """Tried to sign in too often."""

    code, status = "too-many-attempts", 429
    title = _("Bạn đã thử quá nhiều lần")
    hint = _("Chờ vài phút rồi thử lại. Quên mật khẩu thì đặt lại qua e-mail.")
