"""One import, from a path to a run's record: read, check, load aside, compare, perhaps publish.

Data are written in one transaction, so a run that fails or only checks leaves nothing; the run's
own row is written outside it and keeps the reason. Publication is `layers.publish`.
"""

import datetime as dt
import hashlib
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from importers import report, rows, unit_register
from importers.columns import map_columns, names_of
from importers.diff import Diff, compare
from importers.expectations import Tally, check_expectations, check_removals
from importers.georeference import Georeference, georeference
from importers.issue_log import IssueLog
from importers.limits import limits
from importers.load import load
from importers.models import ImportRun
from importers.pipeline import Context, prepare
from importers.position_checks import check_position
from importers.readers.opening import open_source
from importers.readers.source import Source, Wanted
from importers.refusals import Interrupted
from importers.refused_rows import RefusedRows
from importers.rows import Spool
from importers.running import private_folder, recorded_run
from importers.steps.shape import has_z
from layers import partitions
from layers.crs import WGS84
from layers.errors import PortalError, UnknownLayer
from layers.identity import assign_uids
from layers.measure import measure
from layers.models import Layer, LayerVersion
from layers.publish import publish as publish_version


@dataclass(frozen=True)
class Request:
    """What the user asked for. `crs` and `sheet` are their words, checked later."""

    path: Path
    layer: Layer
    crs: str | None = None
    sheet: str | None = None
    dry_run: bool = True
    publish: bool = False
    user: AbstractBaseUser | None = None
    data_date: dt.date | None = None
    decision_no: str = ""
    source_org: str = ""
    illustrative: bool = False
    allow_removals: str = ""


@dataclass
class Outcome:
    """What became of it, filled as the run goes on."""

    log: IssueLog
    report: dict[str, object] = field(default_factory=dict)
    tally: Tally = field(default_factory=lambda: Tally(0, 0))
    version: LayerVersion | None = None
    diff: Diff | None = None
    refused: RefusedRows = field(default_factory=RefusedRows)


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
        dry_run=dry_run and not publish,
        publish=publish,
        user=user,
        data_date=data_date,
        decision_no=decision_no,
        source_org=source_org,
        illustrative=illustrative,
        allow_removals=allow_removals.strip(),
    )
    return _recorded(request)


def _layer(slug: str) -> Layer:
    """The layer, internal ones too: whoever may import sees them all. Raises UnknownLayer."""
    layer = Layer.objects.filter(slug=slug).first()
    if layer is None:
        raise UnknownLayer(slug)
    return layer


def _recorded(request: Request) -> ImportRun:
    """Run it and write down how it ended, whatever happens."""
    outcome = Outcome(IssueLog(limits().issues_kept, request.layer.parsed))
    with recorded_run(
        layer=request.layer,
        started_by=request.user if request.user and request.user.pk else None,
        file_name=request.path.name[:255],
        dry_run=request.dry_run,
    ) as run:
        try:
            _import(request, run, outcome)
        except PortalError as error:
            _finish(run, outcome, ImportRun.REFUSED, error)
        except Exception as error:
            _finish(run, outcome, ImportRun.FAILED, PortalError(str(error)))
            raise
        except BaseException:
            # Ctrl-C, SIGTERM: the record must not say “running” for ever.
            why = _("Có người hoặc hệ thống dừng tiến trình nạp.")
            _finish(run, outcome, ImportRun.FAILED, Interrupted(why))
            raise
        else:
            state = ImportRun.CHECKED if request.dry_run else ImportRun.STAGED
            _finish(run, outcome, ImportRun.PUBLISHED if request.publish else state, None)
    return run


def _import(request: Request, run: ImportRun, outcome: Outcome) -> None:
    """All that can be refused. Writes nothing outside its one transaction."""
    with private_folder(run) as folder:
        _step(run, "read")
        definition = request.layer.parsed
        source = open_source(request.path, _wanted(request), folder)
        run.file_format, run.file_sha256 = source.format, _sha256(request.path)
        place = georeference(source, request.crs)
        run.crs_code = place.crs.code
        check_position(
            place.points,
            place.crs,
            in_province_only=definition.extent == "province",
            names=source.axis_names,
        )
        context = _context(request, source)
        outcome.report["source"] = report.describe_source(
            source, place, context.mapping, definition
        )
        outcome.report["fields"] = report.describe_fields(context.mapping, definition)
        with transaction.atomic():
            _allow_time()
            _stage(request, run, outcome, source, place, context)
            if request.dry_run:
                transaction.set_rollback(True)
    if request.publish and outcome.version is not None:
        _step(run, "publish")
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
    )


