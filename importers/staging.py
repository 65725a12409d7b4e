"""From an open source to a sealed version: prepare every batch, load aside, compare, measure.

All of it happens in the caller's one transaction; `importers.run` decides whether it stays.
"""

from dataclasses import dataclass, field, replace
from functools import partial

import shapely
from django.db.models import Max
from django.utils import timezone

from importers import handled, report, rows, unit_register
from importers.columns import map_columns
from importers.diff import Diff, compare
from importers.distinct import occurring
from importers.expectations import Tally, check_expectations, check_removals
from importers.fixed_values import by_field
from importers.georeference import Georeference
from importers.imagery import scenes
from importers.imagery.receive import Scene
from importers.issue_log import IssueLog
from importers.load import Encoded, Loading, load
from importers.models import ImportRun
from importers.pipeline import Context, Prepared, prepare
from importers.place_checks import check_place
from importers.progress import Progress
from importers.readers.source import Source
from importers.refused_rows import RefusedRows
from importers.request import Request
from importers.steps.shape import has_z
from importers.whole_checks import Collector, refuse_overlaps
from layers import partitions
from layers.crs import WGS84
from layers.definition import LayerDefinition
from layers.errors import DefinitionChanged
from layers.identity import Identities
from layers.measure import Measured
from layers.models import Layer, LayerVersion


@dataclass
class Outcome:
    """What became of an import, filled as the run goes on."""

    log: IssueLog
    report: dict[str, object] = field(default_factory=dict)
    tally: Tally = field(default_factory=lambda: Tally(0, 0))
    version: LayerVersion | None = None
    diff: Diff | None = None
    refused: RefusedRows = field(default_factory=RefusedRows)
    # Read once the layer is locked: they depend on its live version.
    identities: Identities | None = None


@dataclass(frozen=True)
class Opened:
    """A source that was opened and placed, with all that the steps need; of a picture the scene
    that was made of it."""

    source: Source
    place: Georeference
    context: Context
    scene: Scene | None = None


def context_of(request: Request, source: Source) -> Context:
    """What the steps need to know, read from the database once a run."""
    on = request.data_date or timezone.localdate()
    return Context(
        definition=request.layer.parsed,
        mapping=map_columns(
            request.layer.parsed,
            source.fields,
            by_field(request.layer.parsed, request.values or {}),
        ),
        units=unit_register.unit_shapes(),
        claimed=unit_register.claimed_codes(on),
        unit_version=unit_register.unit_version(on),
    )


def stage(
    request: Request, run: ImportRun, outcome: Outcome, opened: Opened, progress: Progress
) -> None:
    """Prepare every batch, then load, compare and seal a new version."""
    definition = opened.context.definition
    version = _new_version(request, run, opened.place, definition)
    opened = _with_live(opened, version)
    collector, measured = Collector(definition, request.checks), Measured(definition)
    partitions.stage(version.pk)
    with Loading(version.pk) as loading:
        progress.step("prepare", total=opened.source.feature_count)
        sink = _Sink(version, definition, loading, collector, measured)
        outcome.identities = sink.identities
        outcome.tally = _prepare_all(outcome, opened, sink, progress)
        check_expectations(outcome.tally, outcome.log)
        outcome.tally = _of_file(outcome.tally, opened)
        progress.step("load", total=loading.features)
        load(loading)
        has_private = loading.private > 0 or any(f.is_private for f in definition.fields)
    progress.step("compare")
    _compare(request, version, outcome, has_private=has_private)
    progress.step("seal")
    partitions.seal(version.pk, definition)
    progress.step("whole")
    found = collector.finish(version, request.checks)
    outcome.log.add(opened.place.in_file(found))
    outcome.refused.name_stored(collector.named, definition)
    refuse_overlaps(found, definition)
    measured.save(version)
    version.state = LayerVersion.STAGED
    version.save(update_fields=["state", "data_date", "is_illustrative"])
    outcome.version = version
    outcome.report["measured"] = {
        # Of a picture's version most of it may be other pictures'.
        "area_m2": version.area_m2 if opened.scene is None else None,
        "extent": list(version.extent.extent) if version.extent else None,
    }


def _with_live(opened: Opened, version: LayerVersion) -> Opened:
    """A new scene joins those of the live version; other imports are what they are."""
    if opened.scene is None:
        return opened
    source, carried = scenes.with_live(opened.source, opened.scene.batch, version)
    opened.scene.told["carried"] = carried
    return replace(opened, source=source)


def _of_file(tally: Tally, opened: Opened) -> Tally:
    """The rows of the file itself, without the scenes that are carried over."""
    carried = 0 if opened.scene is None else opened.scene.told["carried"]
    return Tally(tally.read - carried, tally.good - carried)


