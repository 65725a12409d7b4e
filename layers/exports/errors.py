"""Why a file cannot be made or handed out."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class UnknownFormat(PortalError):
    """A format that is not written here."""

    code, status = "unknown-format", 404
    title = _("Không có định dạng tệp này")
    hint = _("Các định dạng có ở /api/collections/{slug}/exports.")


class BadExport(PortalError):
    """The wish cannot be understood: format, coordinates, system, parameters."""

    code, status = "bad-export", 400
    title = _("Yêu cầu xuất tệp chưa đúng")
    hint = _("Xem các định dạng và tham số ở /api/collections/{slug}/exports.")


class ExportTooLarge(PortalError):
    """More features than are sent while the caller waits."""

    code, status = "export-too-large", 422
    title = _("Tệp này quá lớn để tải ngay")
    hint = _("Gửi cùng các tham số bằng POST tới liên kết “exports” để máy chủ làm tệp ở nền.")


class ExportImpossible(PortalError):
    """The format cannot hold so much, or the server gives a file no more room."""

    code, status = "export-impossible", 422
    title = _("Định dạng này không chứa được dữ liệu đã chọn")
    hint = _("Chọn ít đối tượng hơn, hoặc GeoPackage, FlatGeobuf hay CSV.")


class UnknownExport(PortalError):
    """No such file, or not for this reader, or it has expired."""

    code, status = "unknown-export", 404
    title = _("Không có tệp xuất này")
    hint = _("Tệp xuất chỉ được giữ vài ngày. Hãy yêu cầu lại ở trang của lớp.")


class ExportNotReady(PortalError):
    """Asked for the file before it is there."""

    code, status = "export-not-ready", 409
    title = _("Tệp xuất chưa làm xong")
    hint = _("Xem tiến độ ở địa chỉ của yêu cầu rồi tải lại sau.")


class TooManyExports(PortalError):
    """So many exports of one person or host, or of all, wait or are kept already."""

    code, status = "too-many-exports", 429
    title = _("Đã có quá nhiều tệp xuất được yêu cầu")
    hint = _("Hãy đợi các tệp trước làm xong hoặc hết hạn rồi yêu cầu lại.")


class ExportsFull(PortalError):
    """The room for exports is taken."""

    code, status = "exports-full", 503
    title = _("Máy chủ hết chỗ chứa tệp xuất")
    hint = _("Hãy thử lại sau vài giờ, khi các tệp cũ hết hạn.")


class ExportInterrupted(PortalError):
    """The server was stopped each time while it was made."""

    code, status = "export-interrupted", 503
    title = _("Việc làm tệp xuất bị ngắt")
    hint = _("Hãy yêu cầu lại. Nếu vẫn lỗi, hãy báo cho quản trị hệ thống.")
