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
from gis_portal.planner.printing.frame import SCALES, bar, frame_around, grid_lines, grounds
from gis_portal.planner.printing.frame import Ground as Box
from gis_portal.planner.printing.ground import Ground, ground_of, lands
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
# Of the small map's width, its scale bar at most.
INSET_BAR = 0.45
# A result over so much of the land's ground is shown with all of it.
SPREAD = 0.35
# So little land under the small map is none.
HIDDEN = 0.01
# As on the screen (`frontend/src/planner/result-layers.ts`), and no colour of roads.
NO_CLASS = "#2a7c8b"
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
    side = INSET * width if others else 0.0
    frame, ground, corner = placed(with_land(main, grid), (width, height, side), bounds, grid)
    inset = []
    for other in others:
        small = frame_around(_whole_islands(other, side, grid), side, side)
        told_of = {"bar": bar(small.scale, side * INSET_BAR), "corner": corner}
        inset.append({**scene_of(small, layers, grid).data(), **told_of})
    return {
        **_scene(frame, ground, layers).data(),
        "inset": inset,
        "legend": entries,
        "summed": _("Ô vuông là số liệu gộp của nhiều phần.") if summed else "",
        "system": told.grid,
    }


def with_land(found: Box, grid: Crs) -> Box:
    """With all of the main land, or of islands far out, where the result is spread over much of
    it: a province that is cut off at an edge looks as if nothing were there.
    """
    box = shapely.box(*found)
    for land in (shapely.box(*each) for each in lands(grid.code)):
        if box.intersection(land).area >= SPREAD * land.area:
            box = shapely.box(*shapely.union(box, land).bounds)
    west, south, east, north = box.bounds
    return west, south, east, north


def _whole_islands(found: Box, side: float, grid: Crs) -> Box:
    """With all of each piece of land that the ground of these pieces touches."""
    box = shapely.box(*found)
    parts = shapely.get_parts(ground_of(frame_around(found, side, side), grid).land)
    touched = parts[shapely.intersects(parts, box)]
    west, south, east, north = shapely.total_bounds([box, *touched]).tolist()
    return west, south, east, north


def placed(
    main: Box, sizes: tuple[float, float, float], bounds: Shapes, grid: Crs
) -> tuple[Frame, Ground, str]:
    """The map, what lies under it, and the corner for another map of `side` mm: at the largest
    scale at which that covers no land, where one of the next two does.
    """
    width, height, side = sizes
    frame = frame_around(main, width, height)
    tried = []
    for scale in [scale for scale in SCALES if scale >= frame.scale][: 3 if side else 1]:
        found = Frame(frame.east, frame.north, width, height, int(scale))
        ground = ground_of(found, grid)
        hidden, corner = _free_corner(found, side, bounds, ground.land)
        if hidden <= HIDDEN:
            return found, ground, corner
        tried.append((hidden, found, ground, corner))
    return min(tried, key=lambda one: one[0])[1:]


def _free_corner(frame: Frame, side: float, bounds: Shapes, land: Shapes) -> tuple[float, str]:
    """The corner of the map where a square of that many mm hides the least land, then the fewest
    shapes, and which share of it is land; the north arrow has the fourth one.
    """
    metres = frame.scale / 1000
    east, north = frame.east + frame.width / 2 * metres, frame.north + frame.height / 2 * metres
    west, south = frame.east - frame.width / 2 * metres, frame.north - frame.height / 2 * metres
    # As the template places it: 8 mm from a side that has words.
    across, along = (side + 9) * metres, (side + 9) * metres
    corners = {
        "bottom-right": shapely.box(east - across, south, east, south + along),
        "bottom-left": shapely.box(west, south, west + across, south + along),
        "top-left": shapely.box(west, north - along, west + across, north),
    }
    boxes = shapely.box(*bounds.T)

    def hidden(name: str) -> tuple[float, int]:
        share = shapely.area(shapely.intersection(land, corners[name])).sum()
        fewest = shapely.intersects(boxes, corners[name]).sum()
        return round(float(share) / corners[name].area, 3), int(fewest)

    best = min(corners, key=hidden)
    return hidden(best)[0], best


def scene_of(frame: Frame, layers: Sequence[Painted], grid: Crs) -> Scene:
    """These layers over the ground of the frame."""
    return _scene(frame, ground_of(frame, grid), layers)


def _scene(frame: Frame, ground: Ground, layers: Sequence[Painted]) -> Scene:
    return Scene(frame, svg(frame, ground, layers), ground.names, ground.road_names)


def classes_drawn(
    told: Told, groups: dict[str, Shapes]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Colour of each class, and the legend's lines; what has no class stands last."""
    kind = KINDS[int(max((shapely.get_dimensions(s).max() for s in groups.values()), default=2))]
    if not class_key(told.run.document):
        return {"": NO_CLASS}, [legend_line(NO_CLASS, told.title, kind)]
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
