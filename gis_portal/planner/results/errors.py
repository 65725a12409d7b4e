"""What can be wrong with asking for a result."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class RunNotReady(PortalError):
    """The run is not done: queued, running, failed or cancelled."""

    code, status = "run-not-ready", 409
    title = _("Lần chạy này chưa có kết quả")
    hint = _("Xem trang của lần chạy: khi chạy xong, bản đồ, bảng và các tệp có ngay ở đó.")


class ResultGone(PortalError):
    """The pieces of the run, or a version that they stand on, are not kept any more."""

    code, status = "result-gone", 410
    title = _("Kết quả của lần chạy này không còn được giữ")
    hint = _("Bảng tổng hợp vẫn còn; hãy chạy lại câu hỏi để có bản đồ và các tệp.")


class NotComparable(PortalError):
    """Two runs that are grouped differently."""

    code, status = "runs-not-comparable", 409
    title = _("Hai lần chạy này không so sánh được với nhau")
    hint = _("Chỉ so sánh được các lần chạy có cùng cách chia dòng và cùng số đo.")


class ResultTooLarge(PortalError):
    """More pieces than are written while somebody waits."""

    code, status = "result-too-large", 422
    title = _("Kết quả có quá nhiều phần để tải ngay")
    hint = _("Gửi POST tới liên kết “files” để máy chủ làm tệp ở nền, rồi tải khi xong.")


class UnknownRunFormat(PortalError):
    """A format in which results are not written."""

    code, status = "unknown-run-format", 404
    title = _("Không có loại tệp này cho kết quả phân tích")
    hint = _("Có XLSX (xlsx) và GeoPackage (gpkg).")


class RunFileNotReady(PortalError):
    """Asked for the file before it is there."""

    code, status = "run-file-not-ready", 409
    title = _("Tệp kết quả chưa làm xong")
    hint = _("Xem tiến độ ở trang của tệp rồi tải lại sau.")


class TooManyRunFiles(PortalError):
    """So many files of results of one person, or of all, wait already."""

    code, status = "too-many-run-files", 429
    title = _("Đang có quá nhiều tệp kết quả chờ làm")
    hint = _("Hãy đợi các tệp trước làm xong rồi yêu cầu lại.")


class RunFilesFull(PortalError):
    """The room for files of results is taken."""

    code, status = "run-files-full", 503
    title = _("Máy chủ hết chỗ chứa tệp kết quả")
    hint = _("Hãy thử lại sau vài giờ, khi các tệp cũ hết hạn.")


class RunFileTooLarge(PortalError):
    """The server gives a file no more room, or no more time."""

    code, status = "run-file-too-large", 422
    title = _("Tệp kết quả lớn quá mức cho phép")
    hint = _("Thu hẹp câu hỏi bằng bộ lọc, hoặc đọc kết quả từng trang bằng địa chỉ cho QGIS.")


class RunFileInterrupted(PortalError):
    """The server was stopped each time while it was made."""

    code, status = "run-file-interrupted", 503
    title = _("Việc làm tệp kết quả bị ngắt")
    hint = _("Hãy yêu cầu lại. Nếu vẫn lỗi, hãy báo cho quản trị hệ thống.")


class RunTakesTooMuchRoom(PortalError):
    """A run wrote more than one may."""

    code, status = "run-too-much-room", 422
    title = _("Kết quả chiếm quá nhiều chỗ trên máy chủ nên lần chạy bị dừng")
    hint = _("Thu hẹp câu hỏi bằng bộ lọc, hoặc chia thành nhiều câu.")


class PlannerRoomTaken(PortalError):
    """What a planner keeps takes all the room that one has."""

    code, status = "planner-room-taken", 429
    title = _("Kết quả của bạn đã chiếm hết chỗ được dùng")
    hint = _("Xóa bớt kết quả không dùng nữa rồi chạy lại.")


class UnknownRunAddress(PortalError):
    """No such address, or it was revoked, or its maker may not see the run any more."""

    code, status = "unknown-run-address", 404
    title = _("Địa chỉ này không đọc được kết quả nào")
    hint = _("Có thể địa chỉ đã bị thu hồi hoặc kết quả đã hết hạn; hãy xin người gửi địa chỉ mới.")


class TooManyAddresses(PortalError):
    """A run has as many addresses as it may."""

    code, status = "too-many-run-addresses", 429
    title = _("Kết quả này đã có đủ số địa chỉ cho QGIS")
    hint = _("Thu hồi bớt địa chỉ không dùng nữa.")
