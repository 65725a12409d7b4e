"""How a run ends, written together with what it did: no crash can part the two.

What was loaded is recorded in the transaction that loads it, a publication in the one that moves
the pointer; only refusals and dry runs, which leave no data, are written alone.
Neighbours: `importers.run` decides the end, `importers.running` whether it is ours to write.
"""

import logging

from django.db import transaction
from django.utils import timezone

from importers import report
from importers.models import ImportRun
from importers.progress import Progress
from importers.refusals import Cancelled
from importers.running import may_write_end
from importers.staging import Outcome
from layers.errors import PortalError
from layers.models import LayerVersion
from layers.publish import discard

log = logging.getLogger(__name__)

# The step during which the pointer moves; a run in it cannot be called off any more.
PUBLISHING = "publish"

# What an import itself writes. Signs of life are the heartbeat's, a cancellation another person's.
_SOURCE = ("file_format", "file_sha256", "crs_code")
_LOADED = (*_SOURCE, "version", "rows_read", "rows_loaded", "diff", "report")
_ENDED = ("state", "step", "progress", "finished_at", "lease_until", "error_code", "error_detail")


def finish(
    run: ImportRun,
    outcome: Outcome,
    progress: Progress,
    state: str,
    error: PortalError | None = None,
) -> None:
    """Write the run's end. Nothing is written when another attempt has taken the run over."""
    progress.end()
    with transaction.atomic():
        if not may_write_end(run):
            log.warning("Run %s is another process's now; its end is not written here", run.pk)
            return
        run.state, run.finished_at = state, timezone.now()
        run.lease_until = None
        if error is not None:
            run.error_code, run.error_detail = error.code, str(error.detail or error.title)
        if _is_recorded(run):
            _add_end(run, error)
        else:
            _fill(run, outcome, error)
        run.save(update_fields=[*_LOADED, *_ENDED])


def record(run: ImportRun, outcome: Outcome) -> None:
    """What was loaded, for a run that goes on to publish it: a later attempt only publishes."""
    _fill(run, outcome, None)
    run.save(update_fields=_LOADED)


def drop_loaded(run: ImportRun) -> None:
    """Throw away what a run had loaded that was called off before it published."""
    version = LayerVersion.objects.filter(import_run=run, state=LayerVersion.STAGED).first()
    if version is not None:
        discard(version)


def begin_publishing(run: ImportRun, progress: Progress) -> None:
    """The point of no return, for this process and for those who would cancel. Raises Cancelled."""
    progress.step(PUBLISHING)
    going = ImportRun.objects.filter(pk=run.pk, cancel_requested=False)
    if not going.update(step=PUBLISHING):
        raise Cancelled(run.file_name)
    progress.no_return()


def _is_recorded(run: ImportRun) -> bool:
    """Whether what was loaded is in the database, with the run's version."""
    return ImportRun.objects.filter(pk=run.pk, version__isnull=False).exists()


def _fill(run: ImportRun, outcome: Outcome, error: PortalError | None) -> None:
    """Rows, comparison, report and issues of this attempt."""
    run.rows_read, run.rows_loaded = outcome.tally.read, outcome.tally.good
    # A version that was rolled back is none.
    run.version = None if error is not None or run.dry_run else outcome.version
    run.diff = outcome.diff.as_dict() if outcome.diff else {}
    parts = {**outcome.report, "names": outcome.refused.names}
    run.report = report.whole(run, parts, outcome.tally, outcome.log, error)
    outcome.log.save(run)


def _add_end(run: ImportRun, error: PortalError | None) -> None:
    """The report was written with the data: only its end is new."""
    run.report = {**run.report, "outcome": run.get_state_display()}
    if error is not None:
        run.report["error"] = report.describe_error(error)
