"""One import, from a path to a run's record: read, check, load aside, compare, perhaps publish.

Data are written in one transaction, so a run that fails or only checks leaves nothing; its own row
keeps the reason (`importers.ending`). Publication is `layers.publish`.
"""

import datetime as dt
import hashlib
import logging
from dataclasses import replace
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from importers import originals, sandbox, staging
from importers.columns import names_of
from importers.ending import begin_publishing, drop_loaded, finish, record
from importers.georeference import georeference
from importers.imagery import kept, scenes
from importers.imagery.place import placed
from importers.imagery.receive import received
from importers.issue_log import IssueLog
from importers.limits import limits
from importers.models import ImportRun
from importers.position_checks import check_position
from importers.progress import Progress, Stopped
from importers.readers.source import TAKE, Source, Wanted
from importers.refusals import Cancelled, Interrupted
from importers.request import Request
from importers.running import check_ours, lost_session, private_folder, recorded_run
from importers.staging import Opened, Outcome
from layers.errors import PortalError, UnknownLayer
from layers.imagery import FEEDS
from layers.models import Layer, LayerVersion
from layers.publish import publish as publish_version

log = logging.getLogger(__name__)


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
    values: dict[str, str] | None = None,
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
        values=values,
        checks=checks,
        dry_run=dry_run and not publish,
        publish=publish,
        user=user,
        data_date=data_date,
        decision_no=decision_no,
        source_org=source_org,
        illustrative=illustrative,
        allow_removals=allow_removals.strip(),
        as_operator=True,
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
    """Do what was asked and write down how it ended, whatever happens. The run is RUNNING.

    Raises an unforeseen error again, and `Stopped` when a worker has to put the run back.
    """
    outcome = Outcome(IssueLog(limits().issues_kept, request.layer.parsed))
    try:
        _import(request, run, outcome, progress)
    except Exception as error:
        if not _is_told(run, outcome, progress, error):
            raise
    except Stopped:
        raise
    except BaseException:
        # Ctrl-C, SIGTERM: the record must not say “running” for ever.
        why = _("Có người hoặc hệ thống dừng tiến trình nạp.")
        finish(run, outcome, progress, ImportRun.INTERRUPTED, Interrupted(why))
        raise
    return run


def _is_told(run: ImportRun, outcome: Outcome, progress: Progress, error: Exception) -> bool:
    """Write a refusal, a cancellation or a failure down; false when the error goes on to the log.

    A stop that was asked for shows itself in many ways: a statement that was cancelled, a lost
    child; its reason counts.
    """
    cause = progress.reason or error
    if isinstance(cause, Stopped):
        raise cause from error
    if run.worker and lost_session(run):
        # The sweeper puts it back; whoever has taken it over must not be written over.
        return False
    if isinstance(cause, PortalError):
        state = ImportRun.CANCELLED if isinstance(cause, Cancelled) else ImportRun.REFUSED
        finish(run, outcome, progress, state, cause)
        if state == ImportRun.CANCELLED:
            drop_loaded(run)
        return True
    finish(run, outcome, progress, ImportRun.FAILED, _calm(run, error))
    return False


def _calm(run: ImportRun, error: Exception) -> PortalError:
    """A failure as people read it: what went wrong is the log's, whose line has this number.

    The error's own words may hold statements, names of tables and values of rows.
    """
    number = f"NAP-{run.pk}-{run.attempts}"
    log.error("Import %s failed", number, exc_info=error)
    return PortalError(
        _("Lần nạp dừng vì lỗi của máy chủ, chưa ghi gì. Mã sự cố để báo quản trị: %(number)s.")
        % {"number": number}
    )


def _import(request: Request, run: ImportRun, outcome: Outcome, progress: Progress) -> None:
    """All that can be refused, with the end of what is not."""
    if run.version is None:
        _load(request, run, outcome, progress)
    else:
        # An earlier attempt loaded it whole and died before it published.
        outcome.version = run.version
    if request.dry_run:
        finish(run, outcome, progress, ImportRun.CHECKED)
    elif request.publish and outcome.version is not None:
        begin_publishing(run, progress)
        with transaction.atomic():
            _allow_time()
            check_ours(run)
            outcome.version = _publish(run, outcome.version, request)
            finish(run, outcome, progress, ImportRun.PUBLISHED)


