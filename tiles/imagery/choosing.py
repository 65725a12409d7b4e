"""Which scenes of a date a square is cut from, and who may cut one now: both are bounded, since
anybody may ask for any square and each costs a web thread the reading of its pictures.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from layers.errors import ServiceBusy
from tiles.imagery.scenes import Box, Scene

# Scenes read for one square. A day has more of them in one square only far out, where each is a
# patch of few pixels: what is left out is what shows least.
MOST_SCENES = 32
# Half the threads of a process (bin/run.py): the others answer what is quick.
MOST_CUTS = 2
# Seconds that a request waits for its turn: a score of ordinary squares.
PATIENCE = 1.0

_places = threading.BoundedSemaphore(MOST_CUTS)


def chosen(scenes: Sequence[Scene], box: Box) -> list[Scene]:
    """The scenes with ground in the box (EPSG:3857), in their order; of more than MOST_SCENES those
    whose frames have the largest part of it, of equal ones the first.
    """
    near = [scene for scene in scenes if scene.touches(*box)]
    if len(near) <= MOST_SCENES:
        return near
    largest = sorted(range(len(near)), key=lambda index: -_shared(near[index].box, box))
    return [near[index] for index in sorted(largest[:MOST_SCENES])]


def _shared(one: Box, other: Box) -> float:
    """Square metres of EPSG:3857 that two boxes, which touch, have in common."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high


@contextmanager
def turn() -> Iterator[None]:
    """One of the few places of this process. Raises ServiceBusy, after PATIENCE."""
    if not _places.acquire(timeout=PATIENCE):
        raise ServiceBusy
    try:
        yield
    finally:
        _places.release()
