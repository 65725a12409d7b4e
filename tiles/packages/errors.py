"""Why a package of tiles cannot be made or handed out."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class UnknownPackage(PortalError):
    """No such package, or not for this reader, or it was thrown away."""

    code, status = "unknown-package", 404
    title = _("Không có gói bản đồ này")
    hint = _("Gói của một khu vực chỉ được giữ vài ngày. Hãy yêu cầu lại ở trang của lớp.")


class PackageNotReady(PortalError):
    """Asked for the file before it is there."""

    code, status = "package-not-ready", 409
    title = _("Gói bản đồ chưa làm xong")
    hint = _("Xem tiến độ ở trang của gói rồi tải lại sau.")


class BadPackage(PortalError):
    """The wish cannot be understood: area or zooms."""

    code, status = "bad-package", 400
    title = _("Yêu cầu làm gói bản đồ chưa đúng")
    hint = _("Chọn một xã (unit) hoặc một khung (bbox), và mức phóng trong khoảng của lớp.")


class PackageTooLarge(PortalError):
    """More tiles or bytes than one package may have."""

    code, status = "package-too-large", 422
    title = _("Gói bản đồ quá lớn")
    hint = _("Chọn khu vực nhỏ hơn hoặc mức phóng lớn nhất thấp hơn.")


class PackageEmpty(PortalError):
    """The area holds nothing of the layer."""

    code, status = "package-empty", 422
    title = _("Khu vực này không có đối tượng nào của lớp")
    hint = _("Chọn khu vực khác.")


class TooManyPackages(PortalError):
    """So many packages of one person or host, or of all, wait or are kept already."""

    code, status = "too-many-packages", 429
    title = _("Đã có quá nhiều gói bản đồ được yêu cầu")
    hint = _("Hãy đợi các gói trước làm xong hoặc hết hạn rồi yêu cầu lại.")


class PackagesFull(PortalError):
    """The room for packages is taken."""

    code, status = "packages-full", 503
    title = _("Máy chủ hết chỗ chứa gói bản đồ")
    hint = _("Hãy thử lại sau vài giờ, khi các gói cũ hết hạn.")


class PackageInterrupted(PortalError):
    """The server was stopped each time while it was made."""

    code, status = "package-interrupted", 503
    title = _("Việc làm gói bản đồ bị ngắt")
    hint = _("Hãy yêu cầu lại. Nếu vẫn lỗi, hãy báo cho quản trị hệ thống.")
