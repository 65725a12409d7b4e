"""One layer of a map on paper: its features in their classes' colours, within a frame.

What is too small to be seen on paper, or beyond the number of shapes that a sheet holds, is added
up in squares: the largest class of each square is drawn, and the legend says so. Classes are those
of the screen: a theme's (`classes.py`), else the layer's own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_portal.parcels.extract.plan import Frame
from gis_portal.planner.compositions.classes import NUMBERS, Classes, classes_of, themeable
from gis_portal.planner.printing.drawing import DOT, Painted
from gis_portal.planner.printing.ground import PIXEL, box_of
from gis_portal.planner.printing.scene import legend_line
from gis_portal.planner.workbench.filter_words import filter_words
from layers.cql2 import Sql, compile_filter, queryables_of
from layers.cql2.filters import evaluating
from layers.crs import WEB_MERCATOR, Crs, transform_geometries
from layers.legend import class_field, class_values, legend
from layers.models import Layer
from layers.partitions import feature_table

Json = Any
Shapes = Any
MOST_SHAPES = 25_000
SECONDS = 20
# mm: a square of what is added up.
SQUARE = 0.7
# A thematic area on the screen is so dense, and here too.
THEMED = 0.85
PLAIN = "#2a7c8b"
NONE = ""


@dataclass(frozen=True)
class Classing:
    """`key`: the class of a row of features as text; `colours` and `labels` by it, in the order of
    the legend. A class that is in neither has `other`.
    """

    key: Sql
    colours: Mapping[str, str]
    labels: Mapping[str, str]
    other: tuple[str, str]
    none: tuple[str, str]
    widths: Mapping[str, float]
    opacity: float
    title: str = ""


@dataclass(frozen=True)
class PaintedLayer:
    """What is drawn of one entry of a map, the lowest first, and its block of the legend."""

    layers: list[Painted]
    block: dict[str, Json]


def painted(
    entry: Mapping[str, Json], layer: Layer, frame: Frame, grid: Crs, language: str
) -> PaintedLayer:
    """Raises BadFilter, FilterNotEvaluable; OperationalError when it takes too long."""
    definition = layer.parsed
    classing = _themed(entry["theme"], layer, language) if entry["theme"] else _own(layer, language)
    asked, names = entry["filter"], queryables_of(definition)
    condition = compile_filter(json.dumps(asked), "cql2-json", names) if asked else None
    with evaluating(condition), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        found = _Features(cursor, layer, frame, grid, classing.key, condition)
        least = found.least()
        shapes, squares = found.shapes(least), found.squares(least)
    opacity = round(float(entry["opacity"]) * classing.opacity, 3)
    kind = "area" if definition.geometry == "polygon" else definition.geometry
    seen = {*shapes, *squares}
    block = {
        "group": entry["group"],
        "title": classing.title,
        "notes": _notes(entry, layer, language, is_summed=bool(squares), is_empty=not seen),
        "entries": _entries(classing, seen, kind, opacity, themed=bool(entry["theme"])),
    }
    drawn = [
        *_paint(classing, squares, layer, opacity, is_sum=True),
        *_paint(classing, shapes, layer, opacity, is_sum=False),
    ]
    return PaintedLayer(drawn, block)


def _paint(
    classing: Classing, groups: Mapping[str, Shapes], layer: Layer, opacity: float, *, is_sum: bool
) -> list[Painted]:
    usual = layer.parsed.style.width
    return [
        Painted(
            group,
            _colour(classing, key),
            opacity=opacity,
            line=classing.widths.get(key, usual) * PIXEL * 1.3,
            smallest=SQUARE if is_sum else DOT,
            width=0.0 if is_sum else 0.06,
        )
        for key, group in groups.items()
    ]


def _notes(
    entry: Mapping[str, Json], layer: Layer, language: str, *, is_summed: bool, is_empty: bool
) -> list[str]:
    notes = []
    if entry["filter"]:
        words = filter_words(entry["filter"], layer.parsed, language)
        notes.append(_("Chỉ những đối tượng có: %(filter)s.") % {"filter": words})
    if is_summed:
        notes.append(_("Ô vuông: nhiều đối tượng nhỏ gộp lại, màu của loại lớn nhất."))
    if is_empty:
        notes.append(_("Không có đối tượng nào trong khung này."))
    return notes


def _colour(classing: Classing, key: str) -> str:
    if key in classing.colours:
        return classing.colours[key]
    return (classing.none if key == NONE else classing.other)[0]


def _entries(
    classing: Classing, seen: set[str], kind: str, opacity: float, *, themed: bool
) -> list[dict[str, Json]]:
    """All classes of a theme, since they are one scale; of a layer's own those that are seen."""
    known = [key for key in classing.colours if themed or key in seen]
    lines = [legend_line(classing.colours[k], classing.labels[k], kind, opacity) for k in known]
    if seen - {NONE, *classing.colours}:
        lines.append(legend_line(*classing.other, kind, opacity))
    if NONE in seen and NONE not in classing.colours:
        lines.append(legend_line(*classing.none, kind, opacity))
    return lines


