"""The queue of packages, and which of them go when a layer is published."""

import logging
from typing import Any

from django.db import Error, transaction

from layers.models import Layer
from layers.ondemand.queue import Queue
from tiles.packages.errors import PackageInterrupted
from tiles.packages.model import Package, folder

log = logging.getLogger(__name__)
MAKING, ASKING = 7031, 7032
TASK = "tiles.packages.tasks.make_package"


def _is_current(package: Package) -> bool:
    from tiles.packages.asking import is_current  # asks through this queue

    return package.layer.live_version_id is not None and is_current(package)


QUEUE = Queue(
    Package,
    task=TASK,
    making_lock=MAKING,
    asking_lock=ASKING,
    folder=folder,
    interrupted=PackageInterrupted,
    is_current=_is_current,
    from_start={"tiles_done": 0},
)
sweep, keep_house = QUEUE.sweep, QUEUE.keep_house


def on_layer(layer: Layer | None = None, **_more: Any) -> None:
    """Signal receiver: another version is live, or one was dropped. What fails is left to
    housekeeping."""
    if layer is None:
        return
    try:
        with transaction.atomic():
            live = Layer.objects.filter(pk=layer.pk).values_list("live_version_id", flat=True)
            old = Package.objects.filter(layer=layer).exclude(version_id__in=live)
            for package in old.exclude(state=Package.BUILDING):
                QUEUE.throw_away(package)
    except (Error, OSError):
        log.exception("%s: old packages are left to housekeeping", layer.slug)
