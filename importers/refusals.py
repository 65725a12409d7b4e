"""Why a whole file is refused: one class a reason, each with its code, status and what to do.

Single bad rows are no refusal, they are `importers.batch.Issue`. The base is `layers.errors`, so
that pages and the API answer these by the same handler.
"""

from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError


class ImportRefused(PortalError):
    """Base of all refusals: nothing has been written."""

    code, status = "import-refused", 422
    title = _("Không nạp được tệp này")
    hint = _("Sửa tệp theo báo cáo rồi nạp lại.")


class FileMissing(ImportRefused):
    """No file at this path."""

    code, status = "file-missing", 404
    title = _("Không tìm thấy tệp")
    hint = _("Kiểm tra lại đường dẫn của tệp.")


class EmptyFile(ImportRefused):
    """No bytes, or no features at all."""

    code = "empty-file"
    title = _("Tệp rỗng")
    hint = _("Xuất lại tệp từ phần mềm gốc và kiểm tra tệp có đối tượng.")


class UnsupportedFormat(ImportRefused):
    """Content that this portal does not read; the hint names the program and the menu."""

    code, status = "unsupported-format", 415
    title = _("Định dạng này chưa được nhận")
    hint = _("Lưu lại thành Shapefile (nén .zip), GeoPackage, GeoJSON, CSV hoặc XLSX.")


class UnsafeFile(ImportRefused):
    """Content that would make the reader open something else than this file."""

    code = "unsafe-file"
    title = _("Tệp trỏ đến nguồn khác nên không được mở")
    hint = _("Mở trong QGIS rồi xuất ra tệp mới: Layer → Export → Save Features As… → GeoPackage.")


class BrokenFile(ImportRefused):
    """The content begins as its format and then breaks."""

    code = "broken-file"
    title = _("Tệp hỏng, không đọc hết được")
    hint = _("Xuất hoặc sao chép lại tệp từ máy gốc rồi nạp lại.")


class BrokenQuote(ImportRefused):
    """A quotation mark of a CSV that is not closed, or closed in the middle of a cell."""

    code = "csv-quote"
    title = _("Tệp CSV có dấu ngoặc kép sai chỗ")
    hint = _("Mở dòng đã nêu, xóa dấu ngoặc kép thừa hoặc viết đủ cặp; hoặc lưu lại thành XLSX.")


class LineTooLong(ImportRefused):
    """A line of a table that no person wrote: the file is no table, or lost its line breaks."""

    code = "line-too-long"
    title = _("Tệp có dòng quá dài")
    hint = _("Kiểm tra tệp có xuống dòng sau mỗi đối tượng, rồi xuất lại thành CSV hoặc XLSX.")


class TooManyColumns(ImportRefused):
    """More columns than any register has."""

    code = "too-many-columns"
    title = _("Bảng có quá nhiều cột")
    hint = _("Xuất lại bảng chỉ với các cột cần nạp, mỗi đối tượng một dòng.")


class BrokenArchive(ImportRefused):
    """Not a readable zip."""

    code = "broken-zip"
    title = _("Tệp nén hỏng")
    hint = _("Nén lại: chọn các tệp, bấm chuột phải → Send to → Compressed (zipped) folder.")


class NotAnArchive(BrokenArchive):
    """A name that says zip over content that is none."""

    title = _("Tệp có đuôi .zip nhưng không phải tệp zip")


class UnsafeArchive(ImportRefused):
    """Absolute or `..` names, links, nested archives, overlapping entries."""

    code = "unsafe-zip"
    title = _("Tệp nén chứa mục không an toàn")
    hint = _("Nén lại chỉ gồm các tệp dữ liệu, không có tệp nén bên trong, không có liên kết.")


class ArchiveTooLarge(ImportRefused):
    """Too many entries, too many bytes unpacked, or too high a ratio."""

    code = "zip-too-large"
    title = _("Tệp nén quá lớn khi giải nén")
    hint = _("Chia dữ liệu thành nhiều tệp nhỏ hơn rồi nạp lần lượt.")


