"""How much room results take: one run while it is computed, all that one planner keeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from gis_portal.planner.engine import store
from gis_portal.planner.models import Run, RunFile
from gis_portal.planner.results.errors import PlannerRoomTaken, RunTakesTooMuchRoom

MB = 2**20
LOOK_SECONDS = 1.0
NEARLY = 0.9
Progress = Callable[[float, str], None]


def used_by(user: Any) -> int:
    """Bytes of this planner's kept results and of the files made of them."""
    tables = Run.objects.filter(asked_by=user).aggregate(all=Sum("result_bytes", default=0))
    files = RunFile.objects.filter(run__asked_by=user).aggregate(all=Sum("size", default=0))
    return int(tables["all"]) + int(files["all"])


def check_room(user: Any) -> None:
    """Before a run is asked for. Raises PlannerRoomTaken."""
    used, most = used_by(user) // MB, settings.PORTAL_RUNS_MB_EACH
    if used >= most:
        raise PlannerRoomTaken(
            _("Đã dùng %(used)d MB trong %(most)d MB.") % {"used": used, "most": most}
        )


def minding(run: Run, progress: Progress) -> Progress:
    """The same progress, which also looks now and then how much the run has written.

    What is on the way counts: it fills the same disk. Raises RunTakesTooMuchRoom.
    """
    looked = time.monotonic()

    def told(share: float, note: str) -> None:
        nonlocal looked
        progress(share, note)
        if time.monotonic() < looked + LOOK_SECONDS:
            return
        looked = time.monotonic()
        check_size(run)

    return told


def check_size(run: Run) -> int:
    """Bytes of its tables now. Raises RunTakesTooMuchRoom."""
    size = store.size(run.pk)
    if size > settings.PORTAL_RUN_MB * MB:
        raise RunTakesTooMuchRoom(f"> {settings.PORTAL_RUN_MB} MB")
    return size


@dataclass(frozen=True)
class Room:
    """Bytes that are taken of those that one planner has."""

    used: int
    most: int

    @property
    def share(self) -> float:
        """0 … 1."""
        return self.used / self.most if self.most else 1.0

    @property
    def is_nearly_full(self) -> bool:
        """Time to tell."""
        return self.share >= NEARLY


def room_of(user: Any) -> Room:
    """For their page."""
    return Room(used_by(user), settings.PORTAL_RUNS_MB_EACH * MB)
