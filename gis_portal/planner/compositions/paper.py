"""A map that a planner put together, on paper: one sheet a side, both of one place and one scale.

Two sides are two sheets of the same frame: they can be laid side by side or over each other on a
table, and each has room for its own legend.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_portal.planner.compositions.painted_results import painted_result
from gis_portal.planner.compositions.painting import PaintedLayer, painted
from gis_portal.planner.models import Run
from gis_portal.planner.printing.errors import BadPaper
from gis_portal.planner.printing.frame import Frame, Ground, frame_around
from gis_portal.planner.printing.ground import mainland
from gis_portal.planner.printing.scene import scene_of
from gis_portal.planner.printing.sheet import (
    TEMPLATE,
    Sheet,
    check_paper,
    digest,
    sheets_pdf,
    words,
)
from gis_portal.planner.results.told import told
from gis_portal.planner.results.words import written_date
from gis_portal.templatetags.portal import number
from gis_portal.typesetting.sheet import kept
from layers.crs import WGS84, Crs, by_code, transform_geometries
from layers.fieldtypes import LOCAL_TIME
from layers.heavy import place
from layers.models import Layer
from layers.models.catalogue import marked

Json = Any
# 1:… that may be asked for; else the largest round one that the view fits in.
SCALES = (500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 200_000, 250_000)
# Of a saved view only middle and zoom are known: as on a screen of so many pixels.
SCREEN = (900, 640)
TILE_PIXELS = 512
_NOT_SO = gettext_lazy("Tỷ lệ, bên hoặc khung cần in không đúng.")


@dataclass(frozen=True)
class Wish:
    """`box`: west, south, east, north in degrees; `scale`: 0 for what it fits in."""

    paper: str
    sides: tuple[int, ...]
    box: Ground | None
    scale: int


def wish_of(asked: Mapping[str, str], document: Mapping[str, Json]) -> Wish:
    """Of `paper`, `side` (0, 1; both without), `box`, `scale`. Raises BadPaper."""
    paper = (asked.get("paper") or "a4").lower()
    check_paper(paper)
    both = (0,) if document["mode"] == "one" else (0, 1)
    side, scale = asked.get("side", ""), asked.get("scale", "") or "0"
    if side not in ("", "0", "1") or not (scale == "0" or scale in map(str, SCALES)):
        raise BadPaper(_NOT_SO)
    sides = (int(side),) if side else both
    return Wish(paper, sides, _box(asked.get("box", ""), document.get("view")), int(scale))


def _box(text: str, view: Mapping[str, float] | None) -> Ground | None:
    if text:
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError as error:
            raise BadPaper(_NOT_SO) from error
        if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
            raise BadPaper(_NOT_SO)
        return west, south, east, north
    if view is None:
        return None
    pixel = 360 / (TILE_PIXELS * 2 ** view["zoom"])
    across, along = (size / 2 * pixel for size in SCREEN)
    along *= math.cos(math.radians(view["lat"]))
    lon, lat = view["lon"], view["lat"]
    return lon - across, lat - along, lon + across, lat + along


def composition_pdf(
    document: Mapping[str, Json],
    layers: Sequence[Layer],
    wish: Wish,
    *,
    runs: Mapping[UUID, Run],
    notes: Sequence[str],
    title: str,
    language: str,
    address: str,
) -> bytes:
    """The sheets. Layers and runs are those that the reader may see, entries of others are left
    out; `notes` say so.

    Raises BadFilter, PaperBusy, ServiceBusy.
    """
    known = {layer.slug: layer for layer in layers}
    sides = [[entry for entry in document["sides"][side] if entry["on"]] for side in wish.sides]
    day = timezone.now().astimezone(LOCAL_TIME).date()
    versions = {
        e["layer"]: known[e["layer"]].live_version_id for side in sides for e in side if e["layer"]
    }
    asked = json.dumps([sides, asdict(wish), versions, title, address, *notes], sort_keys=True)
    key = digest(TEMPLATE, asked, language, f"{day}")
    found = kept.get(key)
    if found is not None:
        return found
    grid = by_code(settings.PORTAL_GRID)
    frame = frame_of(wish, grid)

    def drawn(entry: Mapping[str, Json]) -> _Drawn:
        if entry["layer"]:
            return _layer_drawn(entry, known[entry["layer"]], frame, grid, language)
        return _result_drawn(entry, runs[UUID(entry["run"])], grid, language)

    foot = f"{_('In ngày')} {written_date(day, language)}. {_('Xem trên cổng')}: {address}"
    with place():
        sheets = [
            _sheet(
                [drawn(entry) for entry in entries], frame, grid, (_side(wish, side), foot), notes
            )
            for side, entries in zip(wish.sides, sides, strict=True)
        ]
    return sheets_pdf(
        sheets, title=title, description=title, language=language, paper=wish.paper, key=key
    )


def frame_of(wish: Wish, grid: Crs) -> Frame:
    """What the sheets show: the asked place, else the province's main land."""
    width, height = check_paper(wish.paper)
    ground = mainland(grid.code) if wish.box is None else None
    if ground is None:
        box = shapely.box(*(wish.box or settings.PORTAL_EXTENT))
        moved = transform_geometries(np.array([box]), WGS84, grid)
        west, south, east, north = (float(edge) for edge in shapely.bounds(moved)[0])
        ground = west, south, east, north
    fitting = frame_around(ground, width, height)
    if not wish.scale:
        return fitting
    return Frame(fitting.east, fitting.north, width, height, wish.scale)


