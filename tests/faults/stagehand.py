"""The process behind the curtain: acts on a private portal, and forks what has to die.

One JSON line in, one out. Started by `tests.faults.theatre` with the environment of a portal of
its own; loads Django once, so that forty kills do not load it eighty times. It never holds a
connection while it forks.
"""

import datetime as dt
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - only after django.setup()
from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from importers import jobs, uploads  # noqa: E402
from importers.models import ImportRun  # noqa: E402
from importers.request import Request  # noqa: E402
from importers.run import run_import  # noqa: E402
from importers.running import LOCKS, lease  # noqa: E402
from importers.worker import QueueWorker  # noqa: E402
from layers.errors import PortalError  # noqa: E402
from layers.models import Layer, LayerVersion  # noqa: E402
from tests.faults import planning, points, readers  # noqa: E402
from tests.importers.made import plots  # noqa: E402

SLUG = "test-plots"
# Held workers and the pipe that each waits for.
HELD: dict[int, int] = {}


def prepare(path: str, layer: str = SLUG) -> dict[str, Any]:
    """The layer, with a first version made from the file."""
    plots(slug=layer)
    run = run_import(path, layer, publish=True, illustrative=True)
    return {"state": run.state, "error": run.error_detail}


def face(layer: str = SLUG) -> dict[str, Any]:
    """What readers see now."""
    return readers.face(layer)


def submit(path: str, layer: str = SLUG) -> dict[str, Any]:
    """A run in the queue that publishes."""
    request = Request(
        path=Path(path),
        layer=Layer.objects.get(slug=layer),
        dry_run=False,
        publish=True,
        illustrative=True,
        user=points.publisher(),
    )
    return {"run": jobs.submit(request, upload=Path(path)).pk}


def work() -> dict[str, Any]:
    """What a worker does until the queue is empty."""
    worker = QueueWorker(batch=True, interval=0.05)
    worker.configure_signals()
    worker.run()
    return {}


def work_on_one() -> dict[str, Any]:
    """What a worker does with one task."""
    worker = QueueWorker(batch=True, interval=0.05)
    worker.max_tasks = 1
    worker.configure_signals()
    worker.run()
    return {}


def cancel(run: int) -> dict[str, Any]:
    """Call a run off; the refusal's code when that cannot be."""
    try:
        return {"state": jobs.cancel(ImportRun.objects.get(pk=run)).state}
    except PortalError as error:
        return {"refused": error.code}


def retry(run: int) -> dict[str, Any]:
    """Queue a run once more."""
    return {"state": jobs.retry(ImportRun.objects.get(pk=run)).state}


def seen(run: int) -> dict[str, Any]:
    """A run as pages see it."""
    found = ImportRun.objects.get(pk=run)
    ahead = jobs.waiting_for(found)
    return {
        "state": found.state,
        "attempts": found.attempts,
        "step": found.step,
        "code": found.error_code,
        "task": found.task_id,
        "waits_for": ahead.pk if ahead else None,
        "beat": found.heartbeat_at,
        "version": found.version_id,
        "steps": [step["name"] for step in found.progress.get("steps", [])],
    }


def await_beat(run: int) -> dict[str, Any]:
    """A running run as pages see it after two further heartbeats."""
    end, beats = time.monotonic() + 10, {seen(run)["beat"]}
    while len(beats) < 3 and time.monotonic() < end:
        beats.add(seen(run)["beat"])
    return seen(run)


def alive() -> dict[str, Any]:
    """Whether a worker showed itself, as pages ask."""
    return {"alive": jobs.worker_alive()}


def strike() -> dict[str, Any]:
    """No held worker is left."""
    for pid in list(HELD):
        os.kill(pid, signal.SIGKILL)
        ended(pid)
    return {}


def hold(point: str, how: str) -> dict[str, Any]:
    """Fork a worker for one task that waits at the point, in Python or in the database; answers
    when it is there. `let_go` lets it go on."""
    connections.close_all()
    reached, go = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:

        def wait() -> None:
            os.write(reached[1], b"x")
            if how == "sql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(60)")
            else:
                os.read(go[0], 1)

        points.arm(points.BY_NAME[point], wait)
        _live(work_on_one)
    os.close(reached[1])
    os.close(go[0])
    there = os.read(reached[0], 1) == b"x"
    os.close(reached[0])
    HELD[child] = go[1]
    return {"pid": child, "there": there}


def _live(act: Callable[[], Any]) -> None:
    """A child's life when nobody kills it."""
    status = 1
    try:
        act()
        status = 0
    except BaseException:  # noqa: BLE001 - told in the log, and by the status
        traceback.print_exc()
    os._exit(status)


def let_go(pid: int, sign: int = 0) -> dict[str, Any]:
    """Let a held worker go on (after a signal), and wait for its end; how long that took."""
    began = time.monotonic()
    if sign:
        os.kill(pid, sign)
    else:
        os.write(HELD[pid], b"x")
    return {**ended(pid), "seconds": time.monotonic() - began}


def ended(pid: int) -> dict[str, Any]:
    """Wait for the end of a held worker."""
    began = time.monotonic()
    _, status = os.waitpid(pid, 0)
    os.close(HELD.pop(pid))
    return {"status": status >> 8, "signal": status & 0x7F, "seconds": time.monotonic() - began}


