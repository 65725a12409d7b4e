#!/usr/bin/env python3
"""The worker: imports what waits in the queue, prepares what was published, brings back what was
interrupted, keeps house.

`.venv/bin/python bin/worker.py [--once | --queue | --is-alive]`. The program itself shows that it
lives, sweeps at each beat, and keeps its children: PORTAL_IMPORT_WORKERS queues (`--queue`), and
housekeeping now and then (`--once`). Everything may run twice or be killed at any moment.
Neighbours: importers/jobs.py, importers/worker.py, docker-compose.yml, run.py.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import django
from django.core.management import call_command

PROJECT = Path(__file__).resolve().parent.parent
EVERY_SECONDS = 600
BEAT_SECONDS = 5
STOP_SECONDS = 20
HEARTBEAT = Path(tempfile.gettempdir()) / f"gis-portal-worker-{os.getuid()}"
NAME = f"{socket.gethostname()[:50]}:{os.getpid()}"
log = logging.getLogger("worker")


def drop_old_versions() -> None:
    """Keep as many former versions of each layer as the settings say."""
    # Models can be imported only after django.setup(); so in every function here.
    from layers.models import Layer
    from layers.publish import drop_old_versions as drop

    for layer in Layer.objects.all():
        dropped = drop(layer)
        if dropped:
            log.warning("%s: dropped %d former versions", layer.slug, dropped)


def drop_originals() -> None:
    """Files that no kept version was made from, and pictures that none has."""
    from importers import originals
    from importers.imagery import kept

    originals.drop_unneeded()
    kept.drop_unneeded()


def prepare_tiles() -> None:
    """Tables for tiles that nobody asked for, or that nobody reads any more."""
    from tiles.preparing_queue import keep_house

    keep_house()


def write_rows() -> None:
    """Features of live versions as text: what nobody asked for, or nobody reads any more."""
    from layers.written.queue import keep_house

    keep_house()


def keep_tile_store() -> None:
    """Tiles of versions that are live no more, and what is beyond the store's bound."""
    from tiles.store_order import keep_house

    keep_house()


def drop_packages() -> None:
    """Packages of tiles that have expired, or are of a version that is live no more."""
    from tiles.packages.queue import keep_house

    keep_house()


def drop_exports() -> None:
    """Exports that have expired, or say what is not so any more, and what was left half made."""
    from layers.exports import queue, sending

    queue.keep_house()
    sending.keep_house()


def count_figures() -> None:
    """Indicators of live versions that nobody announced, and those of versions that are gone."""
    from gis_portal.figures.remembered import keep_house

    keep_house()


def forget_reporters() -> None:
    """Contacts whose time is over, and digests of addresses that were counted."""
    from gis_portal.reports import contacts, filing

    contacts.forget_contacts()
    filing.forget_hosts()


def tell_followers() -> None:
    """What changed of auction lots to those who follow them; addresses never confirmed go."""
    from gis_portal.follow import housekeeping

    housekeeping.keep_house()


def keep_packs() -> None:
    """Packs of officers' units: what nobody was called for, parts that are out of use."""
    from gis_portal.officer.packs.housekeeping import keep_house

    keep_house()


def sweep_photo_pieces() -> None:
    """Parts of officers' photos that nobody will finish."""
    from gis_portal.officer.field.pieces import sweep

    sweep()


def keep_runs() -> None:
    """Results, files of them and private areas of planners whose time is over, and what was left
    half made.
    """
    from gis_portal.planner.asking import queue as runs_queue
    from gis_portal.planner.results.files import queue as files_queue

    runs_queue.keep_house()
    files_queue.keep_house()


def clear_sessions() -> None:
    call_command("clearsessions")


def forget_tasks() -> None:
    """The queue's own record of what is long done; runs keep theirs."""
    call_command("prune_db_task_results", verbosity=0)


JOBS: tuple[Callable[[], None], ...] = (
    drop_old_versions,
    drop_originals,
    prepare_tiles,
    write_rows,
    keep_tile_store,
    drop_packages,
    drop_exports,
    keep_packs,
    sweep_photo_pieces,
    keep_runs,
    forget_reporters,
    tell_followers,
    count_figures,
    clear_sessions,
    forget_tasks,
)


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