class _Sink:
    """Takes what is prepared: everything that is done with it happens in another thread,
    while the next batch is read and prepared.
    """

    def __init__(
        self,
        version: LayerVersion,
        definition: LayerDefinition,
        loading: Loading,
        collector: Collector,
        measured: Measured,
    ) -> None:
        self.version, self._definition = version, definition
        self._loading, self._collector, self._measured = loading, collector, measured
        self.identities = Identities(version.layer)

    def add(self, prepared: Prepared) -> None:
        """Raises what went wrong with an earlier batch."""
        self._loading.add(len(prepared), partial(self._encoded, prepared))

    def _encoded(self, prepared: Prepared) -> Encoded:
        self._collector.add(prepared)
        values = prepared.columns.public
        self._measured.add(
            shapely.total_bounds(prepared.wgs84),
            prepared.areas,
            prepared.lengths,
            {n: occurring(values[n]) for n in self._measured.counted if n in values},
        )
        uids, version_id = self.identities.packed(prepared.keys), self.version.pk
        return Encoded(
            rows.feature_rows(prepared, uids, version_id, self._definition),
            rows.row_order(prepared),
            rows.private_rows(prepared, uids, version_id),
        )


def _prepare_all(outcome: Outcome, opened: Opened, sink: _Sink, progress: Progress) -> Tally:
    """Stream the source through the pipeline into the staged tables.

    From the first row on the connection belongs to COPY: nothing below may ask the database.
    """
    read = good = 0
    places_checked = False
    context, place = opened.context, opened.place
    for batch, unreadable in opened.source.read(place.crs):
        kept = outcome.log.add(place.in_file(unreadable))
        # Remarks on a drawing's lines and texts are of no row.
        read += len(batch) + sum(issue.severity == "error" for issue in unreadable)
        outcome.report["flattened"] = outcome.report.get("flattened") or has_z(batch.geometry)
        prepared, issues = prepare(batch, context)
        kept |= outcome.log.add(place.in_file(issues))
        outcome.refused.add(batch, [*unreadable, *issues], context, kept)
        good += len(prepared)
        progress.rows(read)
        if not len(prepared):
            continue
        if not places_checked:
            notes = check_place(batch, prepared, context, place, sink.version.layer)
            report.add_notes(outcome.report, notes)
            places_checked = True
        sink.add(prepared)
    return Tally(read, good)


def _compare(
    request: Request, version: LayerVersion, outcome: Outcome, *, has_private: bool
) -> None:
    identities = outcome.identities or Identities(version.layer)
    outcome.diff = compare(
        version,
        version.layer.live_version,
        has_private=has_private,
        refused=identities.uids(sorted(outcome.refused.keys)),
        identities=identities,
    )
    outcome.report["removals"] = check_removals(
        outcome.diff, allowed=request.allow_removals, publish=request.publish
    )


def describe(outcome: Outcome, opened: Opened) -> None:
    """The parts of the report that are known before a row is read."""
    context = opened.context
    outcome.report["source"] = report.describe_source(
        opened.source, opened.place, context.mapping, context.definition
    )
    outcome.report["fields"] = report.describe_fields(context.mapping, context.definition)


def _new_version(
    request: Request, run: ImportRun, place: Georeference, definition: LayerDefinition
) -> LayerVersion:
    """The next version of the layer, still staging. Raises DefinitionChanged.

    Locks the layer, so that its imports run one after the other and its declaration stays what it
    is; foreign keys to it stay free.
    """
    layer = Layer.objects.select_for_update(of=("self",), no_key=True).get(pk=request.layer.pk)
    if layer.parsed != definition:
        # What was public when the run began may be private now, and would stay in `properties`.
        raise DefinitionChanged(layer.title_vi)
    last = LayerVersion.objects.filter(layer=layer).aggregate(last=Max("number"))["last"] or 0
    version = LayerVersion.objects.create(
        layer=layer,
        number=last + 1,
        created_by=run.started_by,
        public_fields=[field.name for field in definition.public_fields],
        source_name=run.file_name,
        source_sha256=run.file_sha256,
        source_size=request.path.stat().st_size,
        source_format=run.file_format,
        source_srid=place.crs.srid if place.crs != WGS84 else WGS84.srid,
        crs_origin="chosen" if request.crs else "file",
        crs_note="; ".join(place.notes),
        data_date=request.data_date,
        decision_no=request.decision_no,
        source_org=request.source_org,
        is_illustrative=request.illustrative,
        removal_reason=request.allow_removals,
    )
    handled.remember(run, version)
    return version