class ArchiveSuspicious(ArchiveTooLarge):
    """Bytes that pack better than any real data: a zip bomb."""

    title = _("Tỷ lệ nén của tệp đáng ngờ")
    hint = _("Kiểm tra tệp có dữ liệu thật, rồi nén lại bằng chương trình khác.")


class ShapefileIncomplete(ImportRefused):
    """A part of the Shapefile is missing."""

    code = "shapefile-incomplete"
    title = _("Shapefile thiếu tệp đi kèm")
    hint = _("Nén chung đủ các tệp cùng tên: .shp, .shx, .dbf, .prj (và .cpg nếu có).")


class MapInfoIncomplete(ImportRefused):
    """A part of a MapInfo table is missing."""

    code = "mapinfo-incomplete"
    title = _("Bảng MapInfo thiếu tệp đi kèm")
    hint = _("Nén chung đủ các tệp cùng tên: .tab, .dat, .map, .id; hoặc .mif và .mid.")


class LayerChoiceNeeded(ImportRefused):
    """Several layers or sheets hold data: a person must choose one."""

    code = "choice-needed"
    title = _("Tệp có nhiều lớp hoặc nhiều trang tính")
    hint = _("Chọn ở ô “Tên lớp hoặc trang tính trong tệp” (dòng lệnh: --sheet), hoặc tách tệp.")


class NoGeometry(ImportRefused):
    """The source has no geometry column, or no row has a geometry."""

    code = "no-geometry"
    title = _("Tệp không có hình (tọa độ)")
    hint = _("Kiểm tra tệp có cột tọa độ hoặc lớp hình, rồi xuất lại.")


class WrongGeometryType(ImportRefused):
    """Not one row has the layer's kind of geometry."""

    code = "wrong-geometry-type"
    title = _("Kiểu hình của tệp khác với lớp")
    hint = _("Chọn đúng lớp cần nạp, hoặc xuất đúng lớp hình (điểm, đường, vùng) từ phần mềm gốc.")


class MissingColumns(ImportRefused):
    """Required fields have no column in the file."""

    code = "missing-columns"
    title = _("Tệp thiếu cột bắt buộc")
    hint = _(
        "Đổi tên cột của tệp theo danh sách trên, hoặc ghi một giá trị dùng chung cho cả tệp. Nếu "
        "đơn vị đo vẽ luôn dùng tên cột khác: nhờ quản trị cổng nhận thêm tên ấy cho lớp."
    )


class AmbiguousColumns(ImportRefused):
    """Two columns of the file would fill the same field."""

    code = "ambiguous-columns"
    title = _("Hai cột của tệp cùng ứng với một trường")
    hint = _("Giữ lại một cột, xóa hoặc đổi tên cột kia.")


class BadTable(ImportRefused):
    """A table whose header or coordinate columns cannot be understood."""

    code = "bad-table"
    title = _("Không tìm thấy cột tọa độ trong bảng")
    hint = _("Dòng đầu là tên cột. Tọa độ VN-2000: X (Bắc), Y (Đông). Kinh vĩ độ: lon, lat.")


class CrsMissing(ImportRefused):
    """The file does not say its CRS and none was given. Never guessed."""

    code = "crs-missing"
    title = _("Tệp không ghi hệ tọa độ")
    hint = _("Hỏi đơn vị đo vẽ kinh tuyến trục, rồi chọn ở ô “Hệ tọa độ” (dòng lệnh: --crs).")


class CrsUnknown(ImportRefused):
    """The file names a CRS that cannot be recognised."""

    code = "crs-unknown"
    title = _("Không nhận ra hệ tọa độ ghi trong tệp")
    hint = _("Chọn ở ô “Hệ tọa độ” (dòng lệnh: ví dụ --crs EPSG:5899).")


