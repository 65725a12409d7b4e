"""What may go wrong between an officer's device and the portal, by name."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class DeviceUnknown(PortalError):
    """No cookie of a device, or one that the portal does not know."""

    code, status = "device-unknown", 401
    title = _("Thiết bị này chưa đăng nhập")
    hint = _("Khi có mạng, mở sổ tay và đăng nhập.")


class DeviceExpired(PortalError):
    """Not used for PORTAL_DEVICE_DAYS, or PORTAL_DEVICE_MOST_DAYS old."""

    code, status = "device-expired", 401
    title = _("Phiên của thiết bị đã hết hạn")
    hint = _("Đăng nhập lại. Báo cáo chưa gửi vẫn còn trên máy và sẽ được gửi sau khi đăng nhập.")


class DeviceRevoked(PortalError):
    """Revoked by its owner or the supervisor, or the account is closed: the device wipes itself."""

    code, status = "device-revoked", 401
    title = _("Thiết bị này đã bị thu hồi")
    hint = _("Dữ liệu trên máy sẽ bị xóa. Hỏi người phụ trách nếu không phải bạn thu hồi.")


class NotAnOfficer(PortalError):
    """The account has no part in the officer's rooms (any more)."""

    code, status = "not-an-officer", 403
    title = _("Tài khoản này không dùng được sổ tay đất đai")
    hint = _("Sổ tay dành cho cán bộ địa chính. Hỏi người quản trị về vai trò của bạn.")


class NotFromTheHandbook(PortalError):
    """Without the header that only the handbook's own script sends: another site's form."""

    code, status = "not-from-the-handbook", 403
    title = _("Yêu cầu này không đến từ sổ tay")
    hint = _("Chương trình gọi địa chỉ này cần gửi kèm tiêu đề X-Officer: 1.")


class TooManyDevices(PortalError):
    """PORTAL_DEVICES_EACH devices are in use."""

    code, status = "too-many-devices", 409
    title = _("Bạn đã dùng đủ số thiết bị cho phép")
    hint = _("Thu hồi một thiết bị cũ ở trang /accounts/devices/ rồi thử lại.")


class UnreadableDevice(PortalError):
    """The device's name is missing or too long."""

    code, status = "unreadable-device", 400
    title = _("Chưa có tên thiết bị")
    hint = _("Đặt tên thiết bị, nhiều nhất 60 chữ.")


class UnknownDevice(PortalError):
    """No such device, or none of this person's."""

    code, status = "unknown-device", 404
    title = _("Không có thiết bị này")
    hint = _("Xem lại danh sách thiết bị.")
