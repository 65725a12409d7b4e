"""Words of the form, the map and the progress that the browser's script speaks."""

from django.utils.translation import gettext as _

from gis_portal.planner.document.known import MADE
from gis_portal.planner.results.told import MEASURES
from gis_portal.planner.results.words import derived_label, measure_label, value_label

BOOLEANS = ("true", "false")
CHANGES = ("added", "removed", "changed")


def builder_words() -> dict[str, str]:
    """Key → text in the language of the request; the keys are those of frontend/src/planner."""
    return {**_form_words(), **_operation_words(), **_parameter_words(), **_page_words()}


def _form_words() -> dict[str, str]:
    return {
        "b-choose": _("Hãy chọn"),
        "b-inputs": _("Dữ liệu dùng"),
        "b-add-layer": _("Thêm lớp dữ liệu"),
        "b-add-area": _("Thêm vùng riêng"),
        "b-add-units": _("Thêm đơn vị hành chính"),
        "b-layer": _("Lớp dữ liệu"),
        "b-area": _("Vùng riêng"),
        "b-units": _("Đơn vị hành chính"),
        "b-on": _("Địa giới của ngày"),
        "b-remove": _("Bỏ"),
        "b-filter-written": _("Bộ lọc (CQL2)"),
        "b-add-condition": _("Thêm điều kiện lọc"),
        "b-join": _("Các điều kiện"),
        "b-and": _("phải đúng tất cả"),
        "b-or": _("đúng một là đủ"),
        "b-written": _("Viết bằng CQL2:"),
        "b-field": _("Trường"),
        "b-comparison": _("So sánh"),
        "b-value": _("Giá trị"),
        "b-to": _("Đến"),
        "b-values": _("Các giá trị"),
        "b-yes": _("có"),
        "b-no": _("không"),
        "b-steps": _("Thao tác"),
        "b-step": _("Bước {n}"),
        "b-add-step": _("Thêm thao tác"),
        "b-operation": _("Làm gì"),
        "b-number": _("một số mét"),
        "b-anywhere": _("ở đâu cũng được"),
        "b-add-criteria": _("Thêm tiêu chí"),
        "b-add-must": _("Thêm điều kiện bắt buộc"),
        "b-result": _("Kết quả"),
        "b-add-group": _("Chia thêm theo"),
        "b-slivers": _("Mảnh vụn"),
        "b-slivers-help": _(
            "Mảnh nhỏ hơn một trong hai mức được báo riêng, vẫn nằm trong tổng, không bị bỏ."
        ),
    }


def _operation_words() -> dict[str, str]:
    return {
        "op-overlay": _("Chồng hai lớp lên nhau"),
        "op-buffer": _("Vẽ vùng quanh (hành lang)"),
        "op-select": _("Chọn theo điều kiện và vị trí"),
        "op-within_distance": _("Chọn theo khoảng cách"),
        "op-nearest": _("Tìm đối tượng gần nhất"),
        "op-dissolve": _("Gộp thành vùng liền"),
        "op-count_in": _("Đếm trong từng vùng"),
        "op-coverage": _("Vùng phủ và chỗ chưa phủ"),
        "op-score": _("Chấm điểm địa điểm"),
        "op-changes": _("Thay đổi giữa hai phiên bản"),
        "op-combine": _("Gộp chung nhiều lớp"),
        "kind-of-intersection": _("phần chung"),
        "kind-of-identity": _("phần chung, giữ cả phần ngoài"),
        "kind-of-difference": _("phần không nằm trong"),
        "relation-intersects": _("chạm"),
        "relation-within": _("nằm trong"),
        "relation-contains": _("chứa"),
        "relation-disjoint": _("không chạm"),
        "criterion-distance": _("khoảng cách đến"),
        "criterion-area": _("diện tích (m²)"),
        "criterion-inside": _("nằm trong"),
        "criterion-outside": _("nằm ngoài"),
        "criterion-field": _("một trường số"),
        **{f"measure-{name}": measure_label(name) for name in MEASURES},
        "op-=": _("là"),
        "op-<>": _("khác"),
        "op->=": _("từ … trở lên"),
        "op-<=": _("đến"),
        "op->": _("trên"),
        "op-<": _("dưới"),
        "op-in": _("là một trong"),
        "op-like": _("giống (% thay cho mọi chữ)"),
        "op-isNull": _("chưa ghi"),
        "op-between": _("trong khoảng"),
    }


