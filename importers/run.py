"""One import, from a path to a run's record: read, check, load aside, compare, perhaps publish.

Data are written in one transaction, so a run that fails or only checks leaves nothing; the run's
own row is written outside it and keeps the reason. Publication is `layers.publish`.
"""

import datetime as dt
import hashlib
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from importers import report, staging
from importers.columns import names_of
from importers.georeference import georeference
from importers.issue_log import IssueLog
from importers.limits import limits
from importers.models import ImportRun
from importers.position_checks import check_position
from importers.progress import Progress
from importers.readers.opening import open_source
from importers.readers.source import Wanted
from importers.refusals import Interrupted
from importers.request import Request
from importers.running import private_folder, recorded_run
from importers.staging import Opened, Outcome
from layers.errors import PortalError, UnknownLayer
from layers.models import Layer
from layers.publish import publish as publish_version


def run_import(
    path: Path | str,
    layer: Layer | str,
    *,
    crs: str | None = None,
    sheet: str | None = None,
    publish: bool = False,
    dry_run: bool = True,
    user: AbstractBaseUser | None = None,
    data_date: dt.date | None = None,
    decision_no: str = "",
    source_org: str = "",
    illustrative: bool = False,
    allow_removals: str = "",
    checks: tuple[str, ...] = (),
    levels: dict[str, list[str]] | None = None,
) -> ImportRun:
    """Import a file into a layer; the answer is the run's record, also when the file is refused.

    `publish=True` loads and publishes; `dry_run=False` alone loads aside and leaves the version
    waiting. `allow_removals` is the reason why a publication may take much away. Raises
    UnknownLayer before anything is recorded; an unforeseen error is recorded and raised again.
    """
    request = Request(
        path=Path(path),
        layer=layer if isinstance(layer, Layer) else _layer(layer),
        crs=crs,
        sheet=sheet,
        levels=levels,
        checks=checks,
        dry_run=dry_run and not publish,
        publish=publish,
        user=user,
        data_date=data_date,
        decision_no=decision_no,
        source_org=source_org,
        illustrative=illustrative,
        allow_removals=allow_removals.strip(),
    )
    with recorded_run(
        layer=request.layer,
        started_by=request.user if request.user and request.user.pk else None,
        file_name=request.file_name,
        dry_run=request.dry_run,
        options=request.options(),
    ) as run:
        return execute(request, run, Progress(run))


def _layer(slug: str) -> Layer:
    """The layer, internal ones too: whoever may import sees them all. Raises UnknownLayer."""
    layer = Layer.objects.filter(slug=slug).first()
    if layer is None:
        raise UnknownLayer(slug)
    return layer


def execute(request: Request, run: ImportRun, progress: Progress) -> ImportRun:
    """Do what was asked and write down how it ended, whatever happens. The run is RUNNING."""
    outcome = Outcome(IssueLog(limits().issues_kept, request.layer.parsed))
    try:
        _import(request, run, outcome, progress)
    except PortalError as error:
        _finish(run, outcome, progress, ImportRun.REFUSED, error)
    except Exception as error:
        _finish(run, outcome, progress, ImportRun.FAILED, PortalError(str(error)))
        raise
    except BaseException:
        # Ctrl-C, SIGTERM: the record must not say “running” for ever.
        why = _("Có người hoặc hệ thống dừng tiến trình nạp.")
        _finish(run, outcome, progress, ImportRun.INTERRUPTED, Interrupted(why))
        raise
    else:
        state = ImportRun.CHECKED if request.dry_run else ImportRun.STAGED
        state = ImportRun.PUBLISHED if request.publish else state
        _finish(run, outcome, progress, state, None)
    return run


def _import(request: Request, run: ImportRun, outcome: Outcome, progress: Progress) -> None:
    """All that can be refused. Writes nothing outside its one transaction."""
    with private_folder(run) as folder:
        progress.step("read")
        source = open_source(request.path, _wanted(request), folder)
        run.file_format, run.file_sha256 = source.format, _sha256(request.path)
        place = georeference(source, request.crs)
        run.crs_code = place.crs.code
        check_position(
            place.points,
            place.crs,
            in_province_only=request.layer.parsed.extent == "province",
            names=source.axis_names,
        )
        opened = Opened(source, place, staging.context_of(request, source))
        staging.describe(outcome, opened)
        with transaction.atomic():
            _allow_time()
            staging.stage(request, run, outcome, opened, progress)
            if request.dry_run:
                transaction.set_rollback(True)
    if request.publish and outcome.version is not None:
        progress.step("publish")
        with transaction.atomic():
            _allow_time()
            outcome.version = publish_version(outcome.version, by=request.user)


def _allow_time() -> None:
    """Pages must answer in seconds, an index of a million rows need not: this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def _wanted(request: Request) -> Wanted:
    definition = request.layer.parsed
    return Wanted(
        geometry=definition.geometry,
        key_names=tuple(names_of(definition.by_name[name]) for name in definition.key),
        sheet=request.sheet,
        levels=request.levels,
    )


def _finish(
    run: ImportRun, outcome: Outcome, progress: Progress, state: str, error: PortalError | None
) -> None:
    """Write the run's end, its issues and its report."""
    progress.end()
    run.state, run.finished_at = state, timezone.now()
    run.rows_read, run.rows_loaded = outcome.tally.read, outcome.tally.good
    if error is not None:
        run.error_code, run.error_detail = error.code, str(error.detail or error.title)
    elif not run.dry_run:
        run.version = outcome.version
    run.diff = outcome.diff.as_dict() if outcome.diff else {}
    parts = {**outcome.report, "names": outcome.refused.names}
    run.report = report.whole(run, parts, outcome.tally, outcome.log, error)
    with transaction.atomic():
        run.save()
        outcome.log.save(run)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
