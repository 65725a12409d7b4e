"""What the names of a document stand for, and what its reader may read of them.

Every refusal of what is not for the reader has the words of what does not exist.
"""

import datetime as dt
import json
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from gis_portal.planner.document import model
from gis_portal.planner.document.coded import strange_value
from gis_portal.planner.document.errors import (
    BadDocument,
    DocumentArea,
    DocumentField,
    DocumentFilter,
    DocumentLayer,
    DocumentMixed,
    DocumentName,
    DocumentUnits,
    DocumentValue,
)
from gis_portal.planner.document.model import Json
from gis_portal.planner.permissions import areas_visible_to
from layers import past
from layers.cql2 import compile_filter, queryables_of
from layers.cql2.limits import Meter
from layers.cql2.written import Language
from layers.cql2.written import read as written
from layers.crs import by_srid
from layers.definition import Field
from layers.errors import BadFilter, PortalError, UnknownLayer
from layers.models import AdminUnit, Layer, LayerVersion
from layers.permissions import User
from layers.standing import standing_layer
from layers.units import in_force, today

# What features of units and of private areas are called by.
OF_UNITS = ("name", "code")
OF_AREAS = ("name",)
# Columns that a step makes, which results may be grouped by.
MADE: dict[str, tuple[str, ...]] = {
    "overlay": ("inside",),
    "nearest": ("rank",),
    "coverage": ("covered",),
    "count_in": ("count",),
    "changes": ("change", "kind"),
    "score": ("rank",),
    "combine": ("layer", "sector"),
}
_NUMBERS = ("number", "integer")


