"""A worker computes the run whose turn it is; however it ends, nothing half written is left."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, OperationalError, connection
from psycopg2.errors import QueryCanceled

from gis_portal.planner.asking import queue, watch
from gis_portal.planner.asking.versions import are_kept
from gis_portal.planner.asking.watch import Watch
from gis_portal.planner.document.reading import read
from gis_portal.planner.errors import RunNotComputed, RunTooLong, VersionNotKept
from gis_portal.planner.models import Run
from layers.errors import PortalError
from layers.ondemand.making import stoppable

log = logging.getLogger(__name__)


def compute_one() -> str:
    """Compute the run whose turn it is; answers what became of it."""
    run = queue.take_next()
    if run is None:
        return "nothing to do"
    try:
        with stoppable() as stop:
            outcome = _computed(run, stop)
    finally:
        queue.let_go(run.pk)
    # One after the other: a task that waits goes between.
    if outcome != watch.STOPPED and Run.objects.filter(state=Run.QUEUED).exists():
        queue.call()
    return outcome


def _computed(run: Run, stop: threading.Event) -> str:
    watching = Watch(run, stop)
    try:
        with patient(), watching:
            summary = _run_engine(run, watching)
    except Exception as error:
        if watching.reason:
            return _ended_early(run, watching.reason)
        named = _named(error)
        if named is not None:
            return _failed(run, named)
        if not isinstance(error, OperationalError):
            _failed(run, RunNotComputed())
        # Also the database may be gone: the sweeper takes the run up again.
        raise
    kept = {"summary": summary, "result_bytes": run.result_bytes}
    if not queue.end(run, Run.DONE, progress=1, note="", **kept):
        queue.drop_result(run.pk)
        return "not wanted any more"
    return "done"


def _named(error: Exception) -> PortalError | None:
    if isinstance(error, PortalError):
        return error
    is_cut_off = isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)
    return RunTooLong() if is_cut_off else None


def _run_engine(run: Run, watching: Watch) -> object:
    """What is kept as the summary. Raises what the engine does."""
    from gis_portal.planner.engine.run import run as compute
    from gis_portal.planner.engine.store import ResultStore
    from gis_portal.planner.results import overview, quota

    document = read(run.document, run.asked_by)
    if not are_kept(run.versions):
        raise VersionNotKept
    store = ResultStore(run.pk)
    progress = quota.minding(run, watching.progress)
    found = compute(document, run.versions, store=store, sample=None, progress=progress)
    run.summary, run.result_bytes = found.as_json(), quota.check_size(run)
    # Before anybody hears that it is done: its first map then waits for nothing.
    overview.prepare(run)
    return run.summary


def _ended_early(run: Run, reason: str) -> str:
    _drop(run)
    if reason == watch.STOPPED:
        queue.put_back(run, counted=False)
    elif reason == watch.CANCELLED:
        queue.end(run, Run.CANCELLED)
    else:
        return _failed(run, RunTooLong())
    return reason


def _failed(run: Run, error: PortalError) -> str:
    _drop(run)
    queue.end(run, Run.FAILED, error_code=error.code, error_detail=str(error.detail))
    return error.code


def _drop(run: Run) -> None:
    try:
        queue.drop_result(run.pk)
    except Error:
        log.exception("%s: what it left is left to housekeeping", run.pk)


@contextmanager
def patient() -> Iterator[None]:
    """Statements may take longer than a caller of the API would wait."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (former,) = cursor.fetchone()
    _set_timeout(f"{settings.PORTAL_RUN_STATEMENT_SECONDS}s")
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.is_usable():
            _set_timeout(former)


def _set_timeout(limit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [limit])
