#!/usr/bin/env python3
"""The worker: does what has to be done now and then, until it is told to stop.

`.venv/bin/python bin/worker.py [--once | --is-alive]`. Drops versions beyond PORTAL_KEPT_VERSIONS
and sessions that ended. Everything here may run twice or be killed at any moment: each job is a
transaction of its own. Neighbours: layers/publish.py, docker-compose.yml.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import django
from django.core.management import call_command

PROJECT = Path(__file__).resolve().parent.parent
EVERY_SECONDS = 600
BEAT_SECONDS = 20
HEARTBEAT = Path(tempfile.gettempdir()) / f"gis-portal-worker-{os.getuid()}"
log = logging.getLogger("worker")


def drop_old_versions() -> None:
    """Keep as many former versions of each layer as the settings say."""
    # Models can be imported only after django.setup().
    from layers.models import Layer
    from layers.publish import drop_old_versions as drop

    for layer in Layer.objects.all():
        dropped = drop(layer)
        if dropped:
            log.warning("%s: dropped %d former versions", layer.slug, dropped)


def clear_sessions() -> None:
    call_command("clearsessions")


JOBS: tuple[Callable[[], None], ...] = (drop_old_versions, clear_sessions)


def work() -> bool:
    """Every job once; one that fails is logged and does not keep the others from running."""
    from django.db import close_old_connections

    succeeded = True
    for job in JOBS:
        close_old_connections()
        try:
            job()
        except Exception:
            log.exception("The job %s failed", job.__name__)
            succeeded = False
    return succeeded


def is_alive() -> bool:
    """Whether a worker showed itself lately; a long job may take several beats."""
    return HEARTBEAT.exists() and time.time() - HEARTBEAT.stat().st_mtime < EVERY_SECONDS


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def work_for_ever() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    while True:
        work()
        for _ in range(EVERY_SECONDS // BEAT_SECONDS):
            HEARTBEAT.touch()
            time.sleep(BEAT_SECONDS)


def main(arguments: list[str]) -> int:
    if arguments == ["--is-alive"]:
        return 0 if is_alive() else 1
    sys.path.insert(0, str(PROJECT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_portal.settings")
    django.setup()
    if arguments == ["--once"]:
        return 0 if work() else 1
    work_for_ever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
