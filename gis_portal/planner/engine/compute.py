"""Walks a document: what its inputs are, its steps one after another, then the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.document.model import (
    AreaInput,
    Buffer,
    Changes,
    Combine,
    CountIn,
    Coverage,
    Criterion,
    Dissolve,
    Document,
    LayerInput,
    Must,
    Nearest,
    Overlay,
    Score,
    Select,
    UnitGroup,
    UnitsInput,
    WithinDistance,
)
from gis_portal.planner.engine import naming
from gis_portal.planner.engine.buffers import buffer, widened
from gis_portal.planner.engine.changing import changes
from gis_portal.planner.engine.combining import Side, combine
from gis_portal.planner.engine.errors import VersionGone
from gis_portal.planner.engine.joining import count_in, coverage, dissolve, nearest
from gis_portal.planner.engine.overlay import IDENTITY, Cutting, overlay
from gis_portal.planner.engine.rows import (
    Rows,
    area_rows,
    filter_sql,
    is_of_today,
    layer_rows,
    unit_rows,
)
from gis_portal.planner.engine.sample import Sample
from gis_portal.planner.engine.scoring import Scoring, score
from gis_portal.planner.engine.selecting import filtered, near, related
from gis_portal.planner.engine.store import RESULT
from gis_portal.planner.engine.summary import further_dates
from gis_portal.planner.engine.tiling import Cutter, cutter
from gis_portal.planner.engine.validity import check_shapes
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql
from layers.models import AdminUnit, Layer, LayerVersion


@dataclass
class Computing:
    """A document under way: what each name stands for so far."""

    document: Document
    versions: Mapping[str, int]
    work: Work
    known: dict[str, Rows] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    drawn: Sample | None = None

    def rows(self, name: str) -> Rows:
        """What an input or an earlier step stands for."""
        if name not in self.known:
            self.known[name] = self._input(name)
        return self.known[name]

    def cutter(self, name: str) -> Cutter:
        """The same, ready to cut with."""
        return cutter(self.work, self.rows(name))

    def key(self, name: str, field_name: str) -> str:
        """The key in `classes` of a field of a name."""
        return naming.column(self.document, name, field_name)

    def layer(self, slug: str, version: int) -> Layer:
        """The declared layer. Raises VersionGone."""
        found = LayerVersion.objects.select_related("layer__sector").filter(pk=version).first()
        if found is None or found.state not in LayerVersion.KEPT or found.layer.slug != slug:
            raise VersionGone(slug)
        return found.layer

    def features_of(self, name: str) -> tuple[str, int, int | None]:
        """(slug, version, the one before of changes) of the features that a name goes back to."""
        slug, own = self.document.layer_of(name), naming.root(self.document, name)
        assert slug is not None
        version = self.versions.get(own)
        if version is not None:
            return slug, version, None
        return slug, self.versions[f"{own}.to"], self.versions[f"{own}.from"]

    def _input(self, name: str) -> Rows:
        grid, one = self.work.grid, self.document.inputs[name]
        if isinstance(one, UnitsInput):
            units = unit_rows(one, grid)
            return self.drawn.of(name, units) if self.drawn else units
        if isinstance(one, AreaInput):
            return area_rows(one, grid)
        assert isinstance(one, LayerInput)
        version = self.versions[name]
        definition = self.layer(one.layer, version).parsed
        fields = naming.used_fields(self.document).get(name, set()) & {
            f.name for f in definition.public_fields
        }
        rows = layer_rows(one, definition, version, grid, fields)
        if self.drawn is not None:
            return self.drawn.of(name, rows)
        check_shapes(self.work, name, rows)
        return rows


Operation = Callable[[Computing, Any], Rows]


def _cutting(computing: Computing, step: Overlay, part: int) -> Cutting:
    """How a step of the document is written; with its column `inside` where somebody asks."""
    asked = naming.used_fields(computing.document).get(step.id)
    return Cutting(step.kind, part, name=step.id if asked else "")


def _overlay(computing: Computing, step: Overlay) -> Rows:
    """A stage of pieces."""
    by, part = computing.cutter(step.with_), computing.work.store.stage()
    return overlay(computing.work, computing.rows(step.of), by, _cutting(computing, step, part))


def _buffer(computing: Computing, step: Buffer) -> Rows:
    key = computing.key(step.of, step.width_field) if step.width_field else None
    return buffer(computing.work, computing.rows(step.of), step.width_m, key)


def _select(computing: Computing, step: Select) -> Rows:
    rows = computing.rows(step.of)
    if step.filter is not None:
        slug, version, before = computing.features_of(step.of)
        condition = filter_sql(step.filter, computing.layer(slug, version).parsed)
        rows = filtered(rows, condition, version, before)
    if step.where is not None:
        rows = related(computing.work, rows, step.where.relation, computing.rows(step.where.with_))
    return rows


def _within_distance(computing: Computing, step: WithinDistance) -> Rows:
    return near(computing.work, computing.rows(step.of), step.metres, computing.rows(step.to))


def _nearest(computing: Computing, step: Nearest) -> Rows:
    rows, other = computing.rows(step.of), computing.rows(step.to)
    return nearest(computing.work, rows, other, name=step.id, k=step.k, metres=step.metres)


def _dissolve(computing: Computing, step: Dissolve) -> Rows:
    keys = [computing.key(step.of, name) for name in step.by]
    return dissolve(computing.work, computing.rows(step.of), name=step.id, by=step.by, keys=keys)


def _count_in(computing: Computing, step: CountIn) -> Rows:
    rows, places = computing.rows(step.of), computing.rows(step.in_)
    return count_in(computing.work, rows, places, name=step.id)


def _coverage(computing: Computing, step: Coverage) -> Rows:
    key = computing.key(step.of, step.radius_field) if step.radius_field else None
    circles = widened(computing.rows(step.of), step.radius_m, key)
    return coverage(computing.work, circles, computing.rows(step.in_), name=step.id)


def _score(computing: Computing, step: Score) -> Rows:
    work, rows = computing.work, computing.rows(step.of)
    parts: list[Criterion | Must] = [*step.criteria, *step.must]
    tables = {}
    for name in dict.fromkeys(part.to for part in parts if part.to):
        whole = work.into_stage(computing.rows(name))
        assert whole.part is not None
        tables[name] = work.store.table(whole.part)
    keys = {part.field: computing.key(step.of, part.field) for part in parts if part.field}
    return score(Scoring(work, rows.dimension, tables, keys), rows, step)


def _changes(computing: Computing, step: Changes) -> Rows:
    versions = computing.versions[f"{step.id}.from"], computing.versions[f"{step.id}.to"]
    definition = computing.layer(step.layer, versions[1]).parsed
    computing.layer(step.layer, versions[0])
    asked = naming.used_fields(computing.document).get(step.id, set())
    made = {"change", "kind"}
    fields = sorted(asked & {field.name for field in definition.public_fields} - made)
    drawn = computing.drawn.ids if computing.drawn else {}
    ids = drawn.get(f"{step.id}.from"), drawn.get(f"{step.id}.to")
    return changes(computing.work, definition, versions, name=step.id, fields=fields, ids=ids)


def _combine(computing: Computing, step: Combine) -> Rows:
    asked = naming.used_fields(computing.document).get(step.id, set())
    fields = sorted(f for f in asked if not naming.is_made(computing.document, step.id, f))
    sides = []
    for name in step.of:
        slug, version, _before = computing.features_of(name)
        sector = computing.layer(slug, version).sector.slug
        keys = tuple(computing.key(name, field) for field in fields)
        sides.append(Side(computing.rows(name), slug, sector, keys))
    return combine(computing.work, sides, name=step.id, fields=fields)


OPERATIONS: dict[str, Operation] = {
    "select": _select,
    "buffer": _buffer,
    "overlay": _overlay,
    "within_distance": _within_distance,
    "nearest": _nearest,
    "dissolve": _dissolve,
    "count_in": _count_in,
    "coverage": _coverage,
    "score": _score,
    "changes": _changes,
    "combine": _combine,
}


def compute(computing: Computing) -> Rows:
    """All steps, and the pieces of the answer into the store; answers what they are pieces of."""
    document, work = computing.document, computing.work
    shares = len(document.steps) + 1
    for number, step in enumerate(document.steps):
        work.share, work.step = number / shares * 0.95, 0.95 / shares
        work.told(0, step.id)
        if isinstance(step, Overlay) and step.id == document.result.of:
            rows = computing.rows(step.of)
            groups = _unit_groups(document)
            if not groups[1:] and all(_is_declared(group, rows) for group in groups):
                # The answer itself: straight into its table, without a stage.
                by = computing.cutter(step.with_)
                return overlay(work, rows, by, _cutting(computing, step, RESULT))
        computing.known[step.id] = OPERATIONS[step.op](computing, step)
    work.share = len(document.steps) / shares * 0.95
    return _written(computing, computing.rows(document.result.of))


def _unit_groups(document: Document) -> list[UnitGroup]:
    """One a date of units that the answer is told by."""
    groups = [g for g in document.result.group_by if isinstance(g, UnitGroup)]
    return list({group.on: group for group in groups}.values())


def _is_declared(group: UnitGroup, rows: Rows) -> bool:
    """The rows name their units of that date themselves."""
    return rows.keeps_units and is_of_today(group.on)


def _written(computing: Computing, rows: Rows) -> Rows:
    """Rows as the answer, cut by the units of its dates where rows do not name them."""
    work, groups = computing.work, _unit_groups(computing.document)
    dates = further_dates(computing.document.result.group_by)
    told = rows
    for group in groups[1:]:
        told = _told_by(computing, told, group, dates[group.on])
    if groups and not _is_declared(groups[0], rows):
        units = unit_rows(UnitsInput("units", AdminUnit.COMMUNE, groups[0].on), work.grid)
        if units.count:
            how = Cutting(IDENTITY, RESULT, by_units=True)
            overlay(work, told, cutter(work, units), how, _("Chia theo đơn vị"))
            return replace(rows, version=told.version)
        computing.notes.append("units-without-shapes")
    work.written = 0
    work.write(RESULT, told, _("Ghi kết quả"))
    return replace(rows, version=told.version)


def _told_by(computing: Computing, rows: Rows, group: UnitGroup, key: str) -> Rows:
    """The rows with their unit on a further date under a key of their classes."""
    work = computing.work
    units = unit_rows(UnitsInput("units", AdminUnit.COMMUNE, group.on), work.grid)
    if _is_declared(group, rows) or not units.count:
        if not _is_declared(group, rows):
            computing.notes.append("units-without-shapes")
        found = replace(rows, part=None)
        text = (
            "SELECT r.id, r.uid, r.b_uid, r.unit_id, "
            "r.classes || jsonb_build_object(%s::text, r.unit_id) AS classes, "
            f"r.value, r.sliver, r.shape{', r.place' if found.place else ''} "
            f"FROM ({rows.sql.text}) r"
        )
        return replace(found, sql=Sql(text, (key, *rows.sql.values)))
    # Without a uid of its own, so that pieces keep what they are of.
    text = (
        "SELECT u.id, NULL::uuid AS uid, u.b_uid, u.unit_id, "
        "jsonb_build_object(%s::text, u.unit_id) AS classes, u.value, u.sliver, u.shape "
        f"FROM ({units.sql.text}) u"
    )
    by = cutter(work, replace(units, sql=Sql(text, (key, *units.sql.values))))
    how = Cutting(IDENTITY, work.store.stage())
    return overlay(work, rows, by, how, _("Chia theo đơn vị"))
