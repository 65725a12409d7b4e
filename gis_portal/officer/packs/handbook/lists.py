"""Lists of the handbook to look things up in: land codes with their colours, legal texts."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

from layers.landuse import land_uses

LAWS = Path(__file__).parent / "legal_texts.csv"


def codes() -> list[dict[str, Any]]:
    """The land codes of the portal's own list; `sure`: how well published maps agree on the
    colour.
    """
    return [
        {
            "code": use.code,
            "parent": use.parent_code,
            "level": use.level,
            "name": {"vi": use.name_vi, "en": use.name_en},
            "status": use.status,
            "maps_to": list(use.successors),
            "colour": use.colour,
            "sure": use.colour_confidence,
        }
        for use in land_uses()
    ]


@cache
def laws() -> list[dict[str, Any]]:
    """Legal texts by number, as the file has them."""
    with LAWS.open(encoding="utf-8", newline="") as file:
        return [
            {
                "number": row["number"],
                "date": row["date"],
                "title": {"vi": row["title_vi"], "en": row["title_en"]},
                "note": {"vi": row["note_vi"], "en": row["note_en"]},
            }
            for row in csv.DictReader(file)
        ]