class CrsDatumUnclear(ImportRefused):
    """A zone with VN-2000's numbers on WGS 84: with or without the datum shift lie 200 m apart."""

    code = "crs-datum-unclear"
    title = _("Chưa rõ tệp là VN-2000 hay WGS 84: hai cách đọc lệch nhau khoảng 200 m")
    hint = _("Hỏi đơn vị đo vẽ. Nếu là VN-2000: chọn hệ nêu trên ở ô “Hệ tọa độ” (lệnh: --crs).")


class AxesSwapped(ImportRefused):
    """x and y (or lon and lat) stand in each other's place."""

    code = "axes-swapped"
    title = _("X và Y bị đổi chỗ")
    hint = _("VN-2000: X là hướng Bắc, Y là hướng Đông. Đổi lại hai cột hoặc xuất lại tệp.")


class AxisOrderUnclear(ImportRefused):
    """Pairs of numbers in one cell, and neither header nor magnitude tells which is north."""

    code = "axis-order-unclear"
    title = _("Chưa rõ số nào là X (Bắc), số nào là Y (Đông)")
    hint = _("Ghi thứ tự vào tên cột, ví dụ “Tọa độ (X, Y)” hoặc “Tọa độ (Y, X)”, rồi nạp lại.")


class LonLatSwapped(AxesSwapped):
    """Longitude where latitude belongs."""

    title = _("Kinh độ và vĩ độ bị đổi chỗ")
    hint = _(
        "Ở Việt Nam kinh độ khoảng 102–118, vĩ độ khoảng 5–24. Đổi lại tên hai cột, hoặc xuất lại "
        "tệp; GeoJSON ghi kinh độ trước, vĩ độ sau."
    )


class WrongMeridian(ImportRefused):
    """The data fall outside the province, and inside it with another central meridian."""

    code = "wrong-meridian"
    title = _("Sai kinh tuyến trục")
    hint = _("Kiểm tra kinh tuyến trục, rồi chọn hệ gợi ý ở ô “Hệ tọa độ” (dòng lệnh: --crs).")


class DatumShift(ImportRefused):
    """Everything lies 150–300 m beside its place: a datum was lost or taken for another."""

    code = "datum-shift"
    title = _("Dữ liệu lệch khoảng 200 m so với vị trí đúng")
    hint = _(
        "Thường là VN-2000 nội bộ (thiếu 7 tham số) hoặc WGS 84 ghi nhầm là VN-2000. So các cách "
        "đọc trên bản đồ rồi chọn một, hoặc hỏi đơn vị đo vẽ."
    )


class OutsideProvince(ImportRefused):
    """The data fall outside the province in every reading."""

    code = "outside-province"
    title = _("Dữ liệu nằm ngoài địa bàn")
    hint = _("Kiểm tra hệ tọa độ, hoặc chọn đúng lớp.")


class LonLatInProjected(ImportRefused):
    """Degrees in a file that says metres."""

    code = "degrees-in-projected"
    title = _("Tệp ghi hệ tọa độ phẳng (mét) nhưng số liệu là kinh vĩ độ")
    hint = _("Nếu là WGS 84: chọn WGS 84 ở ô “Hệ tọa độ” (dòng lệnh: --crs); hoặc sửa tệp .prj.")


class ProjectedInLonLat(ImportRefused):
    """Metres in a file that says degrees."""

    code = "metres-in-geographic"
    title = _("Tệp ghi kinh vĩ độ nhưng số liệu là tọa độ phẳng (mét)")
    hint = _("Chọn hệ của bản đồ ở ô “Hệ tọa độ” (dòng lệnh: ví dụ --crs EPSG:5899).")


class OutsideCrsArea(ImportRefused):
    """The data lie outside the area where their CRS may be used."""

    code = "outside-crs-area"
    title = _("Dữ liệu nằm ngoài vùng dùng được của hệ tọa độ")
    hint = _("Hệ tọa độ chọn chưa đúng. Kiểm tra lại kinh tuyến trục và đơn vị của tọa độ.")


