"""What may be reported, by kind: a mistake in the data, or a problem on the ground."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DATA: dict[str, str | Promise] = {
    "wrong-boundary": _("Ranh giới vẽ sai"),
    "wrong-attribute": _("Thông tin ghi sai hoặc thiếu"),
    "wrong-place": _("Vị trí đặt sai"),
}
GROUND: dict[str, str | Promise] = {
    "encroachment": _("Lấn chiếm đất công"),
    "dumping": _("Đổ rác, đổ đất đá trái phép"),
    "damaged": _("Camera, mốc giới, biển báo bị hỏng"),
    "other": _("Việc khác"),
}
CATEGORIES: dict[str, str | Promise] = {**DATA, **GROUND}
GROUPS: tuple[tuple[str | Promise, dict[str, str | Promise]], ...] = (
    (_("Dữ liệu trên bản đồ sai"), DATA),
    (_("Có việc ngoài thực địa"), GROUND),
)
