"""Failures of operations and photos by name; their rows are in docs/api.md.

Of an operation they are the words of its receipt: what happened, and what to do. Whatever is
refused is kept by the server all the same.
"""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class OperationsUnreadable(PortalError):
    """The body is no JSON with a list of operations; often it was cut on its way."""

    code, status = "operations-unreadable", 400
    title = _("Không đọc được gói dữ liệu gửi lên")
    hint = _("Đường truyền có thể đã bị ngắt giữa chừng. Ứng dụng sẽ tự gửi lại.")


class OperationsTooLarge(PortalError):
    """More operations, or more bytes, than one request may bring."""

    code, status = "operations-too-large", 413
    title = _("Gửi quá nhiều trong một lần")
    hint = _("Chia thành nhiều lần gửi nhỏ hơn: nhiều nhất 50 mục và 2 MB một lần.")


class OperationUnreadable(PortalError):
    """One item lacks what every operation has, or has it wrong; `detail` says what."""

    code, status = "operation-unreadable", 422
    title = _("Máy chủ không hiểu mục này")
    hint = _(
        "Nội dung vẫn được lưu trên máy chủ và trên máy của bạn. Cập nhật ứng dụng rồi lập lại mục."
    )


class OperationTooLarge(PortalError):
    """One item is larger than an operation may be."""

    code, status = "operation-too-large", 413
    title = _("Mục này quá dài")
    hint = _("Nội dung vẫn được lưu. Rút gọn ghi chú hoặc hình vẽ rồi lập lại mục; ảnh gửi riêng.")


class OperationHash(PortalError):
    """The payload is not what its hash says."""

    code, status = "operation-hash", 422
    title = _("Nội dung đến nơi không khớp mã kiểm tra")
    hint = _("Ứng dụng gửi lại mục này. Nếu vẫn vậy, xuất hộp thư đi thành tệp và báo quản trị.")


class OperationDiffers(PortalError):
    """This id was used for something else before."""

    code, status = "operation-differs", 409
    title = _("Mã của mục này đã dùng cho một nội dung khác")
    hint = _(
        "Nội dung đầu tiên được giữ nguyên; nội dung này cũng được lưu. Lập lại thành mục mới."
    )


class OperationPayload(PortalError):
    """The payload is not what its kind asks for; `detail` says what."""

    code, status = "operation-payload", 422
    title = _("Mục này thiếu hoặc ghi sai một phần bắt buộc")
    hint = _("Nội dung vẫn được lưu. Mở mục, sửa chỗ nêu trên rồi gửi thành mục mới.")


class OperationOutside(PortalError):
    """Not in the officer's units now; parcels that do not exist answer the same."""

    code, status = "operation-outside", 403
    title = _("Thửa đất hoặc vị trí này không thuộc địa bàn của bạn")
    hint = _(
        "Nội dung vẫn được lưu. Nếu địa bàn vừa thay đổi, nhờ quản trị giao địa bàn rồi gửi thành "
        "mục mới."
    )


class OperationPlace(PortalError):
    """Neither a parcel nor a place: nobody knows whose it is."""

    code, status = "operation-place", 422
    title = _("Mục này không có thửa đất và cũng không có vị trí")
    hint = _(
        "Nội dung vẫn được lưu. Chọn thửa đất hoặc chấm vị trí trên bản đồ, gửi thành mục mới."
    )


class OperationField(PortalError):
    """A proposal for a field that the layer does not have, or not for this officer."""

    code, status = "operation-field", 422
    title = _("Lớp này không có trường thông tin đó")
    hint = _("Nội dung vẫn được lưu. Tải lại gói dữ liệu của xã rồi đề xuất lại.")


class OperationReport(PortalError):
    """An answer to a report that is not there, or not for this officer."""

    code, status = "operation-report", 404
    title = _("Không có báo cáo này")
    hint = _("Nội dung vẫn được lưu. Gửi báo cáo trước, rồi gửi câu trả lời.")


