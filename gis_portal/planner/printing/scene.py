"""What a printed map of a result shows: the ground, pieces by class, a legend.

Up to `MOST_SHAPES` pieces are drawn as they are; of more, the squares that far tiles are made of,
which the legend then says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_portal.parcels.extract.plan import Frame
from gis_portal.planner.engine import store
from gis_portal.planner.engine.store import fetched
from gis_portal.planner.printing.drawing import OPACITY, Painted, svg
from gis_portal.planner.printing.frame import bar, frame_around, grid_lines, grounds
from gis_portal.planner.printing.ground import ground_of
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
# Of the map's width.
INSET = 0.27
NO_CLASS = "#7a4b00"
# By the dimension of shapes.
KINDS = ("point", "line", "area")


@dataclass(frozen=True)
class Scene:
    """One map for a template: `picture` is SVG, everything else is placed in mm on it."""

    frame: Frame
    picture: str
    names: list[list[Any]]
    road_names: list[list[Any]]

    def data(self) -> dict[str, Any]:
        """As the template reads it."""
        return {
            "width": self.frame.width,
            "height": self.frame.height,
            "svg": self.picture,
            "names": self.names,
            "roads": self.road_names,
            "scale": f"1:{number(self.frame.scale)}",
            "bar": bar(self.frame.scale),
            "grid": grid_lines(self.frame),
        }


def map_of(told: Told, width: float, height: float) -> dict[str, Any]:
    """The map of a run's result for a template, in the grid of the run; `width`, `height` in mm.
    What lies far from the rest has a map of its own in a corner.
    """
    grid = by_code(str(told.summary["grid"]))
    groups, summed = pieces_by_class(told, grid)
    colours, entries = classes_drawn(told, groups)
    layers = [Painted(shapes, colours.get(name, OTHER)) for name, shapes in groups.items()]
    bounds = shapely.bounds(np.concatenate(list(groups.values())))
    main, *others = grounds(bounds)
    frame = frame_around(main, width, height)
    data = scene_of(frame, layers, grid).data()
    side = INSET * width
    inset = [
        {
            **scene_of(frame_around(other, side, side), layers, grid).data(),
            "corner": _free_corner(frame, side, bounds),
        }
        for other in others
    ]
    return {
        **data,
        "inset": inset,
        "legend": entries,
        "summed": _("Ô vuông là số liệu gộp của nhiều phần.") if summed else "",
        "system": told.grid,
    }


def _free_corner(frame: Frame, side: float, bounds: Shapes) -> str:
    """The corner of the map where a square of that many mm hides the fewest shapes; the north arrow
    has the fourth one.
    """
    metres = frame.scale / 1000
    east, north = frame.east + frame.width / 2 * metres, frame.north + frame.height / 2 * metres
    west, south = frame.east - frame.width / 2 * metres, frame.north - frame.height / 2 * metres
    reach = (side + 4) * metres
    corners = {
        "bottom-right": shapely.box(east - reach, south, east, south + reach),
        "bottom-left": shapely.box(west, south, west + reach, south + reach),
        "top-left": shapely.box(west, north - reach, west + reach, north),
    }
    boxes = shapely.box(*bounds.T)
    return min(corners, key=lambda name: int(shapely.intersects(boxes, corners[name]).sum()))


def scene_of(frame: Frame, layers: Sequence[Painted], grid: Crs) -> Scene:
    """These layers over the ground of the frame."""
    ground = ground_of(frame, grid)
    return Scene(frame, svg(frame, ground, layers), ground.names, ground.road_names)


def classes_drawn(
    told: Told, groups: dict[str, Shapes], plain: str = NO_CLASS
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Colour of each class, and the legend's lines; what has no class stands last."""
    kind = KINDS[int(max((shapely.get_dimensions(s).max() for s in groups.values()), default=2))]
    if not class_key(told.run.document):
        return {"": plain}, [legend_line(plain, told.title, kind)]
    known = {str(e["value"]): (str(e["color"]), str(e["label"])) for e in legend(told)}
    entries = [
        legend_line(colour, label, kind)
        for value, (colour, label) in known.items()
        if value in groups
    ]
    if set(groups) - set(known):
        entries.append(legend_line(OTHER, unknown_words(), kind))
    return {value: colour for value, (colour, _label) in known.items()}, entries


def legend_line(colour: str, label: str, kind: str, opacity: float = OPACITY) -> dict[str, Any]:
    """A line of a legend, as the template reads it."""
    return {"color": colour, "label": label, "kind": kind, "opacity": opacity}


def pieces_by_class(told: Told, grid: Crs) -> tuple[dict[str, Shapes], bool]:
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
