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
    """More pieces than a file of this kind holds."""

    code, status = "result-too-large", 422
    title = _("Kết quả có quá nhiều phần cho loại tệp này")
    hint = _("Hãy tải GeoPackage hoặc CSV, hoặc thu hẹp câu hỏi.")
