"""The fixed words of an extract in the reader's language, and what its answers mean."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.errors import Text

# The parts of the content (`content.PARTS`) as the check page names them.
PART_WORDS: dict[str, Text] = {
    "record": gettext_lazy("thông tin về thửa: số hiệu, đơn vị hành chính, quản lý, trạng thái"),
    "areas": gettext_lazy("diện tích"),
    "uses": gettext_lazy("loại đất"),
    "shape": gettext_lazy("ranh giới, tọa độ góc"),
    "overlays": gettext_lazy("điều nằm trên thửa (quy hoạch, hành lang, khu vực)"),
    "around": gettext_lazy("thửa liền kề và nơi gần nhất"),
}
_REASONS: dict[str, Text] = {
    "no-version": gettext_lazy("lớp này chưa có dữ liệu công bố"),
    "outside": gettext_lazy("dữ liệu công bố không phủ tới đây"),
    "unit": gettext_lazy("chưa có dữ liệu ở xã, phường này"),
    "marks": gettext_lazy("chỉ có vị trí, không có ranh giới"),
    "width": gettext_lazy("chỉ có tim đường, không có bề rộng"),
}


def answer_words(answer: str, reason: str) -> str:
    """One of the three answers in words."""
    if answer == "concerned":
        return _("Có liên quan")
    if answer == "clear":
        return _("Đã đối chiếu, không liên quan")
    why = _REASONS.get(reason)
    return f"{_('Chưa công bố ở đây nên chưa biết')}{f': {why}' if why else ''}"


def more_parts(count: int) -> str:
    """For parts that found no room."""
    return _("và %(count)d phần nữa, xem trang của thửa") % {"count": count}


def labels() -> dict[str, str]:
    """Labels of rows, columns and headings, by the keys that content and template use."""
    return {
        "heading": _("Thông tin thửa đất"),
        "reference": _("Bản tham khảo, không thay thế trích lục"),
        "illustrative": _("Dữ liệu minh họa, không phải dữ liệu thật"),
        "unit": _("Xã, phường hiện nay"),
        "old_unit": _("Xã, phường cũ"),
        "sheet": _("Tờ bản đồ số"),
        "number": _("Thửa đất số"),
        "old_sheet": _("Tờ bản đồ cũ"),
        "old_number": _("Số thửa cũ"),
        "site": _("Tên khu đất"),
        "address": _("Địa chỉ"),
        "manager": _("Đơn vị được giao quản lý"),
        "status": _("Trạng thái"),
        "parcel_decision": _("Quyết định"),
        "areas": _("Diện tích"),
        "registered": _("Theo giấy tờ"),
        "surveyed": _("Theo hiện trạng (sổ)"),
        "computed": _("Tính từ ranh trên lưới"),
        "difference": _("Chênh lệch"),
        "grid": _("Lưới tọa độ"),
        "converted": _("Dữ liệu gốc ở hệ khác, đã chuyển về lưới của tỉnh."),
        "uses": _("Loại đất"),
        "planned_uses": _("Loại đất theo quy hoạch"),
        "plan": _("Sơ đồ thửa đất"),
        "scale": _("Tỷ lệ"),
        "grid_step": _("ô lưới"),
        "north": _("B"),
        "plan_alt": _("Sơ đồ thửa đất theo tọa độ, hướng bắc ở trên"),
        "axes": _("X hướng bắc, Y hướng đông, đơn vị mét"),
        "overlays": _("Điều gì nằm trên thửa này"),
        "slivers": _("không tính phần chồng rất nhỏ"),
        "corners": _("Tọa độ góc và chiều dài cạnh"),
        "corners_next": _("Bảng tọa độ góc và chiều dài cạnh ở trang 2."),
        "corner": _("Góc"),
        "x": _("X (Bắc), m"),
        "y": _("Y (Đông), m"),
        "edge": _("Cạnh, m"),
        "edge_note": _("Cạnh: từ góc này tới góc kế tiếp."),
        "piece": _("Phần"),
        "hole": _("Phần trống bên trong"),
        "neighbours": _("Thửa liền kề"),
        "nearest": _("Gần nhất"),
        "upon": _("trên thửa này"),
        "version": _("Phiên bản dữ liệu"),
        "data_date": _("Ngày dữ liệu"),
        "source": _("Nguồn"),
        "decision": _("Văn bản công bố"),
        "check": _("Kiểm tra bản này còn đúng không: quét mã, hoặc mở địa chỉ"),
        "check_alt": _("Mã QR dẫn tới trang kiểm tra bản này"),
        "fingerprint": _("Dấu nội dung SHA-256"),
        "official": _(
            "Cần bản có giá trị pháp lý, xin trích lục bản đồ địa chính tại Văn phòng đăng ký "
            "đất đai."
        ),
        "page": _("Trang"),
    }
