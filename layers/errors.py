"""Every failure has a name; this table gives its status and its words.

Raised anywhere, answered in one place: `gis_portal.errors` renders a page or problem+json (RFC
9457) from the class. `docs/api.md` lists every code; a test compares the two.
"""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class PortalError(Exception):
    """A failure with a name. `title` is fixed by the class, `detail` says what happened here.

    Attributes:
        code: stable identifier, kebab-case; part of the API.
        status: HTTP status.
        title: what kind of failure, for a reader.
        hint: what to do next.
        extra: further members of the problem document (links, candidates).
    """

    code = "internal"
    status = 500
    title: Text = _("Có lỗi ở máy chủ")
    hint: Text = _("Hãy thử lại sau ít phút. Nếu vẫn lỗi, hãy báo cho quản trị hệ thống.")

    def __init__(self, detail: Text = "", **extra: object) -> None:
        super().__init__(str(detail) or str(self.title))
        self.detail = detail
        self.extra = extra


class UnknownLayer(PortalError):
    """No such layer, or not for this reader: both answer the same."""

    code, status = "unknown-layer", 404
    title = _("Không có lớp bản đồ này")
    hint = _("Xem danh sách các lớp ở trang /layers/ hoặc /api/collections.")


class LayerNotPublished(PortalError):
    """The layer is declared but no version of it has been published."""

    code, status = "layer-not-published", 404
    title = _("Lớp này chưa có dữ liệu công bố")
    hint = _("Hãy quay lại sau khi dữ liệu được công bố.")


class UnknownItem(PortalError):
    """No feature with this identifier in the live version."""

    code, status = "unknown-item", 404
    title = _("Không tìm thấy đối tượng này")
    hint = _("Kiểm tra lại mã, hoặc tìm bằng ô tìm kiếm.")


class ItemRetired(PortalError):
    """The feature existed in an earlier version and is gone."""

    code, status = "item-retired", 410
    title = _("Đối tượng này không còn trong dữ liệu hiện hành")
    hint = _("Xem các đối tượng thay thế nếu có.")


class UnknownVersion(PortalError):
    """No such version of this layer."""

    code, status = "unknown-version", 404
    title = _("Không có phiên bản này của lớp")
    hint = _("Đọc lại tilejson của lớp để lấy phiên bản đang công bố.")


class VersionRetired(PortalError):
    """The version was live once and has been replaced."""

    code, status = "version-retired", 404
    title = _("Phiên bản này đã được thay bằng phiên bản mới")
    hint = _("Đọc lại tilejson của lớp để lấy phiên bản đang công bố.")


class VersionNotKept(PortalError):
    """The version was live at that moment; its rows have been thrown away since."""

    code, status = "version-not-kept", 410
    title = _("Dữ liệu công bố vào thời điểm này không còn được lưu")
    hint = _("Chọn thời điểm muộn hơn, hoặc bỏ tham số datetime để đọc dữ liệu hiện hành.")


class BadDatetime(PortalError):
    """Not a moment or period of RFC 3339."""

    code, status = "bad-datetime", 400
    title = _("Thời điểm không hợp lệ")
    hint = _(
        "Viết theo RFC 3339, ví dụ 2026-07-01, 2026-07-01T08:00:00+07:00, "
        "2026-01-01/2026-07-01, ../2026-07-01."
    )


class BadTile(PortalError):
    """Tile address outside the grid."""

    code, status = "bad-tile", 404
    title = _("Địa chỉ mảnh bản đồ nằm ngoài lưới")
    hint = _("z từ 0 đến 22; x và y từ 0 đến 2^z − 1.")


class UnknownGrid(PortalError):
    """No such tile matrix set."""

    code, status = "unknown-grid", 404
    title = _("Không có lưới mảnh bản đồ này")
    hint = _("Các lưới có ở /api/tileMatrixSets; chỉ có WebMercatorQuad.")


class NotImagery(PortalError):
    """The layer has no pictures: its features are not scenes."""

    code, status = "not-imagery", 404
    title = _("Lớp này không phải lớp ảnh")
    hint = _("Mảnh véc-tơ của lớp ở /tiles/{slug}/tilejson.json.")


class UnknownDate(PortalError):
    """No picture of that date in the live version."""

    code, status = "unknown-date", 404
    title = _("Không có ảnh chụp ngày này")
    hint = _("Các ngày có ảnh được ghi ở /imagery/{slug}/dates.json, viết dạng 2026-03-15.")


class PictureMissing(PortalError):
    """The row is there, its picture is not: the folder of files was not restored, or is damaged."""

    code, status = "picture-missing", 500
    title = _("Máy chủ thiếu tệp ảnh này")
    hint = _("Hãy báo cho quản trị hệ thống: cần khôi phục thư mục tệp, hoặc nạp lại ảnh.")


