"""Where an import stands, in words: its state, what is waited for, its steps with their rates."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_portal.steward.remedies import (
    ABOUT_SYSTEM,
    ABOUT_VALUES,
    DAY,
    LEVELS,
    SHEET,
    may_choose_system,
)
from importers.models import ImportRun
from layers.models import LayerVersion

# What each step is for a person; a step that is not named here shows its own name.
STEP_WORDS: dict[str, str | Promise] = {
    "wait": gettext_lazy("Chờ máy nạp"),
    "read": gettext_lazy("Mở tệp, nhận định dạng và hệ tọa độ"),
    "picture": gettext_lazy("Nắn ảnh về bản đồ web, tạo ảnh thu nhỏ"),
    "picture-check": gettext_lazy("Kiểm tra ảnh đã tạo"),
    "prepare": gettext_lazy("Đọc và kiểm tra từng dòng"),
    "load": gettext_lazy("Ghi vào bản tạm"),
    "compare": gettext_lazy("So với bản đang công bố"),
    "seal": gettext_lazy("Lập chỉ mục"),
    "whole": gettext_lazy("Kiểm tra chồng lấn và khe hở"),
    "publish": gettext_lazy("Công bố"),
}
_USUAL = ("read", "prepare", "load", "compare", "seal", "whole")
# A worker that has not been heard for so long has perhaps stopped.
QUIET_SECONDS = 30


@dataclass(frozen=True)
class State:
    """`tone` and `icon` are of the badge; `waits` says what is to be done next and by whom."""

    words: str
    waits: str = ""
    tone: str = ""
    icon: str = "clock"


@dataclass(frozen=True)
class Step:
    """One step of a run. Rates are rows a second; `left` seconds; `share` of the rows, 0–100."""

    name: str
    words: str
    status: str
    rows: int = 0
    total: int | None = None
    seconds: float = 0.0

    @property
    def rate(self) -> float | None:
        """Rows a second, once there is something to divide."""
        return self.rows / self.seconds if self.rows and self.seconds > 0 else None

    @property
    def share(self) -> int | None:
        """How much of it is done, in hundredths, where that is known."""
        return min(100, 100 * self.rows // self.total) if self.total else None

    @property
    def left(self) -> int | None:
        """Seconds that it will still take at this rate."""
        rate = self.rate
        if self.status != "now" or not self.total or not rate:
            return None
        return max(1, round((self.total - self.rows) / rate))


def state_of(run: ImportRun) -> State:
    """The state in words and what is waited for."""
    if run.state in (ImportRun.STAGED, ImportRun.PUBLISHED):
        return _of_version(run)
    if run.cancel_requested and run.state in (ImportRun.QUEUED, ImportRun.RUNNING):
        return State(_("Đang hủy…"), _("Đang dừng theo yêu cầu"), icon="close")
    if run.state == ImportRun.RUNNING:
        return State(_("Đang nạp"), str(STEP_WORDS.get(run.step, run.step)))
    simple = {
        ImportRun.QUEUED: State(_("Đang chờ"), _("Chờ máy nạp rảnh")),
        ImportRun.CHECKED: State(
            _("Đã kiểm tra"), _("Chưa ghi gì. Chờ người nạp chọn “Nạp vào để duyệt”"), icon="info"
        ),
        ImportRun.REFUSED: State(_("Bị từ chối"), _waits_for(run), tone="badge-late", icon="warn"),
        ImportRun.FAILED: State(
            _("Lỗi máy chủ"), _("Nạp lại hoặc báo quản trị"), tone="badge-late", icon="warn"
        ),
        ImportRun.INTERRUPTED: State(
            _("Bị ngắt giữa chừng"), _("Chưa ghi gì. Nạp lại"), tone="badge-late", icon="warn"
        ),
        ImportRun.CANCELLED: State(_("Đã hủy"), icon="close"),
    }
    return simple.get(run.state, State(run.get_state_display()))


def _waits_for(run: ImportRun) -> str:
    """A person's choice mends some refusals, the surveyor the others."""
    if run.error_code in ABOUT_SYSTEM and not may_choose_system(run):
        return _("Chờ tệp khác")
    if run.error_code in ABOUT_SYSTEM:
        return _("Chờ chọn hệ tọa độ")
    if run.error_code == DAY:
        return _("Chờ ngày chụp ảnh")
    if run.error_code in (SHEET, LEVELS):
        return _("Chờ chọn phần của tệp")
    if run.error_code in ABOUT_VALUES:
        return _("Chờ giá trị chung hoặc tệp đã sửa")
    return _("Chờ tệp đã sửa")


def _of_version(run: ImportRun) -> State:
    version = run.version
    if version is None:
        return State(_("Đã nạp"), icon="check")
    if version.state == LayerVersion.STAGED and version.approved_at:
        return State(_("Đã duyệt"), _("Chờ công bố"), tone="badge-good", icon="check")
    if version.state == LayerVersion.STAGED:
        return State(_("Đã nạp, chờ duyệt"), _("Chờ người thứ hai duyệt"), icon="clock")
    known = {
        LayerVersion.PUBLISHED: State(_("Đang công bố"), tone="badge-good", icon="check"),
        LayerVersion.RETIRED: State(_("Đã được thay bằng phiên bản khác"), icon="info"),
        LayerVersion.DISCARDED: State(_("Đã bỏ"), icon="close"),
    }
    return known.get(version.state, State(version.get_state_display()))


def is_over(run: ImportRun) -> bool:
    """Nothing will happen to it any more by itself."""
    return run.state in ImportRun.ENDED


def steps_of(run: ImportRun) -> list[Step]:
    """Steps done, the one that runs, and those that usually follow."""
    recorded: list[dict[str, Any]] = (run.progress or {}).get("steps", [])
    over = is_over(run)
    found = [
        _step(entry, "now" if number == len(recorded) and not over else "done")
        for number, entry in enumerate(recorded, 1)
    ]
    if over:
        return found
    seen = {step.name for step in found}
    coming = [name for name in _USUAL if name not in seen]
    return [*found, *(Step(name, str(STEP_WORDS[name]), "next") for name in coming)]


def _step(entry: dict[str, Any], status: str) -> Step:
    name = str(entry.get("name", ""))
    return Step(
        name=name,
        words=str(STEP_WORDS.get(name, name)),
        status=status,
        rows=int(entry.get("rows") or 0),
        total=int(entry["total"]) if entry.get("total") else None,
        seconds=float(entry.get("seconds") or 0),
    )


def seconds_quiet(run: ImportRun) -> int | None:
    """Seconds since the worker was last heard, once that is long enough to say."""
    if run.state != ImportRun.RUNNING or run.heartbeat_at is None:
        return None
    silence = (timezone.now() - run.heartbeat_at) / dt.timedelta(seconds=1)
    return int(silence) if silence > QUIET_SECONDS else None