class TooManyBadRows(ImportRefused):
    """More than the allowed share of rows is bad."""

    code = "too-many-bad-rows"
    title = _("Quá nhiều dòng lỗi")
    hint = _("Sửa các dòng lỗi theo danh sách rồi nạp lại.")


class Interrupted(ImportRefused):
    """Stopped by a person, by the machine, or by a process that died."""

    code, status = "interrupted", 503
    title = _("Lần nạp bị ngắt giữa chừng")
    hint = _("Chưa ghi gì vào lớp. Nạp lại tệp.")


class Cancelled(ImportRefused):
    """A person called the import off before anything was published."""

    code, status = "cancelled", 409
    title = _("Lần nạp đã bị hủy")
    hint = _("Chưa ghi gì vào lớp. Nạp lại tệp khi cần.")


class Superseded(ImportRefused):
    """This attempt lost its database session; another one has taken the run over, or will."""

    code, status = "superseded", 503
    title = _("Lần chạy này đã mất kết nối với cơ sở dữ liệu")
    hint = _("Hệ thống tự chạy lại; xem kết quả ở lần chạy sau.")


class CannotCancel(ImportRefused):
    """The run has ended, or is being published."""

    code, status = "cannot-cancel", 409
    title = _("Không hủy được lần nạp này")
    hint = _("Lần nạp đã kết thúc hoặc đang công bố. Cần thì quay về phiên bản trước của lớp.")


class CannotRetry(ImportRefused):
    """The run has not ended, has succeeded, or its file is not kept any more."""

    code, status = "cannot-retry", 409
    title = _("Không chạy lại được lần nạp này")
    hint = _("Tải tệp lên lại để nạp một lần mới.")


class FileChanged(ImportRefused):
    """The bytes are not those that were read, or that were kept."""

    code = "file-changed"
    title = _("Nội dung tệp không còn như lúc đọc")
    hint = _("Đợi chép xong tệp rồi nạp lại. Nếu là tệp gốc đã lưu: khôi phục từ bản sao lưu.")


class Overlapping(ImportRefused):
    """Polygons lie on each other in a layer that is declared to cover the ground once."""

    code = "overlapping"
    title = _("Các hình chồng lên nhau")
    hint = _("Sửa ranh giới của các cặp đã nêu ở tệp gốc rồi nạp lại.")


class NothingLeft(ImportRefused):
    """Not one good row."""

    code = "nothing-left"
    title = _("Không còn dòng nào dùng được")
    hint = _("Xem các lỗi đầu tiên trong báo cáo: thường là một cột sai kiểu ở mọi dòng.")


class FileTooLarge(ImportRefused):
    """Beyond the configured size."""

    code, status = "file-too-large", 413
    title = _("Tệp quá lớn")
    hint = _("Chia dữ liệu thành nhiều tệp.")


class LevelsNeeded(ImportRefused):
    """A drawing without a level that is known to hold what the layer needs: a person must choose.

    `extra["levels"]` lists what stands on every level.
    """

    code = "levels-needed"
    title = _("Cần chọn lớp (level) của bản vẽ")
    hint = _("Chọn lớp bằng --levels, ví dụ --levels boundary=10,23 --levels parcel_no=13.")


class DrawingTooLarge(ImportRefused):
    """More entities, vertices or crossings than one drawing may have."""

    code, status = "drawing-too-large", 413
    title = _("Bản vẽ quá lớn")
    hint = _("Xuất từng tờ bản đồ thành một tệp, bỏ các lớp không cần nạp.")


class BlockRecursion(ImportRefused):
    """Blocks of a DXF that insert one another."""

    code = "block-recursion"
    title = _("Bản vẽ có khối (block) chèn lẫn nhau")
    hint = _("Trong AutoCAD: phá khối (EXPLODE), dùng PURGE và AUDIT, rồi lưu lại thành DXF.")