def _context(request: Request, source: Source) -> Context:
    on = request.data_date or timezone.localdate()
    return Context(
        definition=request.layer.parsed,
        mapping=map_columns(request.layer.parsed, source.fields),
        units=unit_register.unit_shapes(),
        claimed=unit_register.claimed_codes(on),
        unit_version=unit_register.unit_version(on),
    )


def _stage(
    request: Request,
    run: ImportRun,
    outcome: Outcome,
    source: Source,
    place: Georeference,
    context: Context,
) -> None:
    """Prepare every batch, then load, compare and seal a new version."""
    definition = context.definition
    version = _new_version(request, run, place)
    with closing(Spool()) as features, closing(Spool()) as private:
        _step(run, "prepare")
        outcome.tally = _prepare_all(version, outcome, source, place, context, features, private)
        check_expectations(outcome.tally, outcome.log)
        _step(run, "load")
        partitions.stage(version.pk)
        load(version.pk, features, private)
        has_private = len(private) > 0 or any(f.is_private for f in definition.fields)
    _step(run, "compare")
    refused = assign_uids(version.layer, sorted(outcome.refused.keys))
    outcome.diff = compare(
        version, version.layer.live_version, has_private=has_private, refused=refused
    )
    outcome.report["removals"] = check_removals(
        outcome.diff, allowed=request.allow_removals, publish=request.publish
    )
    _step(run, "seal")
    partitions.seal(version.pk, definition)
    measure(version, definition)
    version.state = LayerVersion.STAGED
    version.save(update_fields=["state"])
    outcome.version = version
    outcome.report["measured"] = {
        "area_m2": version.area_m2,
        "extent": list(version.extent.extent) if version.extent else None,
    }


def _prepare_all(
    version: LayerVersion,
    outcome: Outcome,
    source: Source,
    place: Georeference,
    context: Context,
    features: Spool,
    private: Spool,
) -> Tally:
    """Stream the source through the pipeline into the spools."""
    read = good = 0
    layer = version.layer
    for batch, unreadable in source.read(place.crs):
        outcome.log.add(unreadable)
        read += len(batch) + len(unreadable)
        outcome.report["flattened"] = outcome.report.get("flattened") or has_z(batch.geometry)
        prepared, issues = prepare(batch, context)
        outcome.log.add(issues)
        outcome.refused.add(batch, [*unreadable, *issues], context)
        good += len(prepared)
        if not len(prepared):
            continue
        uids = assign_uids(layer, prepared.keys)
        encoded = rows.feature_rows(prepared, uids, version.pk, context.definition)
        features.add(encoded, rows.spool_order(prepared))
        hidden = rows.private_rows(prepared, uids, version.pk)
        private.add_in_order(hidden)
    return Tally(read, good)


def _new_version(request: Request, run: ImportRun, place: Georeference) -> LayerVersion:
    """The next version of the layer, still staging.

    Locks the layer, so that its imports run one after the other; foreign keys to it stay free.
    """
    layer = Layer.objects.select_for_update(of=("self",), no_key=True).get(pk=request.layer.pk)
    last = LayerVersion.objects.filter(layer=layer).aggregate(last=Max("number"))["last"] or 0
    return LayerVersion.objects.create(
        layer=layer,
        number=last + 1,
        created_by=run.started_by,
        source_name=run.file_name,
        source_sha256=run.file_sha256,
        source_srid=place.crs.srid if place.crs != WGS84 else WGS84.srid,
        data_date=request.data_date,
        decision_no=request.decision_no,
        source_org=request.source_org,
        is_illustrative=request.illustrative,
    )


def _step(run: ImportRun, name: str) -> None:
    """Where the run is. Saved with the run; the progress page of a background run reads it."""
    run.step = name


def _finish(run: ImportRun, outcome: Outcome, state: str, error: PortalError | None) -> None:
    """Write the run's end, its issues and its report."""
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
