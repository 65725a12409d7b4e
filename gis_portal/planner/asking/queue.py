"""Whose run is computed next: whoever has had the least of the workers within the last hour.

A row that waits is the wish; a task in the queue only calls a worker. The lock of a database
session says that a run is being worked on: it goes with the session however the process ends.
Neighbours: `computing`, `bin/worker.py` (beat and housekeeping).
"""

import datetime as dt
import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gis_portal.planner.asking.versions import LIVE, STORED, live_versions, stored_versions
from gis_portal.planner.document.reading import read
from gis_portal.planner.errors import BadAsking, RunEnded, RunInterrupted, TooManyKept
from gis_portal.planner.models import Analysis, Run
from gis_portal.planner.permissions import check_planner
from gis_portal.planner.results import quota

log = logging.getLogger(__name__)
TASK = "gis_portal.planner.asking.tasks.compute_next"
MOST_ATTEMPTS = 2
# First halves of advisory locks: choosing and asking; a run that is worked on.
CHOOSING, WORKING = 7061, 7062
# Time of a worker that counts against a planner.
WINDOW = dt.timedelta(hours=1)
_NEXT = """
WITH busy AS (
  SELECT asked_by_id FROM planner_run WHERE state = 'running' AND asked_by_id IS NOT NULL),
had AS (
  SELECT asked_by_id, sum(extract(epoch FROM
    coalesce(finished_at, %(now)s) - greatest(started_at, %(since)s))) AS seconds
  FROM planner_run
  WHERE started_at IS NOT NULL AND coalesce(finished_at, %(now)s) > %(since)s
  GROUP BY asked_by_id)
SELECT r.id FROM planner_run r LEFT JOIN had h ON h.asked_by_id = r.asked_by_id
WHERE r.state = 'queued' AND NOT r.asked_by_id IN (SELECT asked_by_id FROM busy)
ORDER BY coalesce(h.seconds, 0), r.created_at, r.id LIMIT 1
"""


def ask(analysis: Analysis, user: Any, versions: str = LIVE) -> Run:
    """Put a run of this question into the queue.

    `versions`: "live", or "stored" for those of the last run. Raises BadDocument and its kinds,
    TooManyKept, VersionNotKept, LayerNotPublished.
    """
    check_planner(user)
    document = read(analysis.document, user)
    if versions not in (LIVE, STORED):
        raise BadAsking(f"{LIVE}, {STORED}", at="versions")
    pinned = (
        live_versions(document, user) if versions == LIVE else stored_versions(analysis, document)
    )
    with transaction.atomic():
        _lock(CHOOSING)
        _check_room(user)
        run = Run.objects.create(
            analysis=analysis, document=dict(document.raw), versions=pinned, asked_by=user
        )
        call()
    return run


def _check_room(user: Any) -> None:
    """Raises TooManyKept, PlannerRoomTaken."""
    quota.check_room(user)
    mine = Run.objects.filter(asked_by=user)
    waiting = Run.objects.filter(state__in=Run.OPEN).count()
    room = (
        (waiting, settings.PORTAL_RUNS_WAITING),
        (mine.filter(state__in=Run.OPEN).count(), settings.PORTAL_RUNS_WAITING_EACH),
        (mine.filter(state=Run.DONE).count(), settings.PORTAL_RUNS_EACH),
    )
    for taken, most in room:
        if taken >= most:
            raise TooManyKept(_("Tối đa %(most)d.") % {"most": most})


def cancel(run: Run) -> Run:
    """One that waits goes at once; one that is computed is told to stop. Raises RunEnded."""
    waiting = Run.objects.filter(pk=run.pk, state=Run.QUEUED)
    if not waiting.update(state=Run.CANCELLED, finished_at=timezone.now(), **_kept()):
        running = Run.objects.filter(pk=run.pk, state=Run.RUNNING)
        if not running.update(cancel_asked=True):
            raise RunEnded
    run.refresh_from_db()
    return run


def forget(run: Run) -> None:
    """The row and what was computed. Whoever computes it sees that the row is gone, and stops."""
    pk, was_running = run.pk, run.state == Run.RUNNING
    Run.objects.filter(pk=pk).delete()
    if not was_running:
        drop_result(pk)


def drop_result(pk: UUID) -> None:
    """Tables of a run, where there are any."""
    from gis_portal.planner.engine import store  # what computes is a matter of its own

    store.drop(pk)