class Known:
    """Grows as the document is read."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.inputs: dict[str, model.Input] = {}
        self.steps: dict[str, model.Step] = {}
        self._layers: dict[str, Layer] = {}
        self._carried: dict[str, frozenset[str]] = {}

    # --- Names -----------------------------------------------------------------------------------

    def add_input(self, name: str, given: model.Input) -> None:
        """One more name for steps."""
        self.inputs[name] = given
        self._carried[name] = frozenset({name})

    def add_step(self, step: model.Step, place: str) -> None:
        """One more name for the steps that follow. Raises DocumentName when it is taken."""
        if step.id in self.inputs or step.id in self.steps:
            raise DocumentName(_("Tên “%(name)s” dùng hai lần.") % {"name": step.id}, at=place)
        self.steps[step.id] = step
        self._carried[step.id] = self._carried_by(step)

    def check_name(self, name: str, place: str) -> None:
        """Raises DocumentName."""
        if name not in self.inputs and name not in self.steps:
            message = _("Chưa có dữ liệu hay bước nào tên “%(name)s”.") % {"name": name}
            raise DocumentName(message, at=place)

    def layer_of(self, name: str) -> str | None:
        """As `Document.layer_of`."""
        given = self.inputs.get(name)
        if given is not None:
            return given.layer if isinstance(given, model.LayerInput) else None
        step = self.steps[name]
        if isinstance(step, model.Changes):
            return step.layer
        if isinstance(step, model.Dissolve | model.CountIn | model.Coverage | model.Combine):
            return None
        return self.layer_of(step.of)

    def carried(self, name: str) -> frozenset[str]:
        """Inputs and steps whose columns the features of `name` still have."""
        return self._carried[name]

    def _carried_by(self, step: model.Step) -> frozenset[str]:
        """Looked up, once a step: a chain of overlays with itself has a path for every choice."""
        match step:
            case model.Changes() | model.Dissolve() | model.Combine():
                of: tuple[str, ...] = ()
            case model.Overlay(kind="intersection" | "identity"):
                of = (step.of, step.with_)
            case model.Nearest():
                of = (step.of, step.to)
            case model.CountIn() | model.Coverage():
                of = (step.in_,)
            case _:
                of = (step.of,)
        return frozenset({step.id}).union(*(self._carried[name] for name in of))

    # --- Layers, areas, units --------------------------------------------------------------------

    def layer(self, slug: str, place: str) -> Layer:
        """Asked for once, however often it is named. Raises DocumentLayer."""
        try:
            if slug not in self._layers:
                self._layers[slug] = standing_layer(slug, self.user)
            return self._layers[slug]
        except UnknownLayer as error:
            message = _("Không có lớp “%(slug)s”.") % {"slug": slug}
            raise DocumentLayer(message, at=place) from error

    def check_area(self, area: UUID, place: str) -> None:
        """Raises DocumentArea."""
        if not areas_visible_to(self.user).filter(pk=area).exists():
            raise DocumentArea(_("Không có vùng “%(area)s”.") % {"area": area}, at=place)

    def check_units(self, level: str, on: dt.date | None, place: str) -> None:
        """Raises DocumentUnits."""
        if not AdminUnit.objects.filter(in_force(on or today()), level=level).exists():
            raise DocumentUnits(at=place)

    def check_version(self, slug: str, version: int | str, place: str) -> None:
        """A number has to be of a version that the reader may read. Raises DocumentLayer."""
        if isinstance(version, str):
            return
        layer = self.layer(slug, place)
        found = None
        if version < 2**31:
            kept = Q(number=version, state__in=past.READABLE)
            found = LayerVersion.objects.filter(kept, layer=layer.pk).first()
        if found is None or not past.was_shown(layer, found):
            message = _("Lớp “%(slug)s” không có phiên bản %(number)d.")
            raise DocumentLayer(message % {"slug": slug, "number": version}, at=place)

    def grid(self, grid: int | str) -> int | str:
        """Raises BadDocument for a system that is not one of the pinned ones."""
        if isinstance(grid, int):
            try:
                crs = by_srid(grid)
            except (PortalError, KeyError, ValueError) as error:
                raise BadDocument(_("Không có hệ tọa độ này."), at="grid") from error
            if not crs.is_vn2000 or crs.is_geographic:
                raise BadDocument(_("Diện tích tính trên một múi chiếu VN-2000."), at="grid")
        return grid

    # --- Fields and filters ----------------------------------------------------------------------

    def field(self, slug: str | None, name: str, place: str) -> Field:
        """A public field. Raises DocumentField."""
        found = None
        if slug is not None:
            fields = self.layer(slug, place).parsed.public_fields
            found = next((field for field in fields if field.name == name), None)
        if found is None:
            raise DocumentField(_("Không có trường “%(name)s”.") % {"name": name}, at=place)
        return found

    def check_field(self, of: str, name: str, place: str) -> None:
        """Raises DocumentField."""
        self.field(self.layer_of(of), name, place)

    def check_number(self, of: str, name: str, place: str) -> None:
        """Raises DocumentField unless it is a number."""
        if self.field(self.layer_of(of), name, place).type.json_type not in _NUMBERS:
            raise DocumentField(_("Trường “%(name)s” không phải là số.") % {"name": name}, at=place)

    def check_group(self, source: str, name: str, place: str) -> None:
        """A field of an input or a column of a step. Raises DocumentField."""
        given, step = self.inputs.get(source), self.steps.get(source)
        if isinstance(given, model.LayerInput):
            self.field(given.layer, name, place)
            return
        if isinstance(step, model.Dissolve):
            if name in step.by:
                return
        elif isinstance(step, model.Changes):
            if name not in MADE["changes"]:
                self.field(step.layer, name, place)
            return
        elif isinstance(given, model.UnitsInput | model.AreaInput):
            if name in (OF_UNITS if isinstance(given, model.UnitsInput) else OF_AREAS):
                return
        elif step is not None and name in MADE.get(step.op, ()) + self.in_common(step, place):
            return
        raise DocumentField(_("Không có trường “%(name)s”.") % {"name": name}, at=place)

    def dimension(self, name: str, place: str) -> str:
        """Point, line or polygon, of what has a layer behind it. Raises DocumentMixed."""
        slug, step = self.layer_of(name), self.steps.get(name)
        if slug is None:
            raise DocumentMixed(
                _("“%(name)s” không phải đối tượng của một lớp.") % {"name": name}, at=place
            )
        while step is not None and not isinstance(step, model.Changes | model.Combine):
            if isinstance(step, model.Buffer):
                return "polygon"
            step = self.steps.get(step.of)
        return self.layer(slug, place).parsed.geometry

    def in_common(self, step: model.Step, place: str) -> tuple[str, ...]:
        """Of sets put together: public fields that all layers declare with the same type and
        choices.
        """
        found: list[set[tuple[str, str, Json]]] = []
        if not isinstance(step, model.Combine):
            return ()
        for name in step.of:
            fields = self.layer(self.layer_of(name) or "", place).parsed.public_fields
            found.append({(f.name, f.type.name, f.type.choices) for f in fields})
        hidden = MADE["changes"] if any(map(self._is_of_changes, step.of)) else ()
        return tuple({field[0] for field in set.intersection(*found)} - {*hidden})

    def _is_of_changes(self, name: str) -> bool:
        """Their columns of these names say what changed."""
        step = self.steps.get(name)
        while step is not None and not isinstance(step, model.Changes | model.Combine):
            step = self.steps.get(step.of)
        return isinstance(step, model.Changes)

    def check_filter(self, raw: Json, slug: str | None, place: str) -> None:
        """Raises DocumentFilter with what CQL2 has to say."""
        if slug is None:
            raise DocumentFilter(_("Chỉ lọc được đối tượng của một lớp."), at=place)
        definition = self.layer(slug, place).parsed
        is_text = isinstance(raw, str)
        text = raw if is_text else json.dumps(raw, ensure_ascii=False)
        try:
            language: Language = "cql2-text" if is_text else "cql2-json"
            compile_filter(text, language, queryables_of(definition))
        except BadFilter as error:
            raise DocumentFilter(str(error.detail or error.title), at=place) from error
        tree = written(text, language, Meter.from_settings()).tree if is_text else raw
        if problem := strange_value(tree, definition):
            raise DocumentValue(problem, at=place)