def _themed(theme: Mapping[str, Json], layer: Layer, language: str) -> Classing:
    found = classes_of(
        layer,
        theme["field"],
        method=theme["method"],
        count=int(theme["n"]),
        palette=theme["palette"],
        language=language,
    )
    queryable = themeable(layer.parsed)[theme["field"]]
    value = queryable.sql
    if queryable.kind in NUMBERS:
        edges = [line.low for line in found.lines] + [line.high for line in found.lines[-1:]]
        # least() passes over what is null.
        key = Sql(
            f"CASE WHEN ({value.text}) IS NULL THEN '' ELSE "
            f"least(width_bucket(({value.text})::float8, %s::float8[]), %s)::text END",
            (*value.values, *value.values, edges, len(found.lines)),
        )
        keys = [str(place) for place in range(1, len(found.lines) + 1)]
        if not found.lines:
            key = Sql("''::text")
    else:
        key = Sql(f"coalesce(({value.text})::text, '')", value.values)
        keys = [str(line.value) for line in found.lines]
    return Classing(
        key,
        {k: line.colour for k, line in zip(keys, found.lines, strict=True)},
        {k: line.label for k, line in zip(keys, found.lines, strict=True)},
        *_rest(found),
        {},
        THEMED if layer.parsed.geometry == "polygon" else 1.0,
        f"{layer.title(language)}: {found.label}",
    )


def _rest(found: Classes) -> tuple[tuple[str, str], tuple[str, str]]:
    return (found.unknown, _("Giá trị khác")), (found.unknown, _("Không có giá trị"))


def _own(layer: Layer, language: str) -> Classing:
    """As the portal's map draws it."""
    definition, title = layer.parsed, layer.title(language)
    style, field = definition.style, class_field(layer.parsed)
    plain = (style.color or PLAIN, title)
    opacity = style.opacity if definition.geometry == "polygon" else 1.0
    if field is None:
        return Classing(Sql("''::text"), {NONE: plain[0]}, {NONE: title}, plain, plain, {}, opacity)
    value = "coalesce(f.properties ->> %s, '')"
    key = Sql(f"left({value}, 3)" if field.type.name == "land_use" else value, (field.name,))
    entries = class_values(definition)
    labels = {e.value: e.label for e in entries}
    facets = layer.live_version.facets if layer.live_version else None
    labels |= {e.value: e.label for e in legend(definition, facets, language)}
    unknown = (style.color or PLAIN, _("Không có hoặc không rõ"))
    return Classing(
        key,
        {e.value: e.colour for e in entries},
        labels,
        (unknown[0], _("Giá trị khác")),
        unknown,
        {e.value: e.width for e in entries},
        opacity,
        title,
    )


