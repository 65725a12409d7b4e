"""The grouped table and its chart as JSON, and the table as CSV.

The CSV hangs on document and stored versions only: no clock, no run, so the same question on the
same versions gives the same bytes.
"""

import csv
import io
from collections.abc import Sequence
from typing import Any

from gis_portal.planner.results.rounding import adding_up, rounded
from gis_portal.planner.results.told import MEASURES, Line, Told
from gis_portal.planner.results.words import measure_label, unknown_words
from layers.exports.formulas import harmless

Json = Any
MOST_BARS = 40
OTHER = "#9a9a9a"
# For classes that no layer gives a colour: told apart by most who see colours otherwise (Okabe and
# Ito, Tol), in an order in which neighbours differ.
PALETTE = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#332288",
    "#999933", "#882255", "#44aa99", "#ddcc77", "#117733", "#aa4499", "#88ccee", "#661100",
)  # fmt: skip
# m² and m to the hundredth, shares to a millionth: beyond that is noise of the arithmetic.
DIGITS = {"area_m2": 2, "length_m": 2, "share": 6}


def table_json(told: Told) -> dict[str, Json]:
    """Everything that a page needs to draw the table, the chart and the legend."""
    run, summary = told.run, told.summary
    return {
        "run": str(run.pk),
        "analysis": str(run.analysis_id),
        "title": told.title,
        "question": [*told.question.lines, told.question.result],
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "grid": told.grid,
        "inputs": [
            {
                "name": stand.name,
                "layer": stand.slug,
                "title": stand.title,
                "version": stand.version,
                "data_date": stand.data_date.isoformat() if stand.data_date else None,
                "source": stand.source,
                "illustrative": stand.illustrative,
            }
            for stand in told.stands
        ],
        "columns": [
            {"name": c.name, "kind": c.kind, "label": c.label, "unit": c.unit} for c in told.columns
        ],
        "rows": [_row(line) for line in told.lines],
        "slivers": {
            **{k: v for k, v in summary.get("slivers", {}).items() if k != "rows"},
            "rows": [_row(line) for line in told.slivers],
        },
        "totals": summary.get("totals", {}),
        "sums": summary.get("sums", {}),
        "extent": summary.get("extent"),
        "legend": legend(told),
        "notes": list(told.notes),
        "chart": chart(told),
    }


def _row(line: Line) -> dict[str, Json]:
    return {**line.values, "labels": dict(line.labels)}


def legend(told: Told) -> list[dict[str, Json]]:
    """Classes of the map with their colours and words."""
    labels = {
        (column.name, class_text(line.values.get(column.name))): line.labels[column.name]
        for line in (*told.lines, *told.slivers)
        for column in told.groups
        if column.kind == "field"
    }
    told_colours = [str(entry["color"]) for entry in told.summary.get("legend", [])]
    is_plain = set(told_colours) <= {OTHER}
    return [
        {
            **entry,
            "color": PALETTE[place % len(PALETTE)] if is_plain else entry["color"],
            "value": class_text(entry["value"]),
            "label": labels.get((entry["column"], class_text(entry["value"])), entry["value"]),
        }
        for place, entry in enumerate(told.summary.get("legend", []))
    ]


def class_text(value: Json) -> str:
    """A class as tiles write it."""
    text = str(value)
    return text.lower() if text in ("True", "False") else text


def main_measure(told: Told) -> str:
    """What bars are as long as: area, else length, else number."""
    totals = told.summary.get("totals", {})
    return next((name for name in ("area_m2", "length_m") if totals.get(name)), "count")


def chart(told: Told) -> dict[str, Json]:
    """Bars of the first field, of the units where there is none; the longest first."""
    measure = main_measure(told)
    by = next((c for c in told.groups if c.kind == "field"), next(iter(told.groups), None))
    if by is None:
        return {"by": None, "measure": measure, "bars": []}
    colours = {str(e["value"]): e["color"] for e in legend(told)}
    added: dict[str, dict[str, Json]] = {}
    for line in told.lines:
        raw = line.values.get(by.name)
        bar = added.setdefault(
            class_text(raw),
            {
                "value": raw,
                "label": line.labels[by.name],
                "color": colours.get(class_text(raw), OTHER),
                "amount": 0.0,
            },
        )
        bar["amount"] += line.values.get(measure) or 0
    bars = sorted(added.values(), key=lambda bar: (-bar["amount"], bar["label"]))
    longest = bars[0]["amount"] if bars and bars[0]["amount"] else 1
    for bar in bars:
        bar["share"] = round(bar["amount"] / longest, 6)
    return {
        "by": by.name,
        "label": by.label,
        "measure": measure,
        "measure_label": measure_label(measure),
        "bars": bars[:MOST_BARS],
        "beyond": max(0, len(bars) - MOST_BARS),
    }


def csv_bytes(told: Told) -> bytes:
    """UTF-8 with the mark that Excel needs; numbers with a point, formulas made harmless.

    Rows and rows of slivers add up to the last row to its last digit.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    measures = [name for name in MEASURES if any(c.name == name for c in told.measures)]
    heads = ["kind"]
    for column in told.groups:
        heads += [column.name, f"{column.name}_label"]
    writer.writerow([*heads, *measures])
    lines = (*told.lines, *told.slivers)
    numbers = [_column(lines, told.total, name) for name in measures]
    for place, line in enumerate(lines):
        cells = [line.kind]
        for column in told.groups:
            raw = line.values.get(column.name)
            cells += ["" if raw is None else harmless(str(raw)), harmless(line.labels[column.name])]
        writer.writerow([*cells, *(column[place] for column in numbers)])
    blank = [""] * (2 * len(told.groups))
    writer.writerow([told.total.kind, *blank, *(column[-1] for column in numbers)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _column(lines: Sequence[Line], total: Line, name: str) -> list[str]:
    """A measure of all lines, and of the total, with a fixed number of digits: equal numbers are
    equal texts.
    """
    digits, whole = DIGITS.get(name, 0), total.values.get(name)
    # Of nothing there are no shares.
    if name == "share" and not lines:
        whole = None
    found = adding_up([line.values.get(name) for line in lines], digits, whole)
    last = None if whole is None else rounded(whole, digits)
    return ["" if number is None else f"{number:f}" for number in (*found, last)]


def is_unknown(line: Line, column: str) -> bool:
    """The row of null and unknown classes."""
    return line.labels.get(column) == unknown_words()
