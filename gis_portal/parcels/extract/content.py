"""What an extract says, as the very texts that are printed, and the fingerprint of it.

Numbers are rounded and written as on paper before they are hashed, so that a fingerprint stands for
what a reader can read, and the last bits of a computation change nothing. Labels are not part of
it: rewording a form makes no extract of old false. Neighbours: `words.py` has the labels, `code.py`
puts the fingerprint into the code of the check page.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from gis_portal.parcels.parts import (
    LandUse,
    Neighbour,
    Overlay,
    OverlayPart,
    ParcelFacts,
    Ring,
)
from gis_portal.templatetags.portal import day, distance, number, percent

# The parts whose changes are told apart on the check page, in the order of the code's digests.
PARTS = ("record", "areas", "uses", "shape", "overlays", "around")
Rows = list[Any]


@dataclass(frozen=True)
class Content:
    """The texts of one extract. `head`: of which data; `parts`: what they say, by `PARTS`."""

    head: Rows
    parts: dict[str, Rows]

    @property
    def sha256(self) -> bytes:
        """32 bytes: the same exactly when everything said is the same."""
        return _digest([self.head, [self.parts[name] for name in PARTS]])

    def part_digest(self, name: str) -> bytes:
        """The digest of one part, of which the code carries the first bytes."""
        return _digest(self.parts[name])


def content_of(facts: ParcelFacts) -> Content:
    """In the active language, which must be that of the facts."""
    return Content(
        head=[
            facts.language,
            str(facts.uid),
            facts.layer_slug,
            facts.version_number,
            facts.data_date.isoformat() if facts.data_date else "",
            facts.source,
            facts.decision,
            facts.illustrative,
        ],
        parts={
            "record": _record(facts),
            "areas": _areas(facts),
            "uses": [[_use(use) for use in uses] for uses in (facts.uses, facts.planned_uses)],
            "shape": [ring_rows(ring) for ring in facts.corners],
            "overlays": [overlay_rows(overlay) for overlay in facts.overlays],
            "around": [
                [neighbour_row(each) for each in facts.neighbours],
                [[near.title, near.layer_title, distance(near.distance)] for near in facts.nearest],
            ],
        },
    )


def square_metres(value: float | None) -> str:
    """`2.159,6 m²`, however large; "" for nothing."""
    return "" if value is None else f"{number(value, 1)} m²"


def _share(value: float | None) -> str:
    return "" if value is None else percent(value)


def _record(facts: ParcelFacts) -> Rows:
    """(key, text) of what is recorded; the keys are those of the words."""
    identity = facts.identity
    unit = identity.unit
    numbers = ", ".join(text for text in (identity.old_number, identity.old_sheet) if text)
    rows = [
        ("unit", f"{unit.name} ({unit.code})" if unit else ""),
        ("old_unit", identity.old_unit),
        ("sheet", identity.sheet),
        ("number", identity.number),
        ("old_sheet", identity.old_sheet if numbers else ""),
        ("old_number", identity.old_number if numbers else ""),
        ("site", identity.site),
        ("address", identity.address),
        ("manager", facts.manager or ""),
        ("status", facts.status.label(facts.language) if facts.status else ""),
        ("parcel_decision", ", ".join(filter(None, (identity.decision, identity.decision_date)))),
    ]
    return [[key, text] for key, text in rows if text]


def _areas(facts: ParcelFacts) -> Rows:
    areas = facts.areas
    difference = ""
    if areas.difference is not None:
        sign = "" if abs(areas.difference) < 0.05 else "+" if areas.difference > 0 else "−"
        difference = f"{sign}{square_metres(abs(areas.difference))}"
        if areas.difference_share is not None:
            difference += f" ({_share(abs(areas.difference_share))})"
    rows = [
        ("registered", square_metres(areas.registered)),
        ("surveyed", square_metres(areas.surveyed)),
        ("computed", square_metres(areas.computed)),
        ("difference", difference),
        ("grid", f"{areas.grid} ({areas.grid_code})"),
    ]
    return [[key, text] for key, text in rows if text]


def _use(use: LandUse) -> Rows:
    return [use.code, use.name, square_metres(use.area), _share(use.share)]


def ring_rows(ring: Ring) -> Rows:
    """[piece, whether a hole, [number, X, Y, edge] of each corner]."""
    return [
        ring.part,
        ring.is_hole,
        [
            [
                str(corner.number),
                number(corner.x_north, 2),
                number(corner.y_east, 2),
                number(corner.edge, 2),
            ]
            for corner in ring.corners
        ],
    ]


def overlay_rows(overlay: Overlay) -> Rows:
    """One restricting layer: which, the answer, how much, and its parts."""
    concerned = overlay.answer == "concerned" and overlay.area > 0
    return [
        overlay.layer_slug,
        overlay.layer_title,
        overlay.answer,
        overlay.reason,
        square_metres(overlay.area) if concerned else "",
        _share(overlay.share) if concerned else "",
        [part_row(part) for part in overlay.parts],
        square_metres(overlay.sliver_area) if overlay.slivers else "",
        day(overlay.data_date) if overlay.data_date else "",
    ]


def part_row(part: OverlayPart) -> Rows:
    """[what it is, its decision and date, m² or distance, share]."""
    said = " · ".join(dict.fromkeys(filter(None, (part.name, *part.details))))
    decided = ", ".join(filter(None, (part.decision, part.date)))
    size = square_metres(part.area)
    if part.area is None and part.distance is not None:
        size = distance(part.distance)
    return [said, decided, size, _share(part.share)]


def neighbour_row(neighbour: Neighbour) -> Rows:
    """[number and sheet, uses, m of common boundary]."""
    return [neighbour.title, neighbour.uses, f"{number(neighbour.edge, 1)} m"]


def _digest(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()
