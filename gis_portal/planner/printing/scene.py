"""What a printed map of a result shows: land, communes and their names, pieces by class, a legend.

Up to `MOST_SHAPES` pieces are drawn as they are; of more, the squares that far tiles are made of,
which the legend then says.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_portal.parcels.extract.plan import Frame
from gis_portal.planner.engine import store
from gis_portal.planner.engine.store import fetched
from gis_portal.planner.printing.drawing import Painted, svg
from gis_portal.planner.printing.frame import bar, frame_around, grid_lines, grounds
from gis_portal.planner.results.classes import class_key, source_of
from gis_portal.planner.results.overview import CELL, overview_of
from gis_portal.planner.results.table import OTHER, legend
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import unknown_words
from gis_portal.templatetags.portal import number
from layers.cql2 import Sql
from layers.crs import WEB_MERCATOR, Crs, by_code, transform_geometries
from tiles.grid import HALF_WORLD

Shapes = Any
MOST_SHAPES = 25_000
# mm: a commune at least so wide on paper is named.
NAMED = 13.0
# mm a letter of a name takes, and how high it is.
LETTER, HEIGHT = 1.25, 3.0
# Of the map's width.
INSET = 0.27
NO_CLASS = "#7a4b00"


@dataclass(frozen=True)
class Scene:
    """One map for a template: `picture` is SVG, everything else is placed in mm on it."""

    frame: Frame
    picture: str
    names: list[list[Any]]

    def data(self) -> dict[str, Any]:
        """As the template reads it."""
        return {
            "width": self.frame.width,
            "height": self.frame.height,
            "svg": self.picture,
            "names": self.names,
            "scale": f"1:{number(self.frame.scale)}",
            "bar": bar(self.frame.scale),
            "grid": grid_lines(self.frame),
        }


def map_of(told: Told, width: float, height: float) -> dict[str, Any]:
    """The map of a run's result for a template, in the grid of the run; `width`, `height` in mm.
    What lies far from the rest has a map of its own in a corner.
    """
    grid = by_code(str(told.summary["grid"]))
    groups, summed = _groups(told, grid)
    colours, entries = _colours(told, groups)
    layers = [Painted(shapes, colours.get(name, OTHER)) for name, shapes in groups.items()]
    main, *others = grounds(shapely.bounds(np.concatenate(list(groups.values()))))
    data = _scene(frame_around(main, width, height), layers, grid).data()
    inset = [
        _scene(frame_around(other, INSET * width, INSET * width), layers, grid).data()
        for other in others
    ]
    return {
        **data,
        "inset": inset,
        "legend": entries,
        "summed": _("Ô vuông là số liệu gộp của nhiều phần.") if summed else "",
        "system": str(grid),
    }


def _scene(frame: Frame, layers: list[Painted], grid: Crs) -> Scene:
    communes = _communes(frame, grid)
    land = np.array([shape for _name, shape in communes], dtype=object)
    return Scene(frame, svg(frame, land, layers), _names(frame, communes))


def _colours(told: Told, groups: dict[str, Shapes]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Colour of each class, and the legend's lines; what has no class stands last."""
    if not class_key(told.run.document):
        return {"": NO_CLASS}, [{"color": NO_CLASS, "label": told.title}]
    known = {str(e["value"]): (str(e["color"]), str(e["label"])) for e in legend(told)}
    entries = [
        {"color": colour, "label": label}
        for value, (colour, label) in known.items()
        if value in groups
    ]
    if set(groups) - set(known):
        entries.append({"color": OTHER, "label": unknown_words()})
    return {value: colour for value, (colour, _label) in known.items()}, entries


def _groups(told: Told, grid: Crs) -> tuple[dict[str, Shapes], bool]:
    """Shapes on the grid by class."""
    if int(told.summary.get("totals", {}).get("count") or 0) > MOST_SHAPES:
        return _squares(told, grid), True
    run, key = told.run, class_key(told.run.document)
    named = f"coalesce(classes ->> '{key}', '')" if key else "''::text"
    rows = store.rows_sql(run.pk, source_of(run), "geom_source")
    found = fetched(
        Sql(
            f"SELECT {named}, ST_AsBinary(ST_Transform(shape, {grid.srid})) "  # noqa: S608 - names
            f"FROM ({rows}) p WHERE shape IS NOT NULL ORDER BY seq"
        )
    )
    shapes = shapely.from_wkb([bytes(row[1]) for row in found])
    return _by_class([row[0] for row in found], shapes), False


def _squares(told: Told, grid: Crs) -> dict[str, Shapes]:
    """The squares of the overview, on the grid."""
    overview = overview_of(told.run)
    west = overview.cell_x * CELL - HALF_WORLD
    north = HALF_WORLD - overview.cell_y * CELL
    squares = shapely.box(west, north - CELL, west + CELL, north)
    box = overview.big_box
    shapes = np.concatenate([squares, shapely.box(*box.T)]) if len(box) else squares
    kinds = np.concatenate([overview.cell_class, overview.big_class])
    names = [overview.classes[kind] for kind in kinds]
    return _by_class(names, transform_geometries(shapes, WEB_MERCATOR, grid))


def _by_class(names: list[str], shapes: Shapes) -> dict[str, Shapes]:
    labels, all_shapes = np.array(names, dtype=object), np.asarray(shapes, dtype=object)
    return {str(name): all_shapes[labels == name] for name in dict.fromkeys(names)}


def _communes(frame: Frame, grid: Crs) -> list[tuple[str, Shapes]]:
    """Communes of today that the frame shows, on the grid."""
    west, south, east, north = frame.ground
    box = f"ST_Transform(ST_MakeEnvelope({west}, {south}, {east}, {north}, {grid.srid}), 4326)"
    rows = fetched(
        Sql(
            f"SELECT name, ST_AsBinary(ST_Transform(geom, {grid.srid})) FROM layers_adminunit "  # noqa: S608 - numbers
            "WHERE level = 'commune' AND valid_to IS NULL AND geom IS NOT NULL "
            f"AND geom && {box} ORDER BY code"
        )
    )
    return [(row[0], shapely.from_wkb(bytes(row[1]))) for row in rows]


def _names(frame: Frame, communes: list[tuple[str, Shapes]]) -> list[list[Any]]:
    """[x, y, name] of communes that are wide enough on paper."""
    found: list[list[Any]] = []
    boxes: list[Any] = []
    metres = frame.scale / 1000
    west, south, east, north = frame.ground
    box = shapely.box(west, south, east, north)
    for name, shape in communes:
        seen = shapely.intersection(shape, box)
        if seen.is_empty or seen.bounds[2] - seen.bounds[0] < NAMED * metres:
            continue
        largest = max(shapely.get_parts(seen), key=lambda part: float(part.area))
        at = largest.representative_point()
        x, y = frame.mm(at.x, at.y)
        half = len(name) * LETTER / 2
        taken = shapely.box(x - half, y - HEIGHT / 2, x + half, y + HEIGHT / 2)
        if frame.box.contains(taken) and not any(taken.intersects(box) for box in boxes):
            boxes.append(taken)
            found.append([x, y, name])
    return found