def _parameter_words() -> dict[str, str]:
    return {
        "p-of": _("Của"),
        "p-with": _("Với"),
        "p-to": _("Đến"),
        "p-in": _("Trong"),
        "p-kind": _("Lấy"),
        "p-width": _("Bề rộng mỗi bên"),
        "p-radius": _("Bán kính"),
        "p-metres": _("Mét"),
        "p-k": _("Số đối tượng gần nhất"),
        "p-by": _("Gộp theo trường"),
        "p-names": _("Những lớp được gộp chung"),
        "p-top": _("Chỉ lấy số tốt nhất"),
        "p-where": _("Vị trí"),
        "p-criteria": _("Tiêu chí"),
        "p-must": _("Điều kiện bắt buộc"),
        "p-criterion": _("Tiêu chí"),
        "p-weight": _("Trọng số"),
        "p-best": _("Tốt nhất khi"),
        "p-worst": _("Kém nhất khi"),
        "p-min": _("Ít nhất"),
        "p-max": _("Nhiều nhất"),
        "p-version-from": _("Từ phiên bản"),
        "p-version-to": _("Đến phiên bản"),
        "p-measures": _("Tính những gì"),
        "p-result-of": _("Kết quả của"),
        "p-group": _("Chia theo"),
        "p-group-n": _("Cột {n}"),
        "p-sliver-area_m2": _("Diện tích nhỏ hơn (m²)"),
        "p-sliver-width_m": _("Bề rộng nhỏ hơn (m)"),
    }


def _page_words() -> dict[str, str]:
    return {
        # Columns that steps make; mirrored in frontend/src/planner/builder/spec.ts.
        **{f"made-{name}": derived_label(name) for names in MADE.values() for name in names},
        **{f"covered-{value}": value_label(value == "true", "covered") for value in BOOLEANS},
        **{f"change-{value}": value_label(value, "change") for value in CHANGES},
        "w-unread": _("Câu hỏi chưa đủ để đọc thành lời."),
        "w-previewing": _("Đang xem thử trên một phần dữ liệu…"),
        "w-sample": _(
            "Ước lượng từ {n} trong {of} đối tượng: số thật nằm đâu đó trong khoảng nêu; có thể "
            "còn những dòng khác chưa gặp. Bấm tính để có số đúng."
        ),
        "w-whole": _("Đã tính trên toàn bộ dữ liệu: các số như kết quả thật."),
        "w-nothing": _("Không tìm thấy gì: 0 ha. Hãy xem lại các điều kiện lọc và khoảng cách."),
        "w-about": _("khoảng {n}"),
        "w-between": _("khoảng {low} đến {high}"),
        "w-to-box": _("Đến ô này"),
        "w-failed": _("Chưa xem thử được. Hãy thử lại sau ít giây."),
        "w-rows": _("{n} dòng"),
        "w-unknown": _("Không có hoặc không rõ"),
        "w-lost": _("Mất liên lạc với máy chủ, đang thử lại…"),
        "w-done": _("Đã tính xong."),
        "w-not-shown": _("Chưa lấy được các phần của dòng này. Hãy thử lại."),
        "w-to-row": _("Đến dòng trong bảng"),
        "w-row-parts": _("Từng phần của dòng này"),
        "w-let-go": _("Bỏ chọn"),
        "w-draw": _("Chạm lên bản đồ để đặt từng góc; chạm lại góc đầu để khép vùng."),
        "w-drawn": _("Đã vẽ xong một vùng. Đặt tên rồi lưu."),
    }