class OperationConflict(PortalError):
    """Somebody else changed the same value meanwhile; both stand side by side."""

    code, status = "operation-conflict", 409
    title = _("Người khác cũng vừa đổi giá trị này")
    hint = _("Cả hai giá trị được giữ cạnh nhau. Cán bộ quản lý dữ liệu sẽ chọn.")


class UnknownOperation(PortalError):
    """No such operation of this person."""

    code, status = "operation-unknown", 404
    title = _("Máy chủ chưa nhận báo cáo của ảnh này")
    hint = _("Gửi báo cáo trước, rồi gửi ảnh.")


class PhotoNotDeclared(PortalError):
    """The operation does not speak of such a photo."""

    code, status = "photo-not-declared", 422
    title = _("Báo cáo không có ảnh mang số này, hoặc ảnh khác với ảnh đã khai")
    hint = _("Ảnh vẫn ở trên máy của bạn. Lập báo cáo mới với ảnh này.")


class PhotoTooLarge(PortalError):
    """Larger than a photo may be, or a piece larger than pieces may be."""

    code, status = "photo-too-large", 413
    title = _("Ảnh hoặc phần ảnh lớn hơn mức máy chủ nhận")
    hint = _(
        "Một ảnh nhiều nhất 12 MB, mỗi phần nhiều nhất 256 KB. Giảm cỡ ảnh rồi lập báo cáo mới."
    )


class PhotoOffset(PortalError):
    """The piece does not begin where the last one ended; the header says where that is."""

    code, status = "photo-offset", 409
    title = _("Phần ảnh này không nối tiếp phần đã có")
    hint = _("Gửi tiếp từ vị trí ghi ở Upload-Offset.")


class PhotoPieceCut(PortalError):
    """Fewer bytes came than were announced."""

    code, status = "photo-piece-cut", 400
    title = _("Phần ảnh đến nơi bị thiếu")
    hint = _("Ứng dụng sẽ hỏi lại vị trí và gửi tiếp.")


class PhotoHash(PortalError):
    """All bytes came, and they are not the photo."""

    code, status = "photo-hash", 422
    title = _("Ảnh đến nơi không khớp mã kiểm tra")
    hint = _("Máy chủ đã bỏ phần nhận được. Ứng dụng sẽ gửi lại ảnh từ đầu.")


class PhotoKind(PortalError):
    """Not a photo, by its content."""

    code, status = "photo-kind", 415
    title = _("Tệp này không phải ảnh JPEG, PNG, WebP hay HEIC")
    hint = _("Tệp vẫn ở trên máy của bạn. Chụp lại hoặc chọn ảnh khác, rồi lập báo cáo mới.")


class UnknownPhoto(PortalError):
    """No such photo, or not for this reader."""

    code, status = "unknown-photo", 404
    title = _("Không có ảnh này")
    hint = _("Ảnh có thể chưa gửi xong từ máy của cán bộ.")


class UnknownFieldReport(PortalError):
    """No such report, or not for this reader: both answer the same."""

    code, status = "unknown-field-report", 404
    title = _("Không có báo cáo thực địa này")
    hint = _("Xem danh sách báo cáo của địa bàn bạn phụ trách.")


class UnknownProposal(PortalError):
    """No such proposal, or not for this reader."""

    code, status = "unknown-proposal", 404
    title = _("Không có đề xuất này")
    hint = _("Xem danh sách đề xuất đang chờ.")


class StewardDecides(PortalError):
    """Officers propose; stewards decide."""

    code, status = "steward-decides", 403
    title = _("Chỉ cán bộ quản lý dữ liệu được quyết định đề xuất")
    hint = _("Nhờ người có vai trò quản lý dữ liệu.")


class AlreadySettled(PortalError):
    """Somebody decided before."""

    code, status = "already-settled", 409
    title = _("Đề xuất này đã được quyết định")
    hint = _("Xem lại danh sách; người khác có thể vừa xử lý.")
