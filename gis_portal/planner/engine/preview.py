"""An answer at once, of a sample: estimates, each with how far off it may be."""

import dataclasses
import math
import time
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, connection, transaction

from gis_portal.planner.asking.versions import live_versions
from gis_portal.planner.document.model import Document
from gis_portal.planner.engine import naming
from gis_portal.planner.engine.compute import Computing, compute
from gis_portal.planner.engine.errors import PreviewTooLong
from gis_portal.planner.engine.run import summarised
from gis_portal.planner.engine.sample import Sample, sample_of
from gis_portal.planner.engine.store import SampleStore, fetched
from gis_portal.planner.engine.summary import Summary
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql
from layers.permissions import User

# No preview takes longer: who needs more asks for the whole answer.
SECONDS = 3.0
CONFIDENCE, QUANTILE = 0.95, 1.96


def preview(
    document: Document, user: User | None, versions: Mapping[str, int] | None = None
) -> Summary:
    """The answer of small layers, of others estimated from a sample; of today's versions or of
    these. Raises PreviewTooLong.
    """
    versions = live_versions(document, user) if versions is None else versions
    drawn = sample_of(document)
    try:
        return _previewed(document, versions, drawn)
    except PreviewTooLong:
        if not drawn.is_whole:
            raise
    return _previewed(document, versions, dataclasses.replace(drawn, is_hurried=True))


def _previewed(document: Document, versions: Mapping[str, int], drawn: Sample) -> Summary:
    grid, _other = naming.grid_of(document, versions)
    ends = time.monotonic() + SECONDS

    def within_time(_share: float, _note: str) -> None:
        if time.monotonic() > ends:
            raise PreviewTooLong

    store = SampleStore(uuid.uuid4())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            limit = f"{int(SECONDS * 1000)}ms"
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
            work = Work(store, grid, document.slivers, within_time)
            computing = Computing(document, versions, work, drawn=drawn)
            drawn.draw(document, versions)
            store.begin()
            rows = compute(computing)
            told = summarised(computing, rows, 0.0)
            found = _estimated(computing, told)
            store.drop()
            return found
    except OperationalError as error:
        raise PreviewTooLong from error


def _estimated(computing: Computing, told: Summary) -> Summary:
    """Numbers of the sample as those of everything."""
    drawn = computing.drawn
    if drawn is None or drawn.size == drawn.whole:
        return Summary(**{**told.as_json(), "sample": {"size": None, "of": None, "factor": 1.0}})
    size, factor = drawn.size, drawn.whole / drawn.size
    squares = _squares(computing)
    for row in [*told.rows, *told.slivers["rows"]]:
        count = row["count"], None
        _scale(row, factor, size, squares)
        if drawn.is_dissolved:
            row["count"], row["count_margin"] = count
    slivers = {**told.slivers, "count": told.slivers["count"] * factor}
    slivers["area_m2"] = told.slivers["area_m2"] * factor
    return Summary(
        **{
            **told.as_json(),
            "slivers": slivers,
            "totals": {
                name: value if drawn.is_dissolved and name == "count" else value * factor
                for name, value in told.totals.items()
            },
            "sums": {},
            "notes": [*told.notes, "sample", *(["sample-dissolved"] if drawn.is_dissolved else [])],
            "sample": {
                "size": size,
                "of": drawn.whole,
                "factor": factor,
                "confidence": CONFIDENCE,
            },
        }
    )


def _squares(computing: Computing) -> float:
    """The mean square of the area of a piece."""
    table = computing.work.store.table()
    text = f"SELECT coalesce(avg(coalesce(area_m2, length_m, 1) ^ 2), 0) FROM {table}"
    return float(fetched(Sql(text))[0][0])


def _scale(row: dict[str, Any], factor: float, size: int, squares: float) -> None:
    """Estimates of everything, with half of the interval that holds the truth so often.

    As of a plain random sample; an even one is seldom worse.
    """
    count = row["count"]
    left = 1 - 1 / factor
    spread = math.sqrt(max(0.0, count * (1 - count / max(1, size))) * left)
    row["count_margin"] = QUANTILE * factor * spread
    row["count"] = round(count * factor)
    for name in ("area_m2", "length_m"):
        if row[name] is not None:
            total = row[name]
            variance = max(0.0, count * squares - total**2 / max(1, size)) * left
            row[f"{name}_margin"] = QUANTILE * factor * math.sqrt(variance)
            row[name] = total * factor