class _Features:
    """The features of one layer's live version in the frame, by class."""

    def __init__(
        self,
        cursor: Any,
        layer: Layer,
        frame: Frame,
        grid: Crs,
        key: Sql,
        condition: Sql | None,
    ) -> None:
        assert layer.live_version_id is not None
        self._cursor, self._frame, self._grid, self._key = cursor, frame, grid, key
        self._has_areas = layer.parsed.geometry == "polygon"
        where = f"f.geom_3857 && {box_of(frame, grid, 3857)}"
        if condition is not None:
            where += f" AND ({condition.text})"
        self._from = Sql(
            f"FROM {feature_table(layer.live_version_id)} f WHERE {where}",
            condition.values if condition else (),
        )

    def least(self) -> float:
        """m²: smaller shapes are added up."""
        if not self._has_areas:
            return 0.0
        smallest = (DOT * self._frame.scale / 1000) ** 2
        rows = self._rows(
            f"SELECT f.area_m2 {self._from.text} AND f.area_m2 >= %s "
            f"ORDER BY f.area_m2 DESC OFFSET {MOST_SHAPES} LIMIT 1",
            (*self._from.values, smallest),
        )
        # What is as large as the first that has no place is added up with it.
        return float(np.nextafter(rows[0][0], np.inf)) if rows else smallest

    def shapes(self, least: float) -> dict[str, Shapes]:
        """Those that are drawn as they are, on the grid."""
        large = "AND f.area_m2 >= %s" if self._has_areas else ""
        rows = self._rows(
            f"SELECT {self._key.text}, ST_AsBinary(ST_Transform("
            f"coalesce(f.geom_source, f.geom), {self._grid.srid})) {self._from.text} {large} "
            f"ORDER BY f.id LIMIT {MOST_SHAPES}",
            (*self._key.values, *self._from.values, *([least] if large else [])),
        )
        return _by_key([row[0] for row in rows], shapely.from_wkb([bytes(r[1]) for r in rows]))

    def squares(self, least: float) -> dict[str, Shapes]:
        """Squares of the smaller ones, in the colour of the class with most area, on the grid."""
        if not self._has_areas:
            return {}
        ground = shapely.box(*self._frame.ground)
        seen = shapely.bounds(transform_geometries(np.array([ground]), self._grid, WEB_MERCATOR))[0]
        side = float(SQUARE * (seen[2] - seen[0]) / self._frame.width)
        middle = "(ST_{0}Min(f.geom_3857) + ST_{0}Max(f.geom_3857)) / 2"
        one = (
            f"SELECT floor(({middle.format('X')}) / %s)::int AS x, "
            f"floor(({middle.format('Y')}) / %s)::int AS y, {self._key.text} AS k, "
            f"sum(f.area_m2) AS area {self._from.text} AND f.area_m2 < %s GROUP BY 1, 2, 3"
        )
        rows = self._rows(
            f"SELECT x, y, (array_agg(k ORDER BY area DESC, k))[1] FROM ({one}) o GROUP BY x, y",  # noqa: S608
            (side, side, *self._key.values, *self._from.values, least),
        )
        if not rows:
            return {}
        x, y = (np.array([row[place] for row in rows], dtype=float) for place in (0, 1))
        boxes = shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)
        return _by_key(
            [row[2] for row in rows], transform_geometries(boxes, WEB_MERCATOR, self._grid)
        )

    def _rows(self, statement: str, values: tuple[Json, ...]) -> list[tuple[Json, ...]]:
        self._cursor.execute(statement, values)
        return list(self._cursor.fetchall())


def _by_key(keys: list[str], shapes: Shapes) -> dict[str, Shapes]:
    named, all_shapes = np.array(keys, dtype=object), np.asarray(shapes, dtype=object)
    return {key: all_shapes[named == key] for key in dict.fromkeys(keys)}
