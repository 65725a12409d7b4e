"""Words of the map for planners that the browser's script speaks."""

from django.utils.translation import gettext as _


def map_words() -> dict[str, str]:
    """Key → text in the language of the request; keys of frontend/src/planner/map."""
    return {
        "m-side-0": _("Bên trái"),
        "m-side-1": _("Bên phải"),
        "m-add": _("Thêm lớp"),
        "m-add-result": _("Thêm kết quả phân tích"),
        "m-result-page": _("Xem bảng số của kết quả"),
        "m-loading-result": _("Đang đọc kết quả…"),
        "m-result-failed": _("Chưa đọc được kết quả này. Có thể nó đã bị xóa hoặc hết hạn giữ."),
        "m-parted": _("“{title}” đã sang bên phải để so sánh. Thêm lớp cho từng bên ở danh sách."),
        "m-part": _("Thêm lớp cho từng bên ở danh sách để so sánh."),
        "m-empty": _("Chưa có lớp nào. Chọn một lớp ở ô “Thêm lớp”."),
        "m-opacity": _("Độ đậm"),
        "m-up": _("Lên trên"),
        "m-down": _("Xuống dưới"),
        "m-remove": _("Bỏ lớp này"),
        "m-group": _("Nhóm"),
        "m-group-switch": _("Bật cả nhóm {name}"),
        "m-color-by": _("Tô màu theo"),
        "m-own-style": _("màu riêng của lớp"),
        "m-method": _("Cách chia hạng"),
        "m-quantile": _("số đối tượng bằng nhau"),
        "m-equal": _("khoảng bằng nhau"),
        "m-natural": _("ngắt tự nhiên"),
        "m-count": _("Số hạng"),
        "m-palette": _("Bảng màu"),
        "m-filter": _("Lọc"),
        "m-missing": _("Không có giá trị"),
        "m-others": _("Giá trị khác"),
        "m-loading": _("Đang chia hạng…"),
        "m-classes-failed": _("Chưa chia được hạng. Hãy thử lại."),
        "m-small": _("Hình nhỏ hơn một điểm ảnh chưa vẽ ở mức phóng này."),
        "m-measure": _("Chạm lên bản đồ để đặt điểm. Đo trên lưới {grid}."),
        "m-length": _("Dài {length}"),
        "m-area": _("Chu vi {length}, diện tích {area}"),
        "m-saved": _("Đã lưu bản đồ."),
        "m-unsaved": _("Có thay đổi chưa lưu."),
        "m-zoom": _("Phóng tới lớp"),
        "m-save-failed": _("Chưa lưu được bản đồ. Hãy thử lại."),
        "m-show": _("Hiện lớp {title}"),
        "m-settings": _("Chỉnh lớp {title}"),
    }
