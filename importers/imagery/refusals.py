"""Why a picture is refused: one class a reason, each with what to do."""

from django.utils.translation import gettext_lazy as _

from importers.refusals import ImportRefused


class PictureNeeded(ImportRefused):
    """A layer of scenes takes pictures, not features."""

    code, status = "picture-needed", 415
    title = _("Lớp ảnh chỉ nhận GeoTIFF")
    hint = _(
        "Xuất ảnh thành GeoTIFF: trong QGIS, chuột phải vào lớp ảnh → Export → Save As… → GeoTIFF. "
        "Ảnh có tệp .tfw đi kèm: nén .tif và .tfw chung một tệp .zip."
    )


class NotAPicture(PictureNeeded):
    """Points, lines and areas: another layer's."""

    title = _("Đây là tệp véc-tơ, lớp này chỉ nhận ảnh")
    hint = _("Chọn đúng lớp của dữ liệu này ở trang nạp. Nếu định nạp ảnh, chọn tệp GeoTIFF.")


class NotGeoreferenced(ImportRefused):
    """A picture that does not say where it lies."""

    code = "image-not-georeferenced"
    title = _("Ảnh không có tọa độ")
    hint = _(
        "Có tệp .tfw: nén .tif và .tfw cùng tên thành .zip rồi nạp lại. Không có: nắn ảnh trong "
        "QGIS (Layer → Georeferencer…), lưu GeoTIFF rồi nạp."
    )


class OnlyControlPoints(ImportRefused):
    """Ground control points or camera coefficients: how to fit them is a surveyor's judgement."""

    code = "image-control-points"
    title = _("Ảnh chỉ có điểm khống chế, chưa được nắn")
    hint = _(
        "Nắn ảnh rồi nạp lại: trong QGIS, Raster → Projections → Warp (Reproject)…, chọn hệ tọa độ "
        "đích, lưu GeoTIFF. Ảnh có tham số RPC: nắn trực giao bằng phần mềm của nhà cung cấp ảnh."
    )


class OddPlacement(ImportRefused):
    """Numbers of place that no picture of the ground has."""

    code = "image-placement"
    title = _("Tọa độ của ảnh không hợp lệ")
    hint = _("Mở ảnh trong QGIS, kiểm tra vị trí và kích thước điểm ảnh, rồi xuất lại GeoTIFF.")


class CrossesDateLine(ImportRefused):
    """A picture on both sides of 180°, or beyond the latitudes of the web map."""

    code = "image-dateline"
    title = _("Ảnh vắt qua kinh tuyến 180° hoặc sát cực")
    hint = _("Cắt ảnh thành hai phần ở kinh tuyến 180° (QGIS: Raster → Extraction → Clip…).")


class PictureTooLarge(ImportRefused):
    """More pixels than one scene may have."""

    code, status = "image-too-large", 413
    title = _("Ảnh có quá nhiều điểm ảnh")
    hint = _(
        "Chia ảnh thành nhiều mảnh (QGIS: Raster → Extraction → Clip…), mỗi mảnh nạp một lần với "
        "tên cảnh riêng. Quản trị có thể tăng PORTAL_MAX_IMAGE_MPX."
    )


class StrangePicture(ImportRefused):
    """A file made to break readers, or broken so badly that it looks like one."""

    code = "image-suspicious"
    title = _("Cấu trúc tệp ảnh bất thường nên không được mở")
    hint = _("Mở ảnh trong QGIS rồi xuất ra GeoTIFF mới: Export → Save As… → GeoTIFF.")


class PictureElsewhere(ImportRefused):
    """A picture whose overviews or parts are in other files."""

    code = "image-elsewhere"
    title = _("Tệp ảnh trỏ đến tệp khác nên không được mở")
    hint = _("Mở ảnh trong QGIS rồi xuất ra một tệp GeoTIFF duy nhất: Export → Save As… → GeoTIFF.")


class BlocksTooLarge(ImportRefused):
    """One strip or tile would fill the reader's memory."""

    code = "image-blocks"
    title = _("Ảnh được nén thành khối quá lớn")
    hint = _(
        "Lưu lại ảnh chia ô: trong QGIS, Raster → Conversion → Translate…, thêm tùy chọn TILED=YES."
    )


class DepthNotRead(ImportRefused):
    """Pixels that are neither 8 nor 16 bit, or too many bands."""

    code = "image-depth"
    title = _("Kiểu điểm ảnh chưa được nhận")
    hint = _(
        "Nhận ảnh 8 hoặc 16 bit, tối đa 16 kênh. Trong QGIS: Raster → Conversion → Translate…, "
        "chọn kiểu Byte hoặc UInt16."
    )


class PictureBroken(ImportRefused):
    """Pixels that cannot be decoded, or bytes that are missing."""

    code = "image-broken"
    title = _("Ảnh hỏng hoặc bị cắt cụt")
    hint = _("Sao chép lại tệp từ máy gốc (so dung lượng hai bên) rồi nạp lại.")


class NothingToSee(ImportRefused):
    """No valid pixel."""

    code = "image-empty"
    title = _("Ảnh không có điểm ảnh nào dùng được")
    hint = _("Kiểm tra giá trị nodata và kênh alpha của ảnh rồi xuất lại.")


class AcquiredMissing(ImportRefused):
    """A scene needs the day on which it was taken. `offered`: the file's own date, ISO."""

    code = "acquired-missing"
    title = _("Thiếu ngày chụp ảnh")
    hint = _("Ghi ngày chụp vào ô “Ngày dữ liệu” (dòng lệnh: --data-date) rồi nạp lại.")


class PlacedAsItIs(ImportRefused):
    """A choice that turns or moves coordinates: pixels are not points."""

    code = "image-crs-choice"
    title = _("Ảnh không đổi trục hay dời tọa độ khi nạp được")
    hint = _("Chọn một hệ tọa độ không kèm đổi trục hoặc dời; nếu ảnh lệch thì nắn lại trong QGIS.")


class NotOurPicture(ImportRefused):
    """What the reader made is not what it should make: it is broken, or somebody else's by now."""

    code = "image-not-made"
    title = _("Không tạo được ảnh để công bố")
    hint = _(
        "Mở ảnh trong QGIS rồi xuất ra GeoTIFF mới, nạp lại. Nếu vẫn lỗi, gửi tệp cho quản trị "
        "hệ thống."
    )
