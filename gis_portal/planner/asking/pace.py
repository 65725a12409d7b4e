"""How often one planner may have something computed at once: so that a program that asks again and
again does not take the portal's few places from everybody.

Counted in each process: whoever asks goes to any of them, and none lets more than this through.
"""

import threading
import time
from collections import deque

from django.conf import settings

from gis_portal.planner.errors import TooManyPreviews

SECONDS = 60.0
_lock = threading.Lock()
_asked: dict[int, deque[float]] = {}


def check_pace(planner: int) -> None:
    """One more preview of this planner. Raises TooManyPreviews."""
    now = time.monotonic()
    with _lock:
        _forget(now)
        mine = _asked.setdefault(planner, deque())
        if len(mine) >= settings.PORTAL_PREVIEWS_A_MINUTE:
            raise TooManyPreviews
        mine.append(now)


def _forget(now: float) -> None:
    """What is longer ago: of everybody, so that nothing grows."""
    for planner, times in list(_asked.items()):
        while times and times[0] <= now - SECONDS:
            times.popleft()
        if not times:
            del _asked[planner]