def work_on_queue() -> None:
    """One import after the other, until SIGTERM or until the parent is gone."""
    from importers.worker import QueueWorker

    threading.Thread(target=_end_with_parent, daemon=True).start()
    worker = QueueWorker()
    worker.configure_signals()
    worker.run()


def _end_with_parent() -> None:
    """The parent holds the other end of our standard input; it closes however the parent ends."""
    # Past Python's buffer: its lock, held by a thread that waits, is fatal when Python ends.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def is_alive() -> bool:
    """Whether a worker of this machine showed itself lately."""
    return HEARTBEAT.exists() and time.time() - HEARTBEAT.stat().st_mtime < EVERY_SECONDS


def beat() -> None:
    """Show ourselves, here and in the database, and bring back what dead workers left."""
    from django.db import Error, close_old_connections

    from gis_portal.planner.asking import queue as runs_queue
    from gis_portal.planner.results.files import queue as run_files_queue
    from importers import jobs
    from layers.exports import queue as exports_queue
    from tiles import preparing_queue, store_order
    from tiles.packages import queue as packages_queue

    HEARTBEAT.touch()
    close_old_connections()
    try:
        # Who was killed between its commit and this left tiles that nobody may see any more: before
        # and apart from what follows, which may fail for other reasons.
        store_order.settle()
    except Error as error:
        log.warning("Tiles could not be compared with the database: %s", error)
    except Exception:
        log.exception("Tiles could not be compared with the database; the next beat tries again")
    try:
        jobs.show_worker(NAME)
        jobs.sweep()
        preparing_queue.sweep()
        packages_queue.sweep()
        exports_queue.sweep()
        runs_queue.sweep()
        run_files_queue.sweep()
    except Error as error:
        # A database that restarts: a line is enough.
        log.warning("The database does not answer: %s", error)
    except Exception:
        log.exception("The beat failed; the next one tries again")


class Children:
    """The processes that do the work; one that ended is started again at the next beat."""

    def __init__(self, queues: int) -> None:
        self.queues: list[subprocess.Popen[bytes] | None] = [None] * queues
        self.housekeeping: subprocess.Popen[bytes] | None = None
        self.next_housekeeping = 0.0

    def keep(self) -> None:
        self.queues = [_alive(child) or _start("--queue") for child in self.queues]
        if not _alive(self.housekeeping) and time.monotonic() >= self.next_housekeeping:
            self.housekeeping = _start("--once")
            self.next_housekeeping = time.monotonic() + EVERY_SECONDS

    def stop(self) -> None:
        """SIGTERM gives an import back to the queue; after STOP_SECONDS the sweeper does."""
        running = [child for child in (*self.queues, self.housekeeping) if _alive(child)]
        for child in filter(None, running):
            child.terminate()
        end = time.monotonic() + STOP_SECONDS
        for child in filter(None, running):
            try:
                child.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def _alive(child: subprocess.Popen[bytes] | None) -> subprocess.Popen[bytes] | None:
    return child if child is not None and child.poll() is None else None


def _start(word: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, __file__, word]
    return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, start_new_session=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def supervise() -> None:
    """Until SIGTERM or SIGINT; children are stopped before this ends."""
    from importers import jobs

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    children = Children(int(os.environ.get("PORTAL_IMPORT_WORKERS", "2")))
    try:
        while True:
            beat()
            children.keep()
            time.sleep(BEAT_SECONDS)
    finally:
        children.stop()
        with suppress(Exception):
            jobs.forget_worker(NAME)


def main(arguments: list[str]) -> int:
    if arguments == ["--is-alive"]:
        return 0 if is_alive() else 1
    sys.path.insert(0, str(PROJECT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_portal.settings")
    django.setup()
    match arguments:
        case ["--once"]:
            return 0 if work() else 1
        case ["--queue"]:
            work_on_queue()
        case _:
            supervise()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