def send(pid: int, sign: int) -> dict[str, Any]:
    """A signal for a held worker."""
    os.kill(pid, sign)
    return {}


def lose_sessions() -> dict[str, Any]:
    """End the database sessions that hold a run's lock, as a broken line does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks "
            "WHERE locktype = 'advisory' AND classid = %s",
            [LOCKS],
        )
        return {"ended": cursor.fetchone()[0]}


def sweep() -> dict[str, Any]:
    """One beat of the sweeper."""
    jobs.sweep()
    return {}


def states() -> dict[str, Any]:
    """The runs' states with their codes, newest first, and those of their tasks."""
    runs = ImportRun.objects.order_by("-pk").values("pk", "state", "attempts", "error_detail")
    tasks = DBTaskResult.objects.order_by("-enqueued_at").values_list("status", flat=True)
    return {"runs": list(runs), "tasks": list(tasks)}


def leftovers() -> list[str]:
    """What an import left that nobody needs: tables, files, locks, unfinished records."""
    found = [f"{LayerVersion(state=s).get_state_display()}: {n}" for s, n in _unfinished()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ %s AND "
            "substring(relname FROM '_v([0-9]+)$')::bigint NOT IN "
            "(SELECT id FROM layers_layerversion WHERE state <> 'discarded')",
            ["^layers_(feature|privatevalue)_v[0-9]+$"],
        )
        found += [f"table {row[0]}" for row in cursor.fetchall()]
        cursor.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [LOCKS]
        )
        found += [f"lock of {row[0]}" for row in cursor.fetchall()]
    root = Path(settings.MEDIA_ROOT)
    for name in ("importing", "uploads"):
        found += [str(file) for file in (root / name).glob("*")]
    found += [str(file) for file in (root / "originals").glob("new-*")]
    return found


def _unfinished() -> list[tuple[str, int]]:
    states = (LayerVersion.STAGING, LayerVersion.STAGED)
    counts = [(s, LayerVersion.objects.filter(state=s).count()) for s in states]
    open_runs = ImportRun.objects.exclude(state__in=ImportRun.ENDED).count()
    open_tasks = DBTaskResult.objects.running().count() + DBTaskResult.objects.ready().count()
    counts += [("run not ended", open_runs), ("task not ended", open_tasks)]
    return [(state, count) for state, count in counts if count]


def age() -> dict[str, Any]:
    """Time goes by: leases are over, files of transactions that never ended are old."""
    long_ago = timezone.now() - 10 * lease()
    ImportRun.objects.filter(state=ImportRun.RUNNING).update(lease_until=long_ago)
    DBTaskResult.objects.running().update(started_at=long_ago)
    years_ago = timezone.now() - dt.timedelta(days=3650)
    ImportRun.objects.filter(state__in=ImportRun.ENDED).update(finished_at=years_ago)
    for folder in (Path(settings.MEDIA_ROOT) / "uploads").glob("run-*"):
        os.utime(folder, (0, 0))
    return {"uploads dropped": uploads.sweep()}


def die(point: str, victim: str, postmaster: int, path: str) -> dict[str, Any]:
    """Fork a process that does the point's work and is killed there; how it ended.

    With the postmaster as the victim all of the database's processes are killed, and the one that
    was importing goes on until it notices.
    """
    connections.close_all()
    armed = points.BY_NAME[point]
    acts: dict[str, Callable[[], Any]] = {
        "work": work,
        "sweep": sweep,
        "submit": lambda: submit(path),
    }
    child = os.fork()
    if child == 0:
        _be_killed(armed, victim, postmaster, acts[armed.act])
    _, status = os.waitpid(child, 0)
    return {"signal": status & 0x7F, "status": status >> 8}


def _be_killed(point: points.Point, victim: str, postmaster: int, act: Callable[[], Any]) -> None:
    """The child's whole life. Reaching its end means that the point was never reached."""
    reached = False

    def kill() -> None:
        nonlocal reached
        reached = True
        if victim == points.POSTMASTER:
            points.kill_tree(postmaster)
        elif victim == points.CONTROL:
            points.commit_in_the_middle()
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    status = 0
    try:
        points.arm(point, kill)
        act()
    except BaseException:  # noqa: BLE001 - a database that died shows itself in many ways
        status = 1
        if not reached:
            traceback.print_exc()
    os._exit(status if reached else 99)


_FOR_KILLS = (prepare, face, submit, work, sweep, states, leftovers, age, die)
_FOR_THE_LIVING = (
    alive,
    cancel,
    retry,
    seen,
    await_beat,
    strike,
    hold,
    let_go,
    ended,
    send,
    lose_sessions,
)
_FOR_PLANNERS = (
    planning.ask_question,
    planning.answer_of,
    planning.sweep_runs,
    planning.a_day_later,
)
ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act for act in (*_FOR_KILLS, *_FOR_THE_LIVING, *_FOR_PLANNERS)
}


def main() -> None:
    """Until standard input ends."""
    out = os.fdopen(os.dup(1), "w")
    # What the portal prints is not an answer.
    os.dup2(2, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"answer": ACTS[asked.pop("act")](**asked)}
        except Exception:  # noqa: BLE001 - told to the test
            answer = {"failed": traceback.format_exc()}
        finally:
            connections.close_all()
        out.write(json.dumps(answer, default=str) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
