"""Why the confined reading of a file ended without an answer, and where nothing can be confined."""

from django.utils.translation import gettext_lazy as _

from importers.refusals import ImportRefused


class FileTooDemanding(ImportRefused):
    """Reading took more memory than a reader may have."""

    code = "file-too-demanding"
    title = _("Đọc tệp này tốn quá nhiều bộ nhớ")
    hint = _(
        "Kiểm tra tệp có đối tượng hoặc ô dữ liệu lớn bất thường không; mở bằng QGIS, chia thành "
        "nhiều tệp nhỏ rồi xuất ra GeoPackage. Quản trị có thể tăng PORTAL_READER_MEMORY_MB."
    )


class ReaderTooSlow(ImportRefused):
    """Reading took more time than a reader may have, or nothing came for too long."""

    code = "reader-too-slow"
    title = _("Đọc tệp này quá lâu")
    hint = _(
        "Mở bằng QGIS, kiểm tra tệp rồi xuất ra GeoPackage, hoặc chia thành nhiều tệp. Quản trị có "
        "thể tăng PORTAL_READER_SECONDS."
    )


class ReaderCrashed(ImportRefused):
    """The reader died of this file, or said what no reader says."""

    code = "reader-crashed"
    title = _("Trình đọc gặp lỗi với tệp này")
    hint = _(
        "Tệp có thể hỏng. Mở bằng QGIS rồi xuất ra tệp mới: Layer → Export → Save Features As… → "
        "GeoPackage. Nếu vẫn lỗi, gửi tệp cho quản trị hệ thống."
    )


class CannotConfine(ImportRefused):
    """This host cannot confine a reader although the settings require it."""

    code, status = "cannot-confine", 503
    title = _("Máy chủ chưa cách ly được việc đọc tệp")
    hint = _("Quản trị: cài bubblewrap rồi chạy lệnh manage.py check để biết còn thiếu gì.")


class UploadsOff(CannotConfine):
    """Files from the web are not read on this host: nothing would confine their reader."""

    code = "uploads-off"
    title = _("Cổng chưa nhận tệp tải lên qua web")
    hint = _(
        "Nhờ quản trị nạp bằng lệnh manage.py import_layer, hoặc bật việc cách ly: chạy lệnh "
        "manage.py check để biết còn thiếu gì."
    )
