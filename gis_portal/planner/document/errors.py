"""What is wrong with a document; every one says where (`at`: `steps[1].with`)."""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class BadDocument(PortalError):
    """The shape is not that of the schema; `at` is the place."""

    code, status = "bad-document", 400
    title = _("Câu hỏi phân tích viết chưa đúng")
    hint = _("Sửa chỗ nêu trong at; khuôn mẫu đầy đủ ở /planner/schema.json.")


class DocumentTooLarge(BadDocument):
    """Beyond a limit of this installation: steps, criteria, metres, size."""

    code, status = "document-too-large", 413
    title = _("Câu hỏi phân tích vượt giới hạn")
    hint = _("Chia câu hỏi thành nhiều câu nhỏ hơn, hoặc thu hẹp khoảng cách.")


class DocumentName(BadDocument):
    """A step names what is not an input or an earlier step."""

    code = "document-name"
    title = _("Câu hỏi nhắc tới tên chưa có")
    hint = _("Một bước chỉ dùng được dữ liệu vào và các bước đứng trước nó.")


class DocumentLayer(BadDocument):
    """No such layer or version for this reader."""

    code = "document-layer"
    title = _("Câu hỏi dùng lớp bản đồ không có")
    hint = _("Danh sách các lớp ở trang /layers/.")


class DocumentField(BadDocument):
    """No such field for this reader, or not of the kind that is needed."""

    code = "document-field"
    title = _("Câu hỏi dùng trường không có")
    hint = _("Các trường của một lớp ở /api/collections/<mã lớp>/queryables.")


class DocumentFilter(BadDocument):
    """A filter that CQL2 does not know or that asks for other fields."""

    code = "document-filter"
    title = _("Bộ lọc trong câu hỏi viết chưa đúng")
    hint = _("Bộ lọc viết bằng CQL2, như ở danh sách đối tượng.")


class DocumentValue(BadDocument):
    """A filter asks for a value that its field never has: its answer would be empty, silently."""

    code = "document-value"
    title = _("Bộ lọc hỏi một giá trị không có")
    hint = _("Chọn trong các giá trị của trường; bộ lọc viết mã, không viết tên gọi.")


class DocumentMixed(BadDocument):
    """Sets that are put together are not all features of layers, or not of one kind of shape."""

    code = "document-mixed"
    title = _("Câu hỏi gộp chung những dữ liệu không cùng loại")
    hint = _("Chỉ gộp chung các lớp cùng là vùng, cùng là đường hoặc cùng là điểm.")


class DocumentArea(BadDocument):
    """No such private area of this planner."""

    code = "document-area"
    title = _("Câu hỏi dùng vùng riêng không có hoặc đã hết hạn")
    hint = _("Vẽ lại vùng, hoặc nạp lại tệp vùng.")


class DocumentUnits(BadDocument):
    """No administrative units of that level on that date."""

    code = "document-units"
    title = _("Không có đơn vị hành chính cấp này vào ngày đó")
    hint = _("Chọn một ngày khác; cấp huyện chỉ có đến hết tháng 6 năm 2025.")
