"""A share card: what it says as data, set by typst as PNG of 1200 × 630.

A card is public whoever asks: it shows what everybody may see. Its words and lines make its key, so
a card is set once while nothing on it changes. Neighbours: `parcel_card.py` and `lot_card.py` say
what stands on one.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings

from gis_portal.parcels.extract.around import Around, paths_of, shapes_within
from gis_portal.parcels.parts import Path as Line
from gis_portal.parcels.reading import Ground
from gis_portal.typesetting.sheet import set_sheet
from layers.models import AdminUnit

TEMPLATE = Path(__file__).resolve().parent / "card.typ"
# Points of the picture: the window that the shape stands in, and what stays free around it.
WIDTH, HEIGHT, MARGIN = 560.0, 630.0, 110.0
# Ground (m) that is shown at least: a point-like parcel is no wall of colour.
LEAST_GROUND = 12.0
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Card:
    """All that stands on a card, in the reader's language."""

    language: str
    kind: str
    title: str
    place: str
    # The two or three figures, each with its label; the first is the largest.
    figures: tuple[tuple[str, str], ...]
    # What is the matter now: a stage or status with its colour, and the date that counts.
    badge: str
    badge_colour: str
    deadline: str
    colour: str
    illustrative: str
    shape: list[Points]
    around: list[Points]


def drawn(ground: Ground, number: str) -> dict[str, list[Points]]:
    """The shape and what lies around it in the same version, as points of the window."""
    west, south, east, north = map(float, shapely.bounds(ground.shape))
    across, along = max(east - west, LEAST_GROUND), max(north - south, LEAST_GROUND)
    metres = max(across / (WIDTH - 2 * MARGIN), along / (HEIGHT - 2 * MARGIN))
    left = (west + east) / 2 - WIDTH / 2 * metres
    top = (south + north) / 2 + HEIGHT / 2 * metres
    box = (left, top - HEIGHT * metres, left + WIDTH * metres, top)
    others: list[Around] = shapes_within(
        ground.version.pk, ground.uid, number, ground.crs, box, fine=metres / 2
    )

    def points(paths: Iterable[Line]) -> list[Points]:
        return [
            [(round((x - left) / metres, 1), round((top - y) / metres, 1)) for x, y in path]
            for path in paths
            if len(path) > 2
        ]

    return {
        "shape": points(paths_of(shapely.simplify(ground.shape, metres / 2))),
        "around": [path for other in others for path in points(other.paths)],
    }


def unit_name(unit: AdminUnit, language: str) -> str:
    """The commune in the reader's language."""
    return unit.name_en if language == "en" and unit.name_en else unit.name


def picture_of(card: Card) -> tuple[bytes, str]:
    """The PNG, and the mark (ETag) of its content. Raises PaperBusy."""
    data: dict[str, Any] = {**asdict(card), "portal": _portal(card.language), "mark": _mark()}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    mark = hashlib.sha256(TEMPLATE.read_bytes() + text.encode()).hexdigest()[:32]
    return set_sheet(TEMPLATE, data, "png", f"card-{mark}"), mark


def _portal(language: str) -> str:
    return str(settings.PORTAL_NAME_EN if language == "en" else settings.PORTAL_NAME_VI)


@cache
def _mark() -> str:
    path = Path(settings.BASE_DIR) / "gis_portal" / "static" / "gis_portal" / "mark.svg"
    return path.read_text(encoding="utf-8")
