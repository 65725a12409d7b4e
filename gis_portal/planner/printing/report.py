"""A result as a report on A4: question in words, map, chart and table, what it stands on."""

import hashlib
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.printing.scene import map_of
from gis_portal.planner.printing.sheet import FOLDER, key, words
from gis_portal.planner.results.reckoning import sums_words, units_without
from gis_portal.planner.results.table import chart
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import measure_label
from gis_portal.planner.workbench.piece_words import best_pieces
from gis_portal.planner.workbench.result_table import ShownLine, bars_in_words, shown_table
from gis_portal.typesetting.sheet import set_sheet
from layers.exports.building import patient

TEMPLATE: Path = FOLDER / "report.typ"
MAP_WIDTH, MAP_HEIGHT = 184.0, 118.0
MOST_BARS = 14


def report_pdf(told: Told, address: str) -> bytes:
    """The report as PDF. Raises PaperBusy."""
    drawn = None
    if told.summary.get("extent"):
        with patient():
            drawn = map_of(told, MAP_WIDTH, MAP_HEIGHT)
    # A report is read: whoever wants thousands of rows opens the workbook.
    table = shown_table(told, {}, {})
    data = {
        **words(told),
        "language": told.language,
        "map": drawn,
        "chart": _chart(told),
        "heads": [column.label for column in told.columns],
        "numbers": len(told.measures),
        "rows": [_row(line) for line in table.lines],
        "more": table.beyond,
        "apart": [words for _label, words in table.sliver_total],
        "total": [words for _label, words in table.total],
        "sliver_rows": [_row(line) for line in table.slivers],
        "best": _best(told),
        "moved": told.moved,
        "reckoned": [words for words in (sums_words(told), units_without(told)) if words],
        "address": address,
    }
    return set_sheet(TEMPLATE, data, "pdf", key(told, TEMPLATE, _digest(address)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _row(line: ShownLine) -> list[str]:
    return [*line.cells, *(words for _label, words in line.numbers)]


def _chart(told: Told) -> dict[str, Any]:
    found = chart(told)
    amounts = bars_in_words(told, found)
    bars = [
        [bar["label"], bar["color"], bar["share"], words]
        for bar, words in zip(found["bars"][:MOST_BARS], amounts, strict=False)
    ]
    title = f"{measure_label(found['measure'])}: {found.get('label', '')}"
    beyond = len(found["bars"]) - len(bars) + found.get("beyond", 0)
    return {"title": title, "bars": bars, "beyond": beyond}


def _best(told: Told) -> dict[str, Any] | None:
    """The first places by their rank, as the page has them."""
    found = best_pieces(told)
    if found is None:
        return None
    pieces = found[1]
    words = sum(not cell.is_number for cell in pieces.lines[0].cells)
    return {
        "title": _("Xếp hạng: những nơi điểm cao nhất"),
        "numbers": len(pieces.heads) - words + 1,
        "heads": [_("Đối tượng"), _("Xã, phường"), *pieces.heads, _("Độ lớn")],
        "rows": [
            [line.name.title, line.unit, *(cell.text for cell in line.cells), line.size]
            for line in pieces.lines
        ],
    }
