"""A result as a report on A4: question in words, map, chart and table, what it stands on."""

import hashlib
from pathlib import Path
from typing import Any

from gis_portal.planner.printing.scene import map_of
from gis_portal.planner.printing.sheet import FOLDER, key, words
from gis_portal.planner.results.table import chart
from gis_portal.planner.results.told import Column, Line, Told
from gis_portal.planner.results.words import measure_label
from gis_portal.templatetags.portal import number
from gis_portal.typesetting.sheet import set_sheet
from layers.exports.building import patient

TEMPLATE: Path = FOLDER / "report.typ"
MAP_WIDTH, MAP_HEIGHT = 184.0, 118.0
# A report is read; whoever wants thousands of rows opens the workbook.
MOST_ROWS, MOST_BARS = 400, 14
HECTARE = 10_000


def report_pdf(told: Told, address: str) -> bytes:
    """The report as PDF. Raises PaperBusy."""
    drawn = None
    if told.summary.get("extent"):
        with patient():
            drawn = map_of(told, MAP_WIDTH, MAP_HEIGHT)
    data = {
        **words(told),
        "language": told.language,
        "map": drawn,
        "chart": _chart(told),
        "heads": [c.label for c in told.groups] + [_head(c) for c in told.measures],
        "numbers": len(told.measures),
        "rows": [_row(told, line) for line in told.lines[:MOST_ROWS]],
        "more": max(0, len(told.lines) - MOST_ROWS),
        "total": [_cell(told.total, c) for c in told.measures],
        "sliver_heads": [c.label for c in told.groups]
        + [_head(c, small=True) for c in told.measures],
        "sliver_rows": [_row(told, line, small=True) for line in told.slivers[:MOST_ROWS]],
        "address": address,
    }
    return set_sheet(TEMPLATE, data, "pdf", key(told, TEMPLATE, _digest(address)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _head(column: Column, *, small: bool = False) -> str:
    unit = "ha" if column.name == "area_m2" and not small else column.unit
    return f"{column.label} ({unit})" if unit else column.label


def _row(told: Told, line: Line, *, small: bool = False) -> list[str]:
    return [
        *(line.labels.get(column.name, "") for column in told.groups),
        *(_cell(line, column, small=small) for column in told.measures),
    ]


def _cell(line: Line, column: Column, *, small: bool = False) -> str:
    """`small`: m², as slivers have no hectares to speak of."""
    value = line.values.get(column.name)
    if value is None:
        return ""
    if column.name == "share":
        return number(value * 100, 2)
    if column.name == "area_m2":
        return number(value, 2) if small else hectares(value)
    return number(value, 0 if column.name == "count" else 1)


def hectares(area: float) -> str:
    """m² as ha: one digit, two below ten, four below a tenth: slivers stay visible."""
    value = area / HECTARE
    digits = 1 if value >= 10 else 2 if value >= 0.1 else 4
    return number(value, digits)


def _chart(told: Told) -> dict[str, Any]:
    found = chart(told)
    is_area = found["measure"] == "area_m2"
    bars = [
        [
            bar["label"],
            bar["color"],
            bar["share"],
            f"{hectares(bar['amount'])} ha" if is_area else number(bar["amount"]),
        ]
        for bar in found["bars"][:MOST_BARS]
    ]
    title = f"{measure_label(found['measure'])}: {found.get('label', '')}"
    beyond = len(found["bars"]) - len(bars) + found.get("beyond", 0)
    return {"title": title, "bars": bars, "beyond": beyond}
