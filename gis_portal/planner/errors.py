"""Failures of the workbench that are not of a document (`document/errors.py`)."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class SignInToPlan(PortalError):
    """Neither a session nor a key."""

    code, status = "planner-sign-in", 401
    title = _("Cần đăng nhập để đặt câu hỏi phân tích")
    hint = _("Đăng nhập bằng tài khoản cán bộ quy hoạch.")


class UnknownAnalysis(PortalError):
    """No such question, or not for this reader."""

    code, status = "unknown-analysis", 404
    title = _("Không có câu hỏi phân tích này")
    hint = _("Có thể câu hỏi đã bị xóa, hoặc không được chia sẻ với bạn.")


class UnknownRun(PortalError):
    """No such run, or not for this reader."""

    code, status = "unknown-run", 404
    title = _("Không có lần chạy này")
    hint = _("Có thể kết quả đã hết hạn, hoặc không được chia sẻ với bạn.")


class UnknownArea(PortalError):
    """No such private area, or not for this reader."""

    code, status = "unknown-area", 404
    title = _("Không có vùng riêng này")
    hint = _("Vùng riêng chỉ người tạo thấy, và hết hạn sau một thời gian.")


class BadAsking(PortalError):
    """A member of a request that cannot be understood; `at` says which."""

    code, status = "bad-analysis-request", 400
    title = _("Yêu cầu phân tích chưa đúng")
    hint = _("Sửa mục nêu trong at rồi gửi lại.")


class BadArea(PortalError):
    """What was drawn or sent is no area."""

    code, status = "bad-area", 400
    title = _("Không đọc được vùng này")
    hint = _("Vẽ lại vùng, hoặc gửi tệp có các vùng (đa giác) khép kín, không tự cắt.")


class AreaElsewhere(BadArea):
    """Far from the country: numbers of another system."""

    hint = _("Tệp: chọn đúng hệ tọa độ. Vùng vẽ hoặc gửi thẳng: kinh độ, vĩ độ (WGS 84).")


class NoAreaSent(BadArea):
    """Neither a drawing nor a file."""

    title = _("Chưa có vùng nào")
    hint = _("Vẽ một vùng trên bản đồ, hoặc chọn một tệp.")


class AreaTooLarge(BadArea):
    """More positions or bytes than the portal takes."""

    code, status = "area-too-large", 413
    title = _("Vùng này quá lớn")
    hint = _("Đơn giản hóa đường biên hoặc chia vùng thành nhiều phần.")


class TooManyKept(PortalError):
    """The planner's places are taken."""

    code, status = "analysis-too-many", 429
    title = _("Đã hết chỗ")
    hint = _("Xóa bớt câu hỏi, kết quả hoặc vùng riêng không dùng nữa; hoặc đợi lần chạy xong.")


class TooManyPreviews(PortalError):
    """One planner asks for previews faster than a person reads them."""

    code, status = "preview-too-often", 429
    title = _("Xem trước quá nhiều lần trong một phút")
    hint = _("Đợi một phút rồi xem lại, hoặc chạy câu hỏi để có kết quả đầy đủ.")


class RunTooLong(PortalError):
    """A run went on beyond the limit."""

    code, status = "run-too-long", 422
    title = _("Lần chạy quá lâu nên đã bị dừng")
    hint = _("Thu hẹp câu hỏi bằng bộ lọc, hoặc chia thành nhiều câu.")


class RunInterrupted(PortalError):
    """Its worker died more often than a run is begun."""

    code, status = "run-interrupted", 503
    title = _("Lần chạy bị ngắt giữa chừng")
    hint = _("Hãy chạy lại.")


class RunNotComputed(PortalError):
    """The engine failed without a name."""

    code, status = "run-not-computed", 500
    title = _("Không tính được câu hỏi này")
    hint = _("Hãy thử lại; nếu vẫn lỗi, hãy báo cho quản trị hệ thống.")


class RunEnded(PortalError):
    """There is nothing left to cancel."""

    code, status = "run-ended", 409
    title = _("Lần chạy này đã kết thúc")
    hint = _("Đọc kết quả, hoặc chạy lại.")


class VersionNotKept(PortalError):
    """A version that the question stands on was dropped."""

    code, status = "analysis-version-not-kept", 410
    title = _("Phiên bản dữ liệu của lần chạy trước không còn được giữ")
    hint = _("Chạy lại trên phiên bản hiện hành.")