def _publish(run: ImportRun, version: LayerVersion, request: Request) -> LayerVersion:
    """Who started a command is the machine's operator, whose own approval it is; whoever sent a
    file to a worker needs another person's."""
    by_hand = request.as_operator and not run.worker
    if by_hand:
        version.approval_note = _("Người vận hành máy chủ công bố bằng dòng lệnh.")
        version.save(update_fields=["approval_note"])
    return publish_version(version, by=request.user, as_operator=by_hand)


def _load(request: Request, run: ImportRun, outcome: Outcome, progress: Progress) -> None:
    """Read, check, load aside and compare. Writes nothing outside its one transaction."""
    with private_folder(run) as folder:
        progress.step("read")
        uploaded = bool(run.worker)
        with sandbox.opened(request.path, _wanted(request), folder, uploaded=uploaded) as source:
            run.file_format, run.file_sha256 = source.format, _sha256(request.path)
            if request.layer.parsed.feeds == FEEDS:
                _load_scene(source, folder, request, run, outcome, progress)
            else:
                _load_features(source, request, run, outcome, progress)


def _load_features(
    source: Source, request: Request, run: ImportRun, outcome: Outcome, progress: Progress
) -> None:
    """The same while the source is open."""
    place = georeference(source, request.crs)
    source = place.source
    check_position(
        place.points,
        place.crs,
        in_province_only=request.layer.parsed.extent == "province",
        names=source.axis_names,
    )
    opened = Opened(source, place, staging.context_of(request, source))
    _load_opened(opened, request, run, outcome, progress)


def _load_scene(
    source: Source,
    folder: Path,
    request: Request,
    run: ImportRun,
    outcome: Outcome,
    progress: Progress,
) -> None:
    """A picture: the reader makes it in the private folder, and what was made is checked first."""
    definition = request.layer.parsed
    place = placed(source, request.crs, in_province_only=definition.extent == "province")
    with received(source, place.crs, request, folder, progress) as scene:
        source = scenes.of_scene(source, scene.batch, definition)
        context = staging.context_of(replace(request, values=None), source)
        opened = Opened(source, place, context, scene)
        outcome.report["scene"] = scene.told
        _load_opened(opened, request, run, outcome, progress)


def _load_opened(
    opened: Opened, request: Request, run: ImportRun, outcome: Outcome, progress: Progress
) -> None:
    """All that is written, in its one transaction."""
    run.crs_code = opened.place.crs.code
    staging.describe(outcome, opened)
    with transaction.atomic():
        _allow_time()
        check_ours(run)
        staging.stage(request, run, outcome, opened, progress)
        if not request.dry_run:
            originals.keep(request.path, sha256=run.file_sha256)
            if opened.scene is not None:
                kept.keep(opened.scene.picture)
        _record(request, run, outcome, progress)


def _record(request: Request, run: ImportRun, outcome: Outcome, progress: Progress) -> None:
    """The last statements of the transaction that loaded: what it loaded, or nothing."""
    if request.dry_run:
        transaction.set_rollback(True)
    elif request.publish:
        record(run, outcome)
    else:
        progress.no_return()
        finish(run, outcome, progress, ImportRun.STAGED)


def _allow_time() -> None:
    """Pages must answer in seconds, an index of a million rows need not: this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        # Nobody waits for the second processor here as pages do: comparing and measuring take it.
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 2")


def _wanted(request: Request) -> Wanted:
    definition = request.layer.parsed
    return Wanted(
        geometry=definition.geometry,
        key_names=tuple(names_of(definition.by_name[name]) for name in definition.key),
        sheet=request.sheet,
        levels=request.levels,
        file_name=request.file_name,
        scene=TAKE if definition.feeds == FEEDS else "",
        acquired=request.data_date.isoformat() if request.data_date else None,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