def take_next() -> Run | None:
    """The run whose turn it is, ours to compute from now on; None while all places are taken."""
    with transaction.atomic():
        _lock(CHOOSING)
        if Run.objects.filter(state=Run.RUNNING).count() >= settings.PORTAL_RUNS_AT_ONCE:
            return None
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, {"now": now, "since": now - WINDOW})
            row = cursor.fetchone()
        # Before anybody sees that it is being computed, the lock is ours.
        if row is None or not hold(row[0]):
            return None
        Run.objects.filter(pk=row[0]).update(
            state=Run.RUNNING, started_at=now, attempts=F("attempts") + 1, progress=0, note=""
        )
    return Run.objects.select_related("analysis", "asked_by").get(pk=row[0])


def end(run: Run, state: str, **columns: Any) -> bool:
    """Write down how it ended; False when somebody else has it, or nobody wants it any more."""
    mine = Run.objects.filter(pk=run.pk, state=Run.RUNNING, attempts=run.attempts)
    columns = {"finished_at": timezone.now(), **_kept(), **columns}
    return bool(mine.update(state=state, **columns))


def put_back(run: Run, *, counted: bool) -> None:
    """It waits again. What was computed of it goes."""
    mine = Run.objects.filter(pk=run.pk, state=Run.RUNNING, attempts=run.attempts)
    attempts = F("attempts") - (0 if counted else 1)
    mine.update(state=Run.QUEUED, attempts=attempts, started_at=None, progress=0, note="")


def _kept() -> dict[str, Any]:
    return {"expires_at": timezone.now() + dt.timedelta(days=settings.PORTAL_RUN_DAYS)}


def hold(pk: UUID) -> bool:
    """Whether nobody else works on this run; if so nobody can until `let_go`."""
    return _asked("SELECT pg_try_advisory_lock(%s, %s)", pk)


def let_go(pk: UUID) -> None:
    """Others may work on it."""
    _asked("SELECT pg_advisory_unlock(%s, %s)", pk)


def _asked(sql: str, pk: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [WORKING, (pk.int & 0xFFFFFFFF) - 2**31])
        return bool(cursor.fetchone()[0])


def _lock(which: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [which])


def call() -> None:
    """Have a worker come, unless one will anyway."""
    ready = DBTaskResult.objects.filter(task_path=TASK, status=TaskResultStatus.READY)
    if not ready.exists():
        import_string(TASK).enqueue()


def sweep() -> None:
    """At every beat: put back what a dead worker left, call a worker for what waits."""
    for run in Run.objects.filter(state=Run.RUNNING):
        if hold(run.pk):
            try:
                _take_up(run)
            finally:
                let_go(run.pk)
    _end_tasks()
    running = Run.objects.filter(state=Run.RUNNING).count()
    waits = Run.objects.filter(state=Run.QUEUED).exists()
    if waits and running < settings.PORTAL_RUNS_AT_ONCE:
        call()


def _end_tasks() -> None:
    """A killed worker leaves a task that says RUNNING, long after any run of it could last."""
    longest = dt.timedelta(seconds=2 * settings.PORTAL_RUN_SECONDS)
    left = DBTaskResult.objects.running().filter(
        task_path=TASK, started_at__lt=timezone.now() - longest
    )
    left.update(status=TaskResultStatus.SUCCESSFUL, finished_at=timezone.now())


def _take_up(run: Run) -> None:
    """Of a run whose worker is gone. It may have ended between our two looks."""
    if not Run.objects.filter(pk=run.pk, state=Run.RUNNING).exists():
        return
    drop_result(run.pk)
    if run.cancel_asked:
        end(run, Run.CANCELLED)
    elif run.attempts >= MOST_ATTEMPTS:
        end(run, Run.FAILED, error_code=RunInterrupted.code, error_detail="")
    else:
        log.warning("%s: its worker is gone; it is computed anew", run.pk)
        put_back(run, counted=True)


def keep_house() -> None:
    """Now and then: results whose time is over, and tables that belong to no run."""
    from gis_portal.planner.areas.keeping import forget_expired
    from gis_portal.planner.engine import store

    for run in Run.objects.filter(expires_at__lt=timezone.now()):
        forget(run)
    forget_expired()
    kept = Run.objects.filter(state__in=(*Run.OPEN, Run.DONE))
    with transaction.atomic():
        _lock(CHOOSING)  # nobody begins a run meanwhile, whose tables would be unknown
        store.drop_all_but(set(kept.values_list("pk", flat=True)))