class BadBbox(PortalError):
    """bbox is not four ordered, finite numbers within the CRS's range."""

    code, status = "bad-bbox", 400
    title = _("Tham số bbox không hợp lệ")
    hint = _("Viết bbox=tây,nam,đông,bắc bằng độ, ví dụ bbox=107.0,10.3,107.3,10.6.")


class BadLimit(PortalError):
    """limit is not a positive whole number."""

    code, status = "bad-limit", 400
    title = _("Tham số limit không hợp lệ")
    hint = _("limit là số nguyên từ 1 trở lên.")


class BadPage(PortalError):
    """The paging token is not one that this service gave out."""

    code, status = "bad-page", 400
    title = _("Tham số phân trang không hợp lệ")
    hint = _("Dùng đúng liên kết next của trang trước.")


class BadFilter(PortalError):
    """A filter on an undeclared field, or a value that is not of its type."""

    code, status = "bad-filter", 400
    title = _("Điều kiện lọc không hợp lệ")
    hint = _("Các trường lọc được ghi ở /api/collections/{slug}/queryables.")


class FilterSyntax(BadFilter):
    """The text or JSON of a filter cannot be read."""

    code = "filter-syntax"
    title = _("Không đọc được bộ lọc")
    hint = _(
        "Bộ lọc viết theo CQL2, ví dụ area_m2 > 500 AND status = 'leased'. "
        "Xem thêm ở /api/docs/examples."
    )


class FilterTooLarge(BadFilter):
    """A filter beyond the limits: length, depth, operators, vertices, digits."""

    code = "filter-too-large"
    title = _("Bộ lọc quá lớn")
    hint = _("Chia bộ lọc thành nhiều lần hỏi, hoặc dùng hình đơn giản hơn.")


class FilterNotEvaluable(BadFilter):
    """The filter is right, but the database cannot evaluate it over the published values."""

    code = "filter-not-evaluable"
    title = _("Không tính được bộ lọc trên dữ liệu hiện có")
    hint = _("Bỏ bớt phép tính, hoặc hỏi từng điều kiện một để thấy điều kiện nào không tính được.")


class BadSort(PortalError):
    """`sortby` names what lists cannot be sorted by."""

    code, status = "bad-sort", 400
    title = _("Không sắp xếp được như vậy")
    hint = _("Các trường sắp xếp được ghi ở /api/collections/{slug}/sortables.")


class BadProperties(PortalError):
    """`properties` names what features do not have."""

    code, status = "bad-properties", 400
    title = _("Không có thuộc tính này")
    hint = _("Viết properties=tên,tên với các thuộc tính có trong đối tượng của lớp.")


class BadQuery(PortalError):
    """The search text is missing or too long."""

    code, status = "bad-query", 400
    title = _("Câu tìm kiếm không hợp lệ")
    hint = _("Viết q=… từ 1 đến 200 ký tự.")


class SearchTooSlow(PortalError):
    """Nothing was found within the time that a search may take."""

    code, status = "search-too-slow", 503
    title = _("Câu tìm kiếm này mất quá nhiều thời gian")
    hint = _("Viết rõ hơn, ví dụ thêm tên xã, phường; hoặc thử lại sau ít giây.")


class BadPoint(PortalError):
    """lon/lat is not a finite position on Earth."""

    code, status = "bad-point", 400
    title = _("Tọa độ không hợp lệ")
    hint = _("Viết lon và lat bằng độ thập phân, ví dụ lon=107.08&lat=10.35.")


class UnknownCrs(PortalError):
    """A coordinate system that this portal cannot name."""

    code, status = "unknown-crs", 400
    title = _("Không rõ hệ tọa độ")
    hint = _("Ghi rõ mã EPSG, ví dụ EPSG:5899 cho VN-2000 kinh tuyến trục 107°45′.")


class UnknownUnit(PortalError):
    """No administrative unit with this code in force at that date."""

    code, status = "unknown-unit", 404
    title = _("Không có đơn vị hành chính này")
    hint = _("Kiểm tra mã xã và thời điểm: nhiều mã đã dùng lại cho xã khác từ 01/07/2025.")


class DefinitionError(PortalError):
    """A layer's definition breaks its rules; `problems` lists all of them."""

    code, status = "bad-definition", 400
    title = _("Khai báo lớp chưa đúng")
    hint = _("Sửa các chỗ nêu trên rồi lưu lại.")

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems), problems=problems)
        self.problems = problems


