"""What the engine refuses, by name."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class InvalidShape(PortalError):
    """A feature's shape crosses itself: no area of it means anything."""

    code = "analysis-invalid-shape"
    status = 422
    title = _("Hình của một đối tượng không hợp lệ")
    hint = _("Báo đơn vị giữ dữ liệu sửa hình này, hoặc lọc đối tượng ra khỏi câu hỏi.")


class WrongShapes(PortalError):
    """An operation was asked of shapes that it has no meaning for."""

    code = "analysis-wrong-shapes"
    status = 422
    title = _("Phép tính này không dùng được cho loại hình đó")
    hint = _("Tạo vùng đệm cho đường và điểm trước khi chồng lớp.")


class VersionGone(PortalError):
    """A version that the run stands on is not kept any more."""

    code = "analysis-version-gone"
    status = 410
    title = _("Phiên bản dữ liệu của lần chạy này không còn được giữ")
    hint = _("Chạy lại câu hỏi trên phiên bản hiện hành.")


class PreviewTooLong(PortalError):
    """Even a sample of the question takes longer than a person waits."""

    code = "analysis-preview-too-long"
    status = 422
    title = _("Câu hỏi này không xem trước được")
    hint = _("Chạy cả câu hỏi: kết quả đầy đủ được tính ở nền, có tiến độ.")