def _side(wish: Wish, side: int) -> str:
    """Which of the two, where there are two."""
    if len(wish.sides) < 2:
        return ""
    return f"{number(side + 1)}/2, {_('bên phải') if side else _('bên trái')}"


@dataclass(frozen=True)
class _Drawn:
    """An entry of a map: what is painted, and its rows among the sources."""

    painted: PaintedLayer
    sources: list[list[str]]
    illustrative: bool


def _layer_drawn(
    entry: Mapping[str, Json], layer: Layer, frame: Frame, grid: Crs, language: str
) -> _Drawn:
    version = layer.live_version
    return _Drawn(
        painted(entry, layer, frame, grid, language),
        [_source(layer, language)],
        bool(version and version.is_illustrative),
    )


def _result_drawn(entry: Mapping[str, Json], run: Run, grid: Crs, language: str) -> _Drawn:
    about = told(run, language)
    return _Drawn(
        painted_result(entry, about, grid), words(about)["sources"], about.is_illustrative
    )


def _sheet(
    drawn: Sequence[_Drawn], frame: Frame, grid: Crs, told_of: tuple[str, str], notes: Sequence[str]
) -> Sheet:
    # The first of the list lies on top.
    layers = [layer for one in reversed(drawn) for layer in one.painted.layers]
    sources = {tuple(row): row for one in drawn for row in one.sources}
    return Sheet(
        {**scene_of(frame, layers, grid).data(), "system": str(grid)},
        [one.painted.block for one in drawn],
        list(sources.values()),
        told_of[1],
        side=told_of[0],
        notes=notes,
        illustrative=any(one.illustrative for one in drawn),
    )


def _source(layer: Layer, language: str) -> list[str]:
    """Title, number of the version, day of the data, whose they are."""
    version, definition = layer.live_version, layer.parsed
    assert version is not None
    said = definition.attribution(language) or definition.owner_org(language)
    source = ", ".join(dict.fromkeys(filter(None, (said, version.source_org))))
    illustrative = version.is_illustrative
    return [
        layer.title(language),
        f"{version.number}",
        written_date(version.data_date, language),
        ", ".join(
            filter(None, (marked(source, language, illustrative=illustrative), version.decision_no))
        ),
    ]