class PublicationRefused(PortalError):
    """A version cannot be made live from the state it is in."""

    code, status = "publication-refused", 409
    title = _("Không công bố được phiên bản này")
    hint = _("Chỉ công bố được phiên bản đã nạp xong hoặc đã từng công bố và còn lưu.")


class ApprovalNeeded(PortalError):
    """A staged version that nobody has approved, or a publication in nobody's name."""

    code, status = "approval-needed", 409
    title = _("Phiên bản này chưa được duyệt")
    hint = _("Người có quyền duyệt, không phải người nạp tệp, xem các thay đổi rồi bấm Duyệt.")


class OwnImport(PortalError):
    """Four eyes: who imported a file neither approves nor publishes it."""

    code, status = "own-import", 403
    title = _("Người nạp tệp không tự duyệt hoặc công bố tệp của mình")
    hint = _("Nhờ người duyệt khác. Cơ quan nhỏ có thể tắt quy tắc này: PORTAL_FOUR_EYES=false.")


class ApproverNeeded(PortalError):
    """This person does not have the approver's role."""

    code, status = "approver-needed", 403
    title = _("Tài khoản này không có quyền duyệt và công bố")
    hint = _("Nhờ người có vai trò duyệt, hoặc nhờ quản trị hệ thống cấp vai trò đó.")


class StaleComparison(PortalError):
    """Another version became live after this one was compared: its counts are not true any more."""

    code, status = "stale-comparison", 409
    title = _("Bản đang công bố đã thay đổi sau khi so sánh")
    hint = _("Bấm So sánh lại, xem các thay đổi rồi duyệt lại.")


class DefinitionChanged(PortalError):
    """The rows were made under another declaration: a field in them may be private by now."""

    code, status = "definition-changed", 409
    title = _("Khai báo của lớp đã thay đổi trong khi nạp")
    hint = _("Hãy nạp lại tệp: dữ liệu sẽ được ghi theo khai báo mới.")


class TooManyRemoved(PortalError):
    """Publication would take away a large share of what is published, and nobody said why."""

    code, status = "too-many-removed", 422
    title = _("Tệp làm mất quá nhiều đối tượng đang công bố")
    hint = _(
        "Kiểm tra tệp có đủ đối tượng. Nếu đúng là cần bỏ, ghi lý do cho phép bỏ "
        '(dòng lệnh: --allow-removals "LÝ DO").'
    )


class VersionIsLive(PortalError):
    """The live version cannot be thrown away."""

    code, status = "version-is-live", 409
    title = _("Đây là phiên bản đang công bố nên không bỏ được")
    hint = _("Công bố một phiên bản khác trước, rồi bỏ phiên bản này.")


class ServiceBusy(PortalError):
    """The database did not answer within the time allowed."""

    code, status = "service-busy", 503
    title = _("Máy chủ đang bận")
    hint = _("Hãy thu nhỏ vùng cần xem hoặc thử lại sau ít giây.")


class TooManyRequests(PortalError):
    """One address asked more often than it may: nginx says so (`docker/nginx.conf`), so worded."""

    code, status = "too-many-requests", 429
    title = _("Hỏi quá nhiều lần trong một giây")
    hint = _(
        "Chờ số giây ghi ở Retry-After rồi hỏi tiếp. Cần nhiều dữ liệu thì xuất cả lớp thành "
        "một tệp."
    )


class TokenMissing(PortalError):
    """A wish in the name of a session without Django's token: another site may have sent it."""

    code, status = "token-missing", 403
    title = _("Yêu cầu không kèm mã chống giả mạo của phiên đăng nhập")
    hint = _("Gửi kèm X-CSRFToken, hoặc gửi không kèm phiên đăng nhập nếu lớp là công khai.")


class BadRange(PortalError):
    """A range of bytes that the file does not have."""

    code, status = "bad-range", 416
    title = _("Khoảng byte nằm ngoài tệp")
    hint = _("Hỏi lại cỡ tệp bằng HEAD.")


class MethodNotAllowed(PortalError):
    """The resource exists but not for this method."""

    code, status = "method-not-allowed", 405
    title = _("Cách gọi này không được hỗ trợ")
    hint = _("Dữ liệu công khai chỉ đọc bằng GET.")


class NotAcceptable(PortalError):
    """The asked-for representation does not exist."""

    code, status = "not-acceptable", 406
    title = _("Không có định dạng được yêu cầu")
    hint = _(
        "Dùng f=json hoặc bỏ tham số f. Tệp CSV, Excel, GeoPackage… ở "
        "/api/collections/{slug}/exports."
    )


def every_error(base: type[PortalError] = PortalError) -> Iterator[type[PortalError]]:
    """All named errors, base first: the table behind docs/api.md and /api/docs/errors."""
    yield base
    for child in base.__subclasses__():
        yield from every_error(child)
