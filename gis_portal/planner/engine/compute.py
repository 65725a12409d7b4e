"""Walks a document: what its inputs are, its steps one after another, then the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.document.model import (
    AreaInput,
    Buffer,
    Document,
    LayerInput,
    Overlay,
    Step,
    UnitGroup,
    UnitsInput,
)
from gis_portal.planner.engine import naming
from gis_portal.planner.engine.buffers import buffer
from gis_portal.planner.engine.errors import VersionGone
from gis_portal.planner.engine.overlay import IDENTITY, Cutter, Cutting, cutter, overlay
from gis_portal.planner.engine.rows import (
    Rows,
    area_rows,
    is_of_today,
    layer_rows,
    unit_rows,
)
from gis_portal.planner.engine.store import RESULT
from gis_portal.planner.engine.validity import check_shapes
from gis_portal.planner.engine.working import Work
from layers.models import Layer, LayerVersion


@dataclass
class Computing:
    """A document under way: what each name stands for so far."""

    document: Document
    versions: Mapping[str, int]
    work: Work
    known: dict[str, Rows] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sums: dict[str, float] = field(default_factory=dict)

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
        found = LayerVersion.objects.select_related("layer").filter(pk=version).first()
        if found is None or found.state not in LayerVersion.KEPT or found.layer.slug != slug:
            raise VersionGone(slug)
        return found.layer

    def _input(self, name: str) -> Rows:
        grid, one = self.work.grid, self.document.inputs[name]
        if isinstance(one, UnitsInput):
            return unit_rows(one, grid)
        if isinstance(one, AreaInput):
            return area_rows(one, grid)
        assert isinstance(one, LayerInput)
        version = self.versions[name]
        definition = self.layer(one.layer, version).parsed
        fields = naming.used_fields(self.document).get(name, set()) & {
            f.name for f in definition.public_fields
        }
        rows = layer_rows(one, definition, version, grid, fields)
        if not self.work.store.is_sample:
            check_shapes(self.work, name, rows)
        return rows


Operation = Callable[[Computing, Any], Rows]


def _overlay(computing: Computing, step: Overlay) -> Rows:
    """A stage of pieces."""
    part = computing.work.store.stage()
    by = computing.cutter(step.with_)
    return overlay(computing.work, computing.rows(step.of), by, Cutting(step.kind, part))


def _buffer(computing: Computing, step: Buffer) -> Rows:
    key = computing.key(step.of, step.width_field) if step.width_field else None
    return buffer(computing.work, computing.rows(step.of), step.width_m, key)


OPERATIONS: dict[str, Operation] = {"overlay": _overlay, "buffer": _buffer}


def compute(computing: Computing) -> Rows:
    """All steps, and the pieces of the answer into the store; answers what they are pieces of."""
    document, work = computing.document, computing.work
    shares = len(document.steps) + 1
    for number, step in enumerate(document.steps):
        work.share, work.step = number / shares * 0.95, 0.95 / shares
        work.told(0, step.id)
        if not _is_last(document, step, _by_place(computing)):
            computing.known[step.id] = OPERATIONS[step.op](computing, step)
    work.share = len(document.steps) / shares * 0.95
    return _answer(computing)


def _by_place(computing: Computing) -> UnitGroup | None:
    """The group of units that pieces have to be cut by: their own unit is of another date, or
    nobody declared one.
    """
    group = next((g for g in computing.document.result.group_by if isinstance(g, UnitGroup)), None)
    if group is None:
        return None
    name = naming.root(computing.document, computing.document.result.of)
    if is_of_today(group.on) and group.units != "district" and name in computing.document.inputs:
        return None if computing.rows(name).keeps_units else group
    return group


def _is_last(document: Document, step: Step, by_place: UnitGroup | None) -> bool:
    """An overlay that is the answer itself goes straight there."""
    return isinstance(step, Overlay) and step.id == document.result.of and by_place is None


def _answer(computing: Computing) -> Rows:
    document, work = computing.document, computing.work
    by_place, of = _by_place(computing), document.result.of
    step = next((s for s in document.steps if s.id == of), None)
    if step is not None and _is_last(document, step, by_place):
        assert isinstance(step, Overlay)
        rows = computing.rows(step.of)
        return overlay(work, rows, computing.cutter(step.with_), Cutting(step.kind, RESULT))
    rows = computing.rows(of)
    if by_place is not None:
        units = cutter(work, unit_rows(UnitsInput("units", by_place.units, by_place.on), work.grid))
        if units.count:
            how = Cutting(IDENTITY, RESULT, by_units=True)
            return overlay(work, rows, units, how, _("Chia theo đơn vị"))
        computing.notes.append("units-without-shapes")
    work.written = 0
    work.write(RESULT, rows, _("Ghi kết quả"))
    return rows
