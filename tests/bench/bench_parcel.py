"""The page of a parcel among a million, with every layer over the same ground: queries, time on the
server, and the time of the page beside that of its statements.

Pages are asked for in this process, one after the other, written out whole; parcels are taken by
chance, each asked for twice and the second time counted: a server has its layers in memory. The
proof that the answers are right is `tests/gis_portal/parcels/test_overlay.py`.
"""

import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.bench.land import Land
from tests.bench.layered_land import layered
from tests.bench.rows import Figure

SEED, PAGES = 20260727, 200
MOST_QUERIES, MOST_MS = 12.0, 150.0
TEXT = """{pages} parcels of {rows:,}, each page asked for twice, the second one counted. Over the
same ground: {layers}. The overlay of all restricting layers is one statement.

| | p50 ms | p95 ms | slowest |
|---|---:|---:|---:|
| the page | {page} |
| its statements | {sql} |
| the overlay's statement | {overlay} |"""


def parcel_figures(land: Land) -> tuple[list[Figure], str]:
    """(figures, text)."""
    with layered(land) as counts:
        client = Client()
        uids = _parcels(land)
        for uid in uids[:10]:
            _asked(client, uid)
        found = [_asked(client, uid) for uid in uids]
    timed = zip(*(f[:4] for f in found), strict=True)
    pages, sql, overlays, used = (sorted(part) for part in timed)
    ratio = statistics.median(page / spent for page, spent, *_rest in found)
    p95 = _p95(pages)
    remark = f"p50 {statistics.median(pages):.0f} ms"
    figures = [
        Figure("parcel page, queries", float(max(f[4] for f in found)), "", MOST_QUERIES,
               at_least=False, remark="the most of any page"),
        Figure("parcel page on the server, p95", p95, "ms", MOST_MS, at_least=False, remark=remark),
        Figure("parcel page, processor time of its process, p95", _p95(used), "ms"),
        Figure("parcel page ÷ its statements, p50", ratio, ""),
        Figure("overlay of all layers, p95 in the database", _p95(overlays), "ms"),
    ]  # fmt: skip
    text = TEXT.format(
        pages=len(found), rows=land.count, page=_row(pages), sql=_row(sql), overlay=_row(overlays),
        layers=", ".join(f"{count:,} of {slug}" for slug, count in counts.items()),
    )  # fmt: skip
    return figures, text


def _asked(client: Client, uid: UUID) -> tuple[float, float, float, float, int]:
    """ms of the page, of its statements, of the overlay's, of this process's processor; how many
    statements there were.
    """
    address = reverse("parcel", args=[uid])
    client.get(address)
    with _watched() as spent:
        began, busy = time.perf_counter(), time.process_time()
        answer = client.get(address)
        used = (time.process_time() - busy) * 1000
        page = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.status_code
    overlay = max(ms for ms, sql in spent if "ST_Intersection(g.shape" in sql)
    return page, sum(ms for ms, _sql in spent), overlay, used, len(spent)


@contextmanager
def _watched() -> Iterator[list[tuple[float, str]]]:
    """Milliseconds and text of every statement."""
    spent: list[tuple[float, str]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(((time.perf_counter() - began) * 1000, sql))

    with connection.execute_wrapper(watch):
        yield spent


def _parcels(land: Land) -> list[UUID]:
    """Taken by chance, the same in every run."""
    chance = random.Random(SEED)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id), max(id) FROM layers_feature WHERE version_id = %s", [land.version.pk]
        )
        first, last = cursor.fetchone()
        wanted = [chance.randint(first, last) for _ in range(PAGES)]
        cursor.execute(
            "SELECT uid FROM layers_feature WHERE version_id = %s AND id = ANY(%s) ORDER BY id",
            [land.version.pk, wanted],
        )
        return [row[0] for row in cursor.fetchall()]


def _p95(ordered: list[float]) -> float:
    return ordered[int(0.95 * (len(ordered) - 1))]


def _row(ordered: list[float]) -> str:
    return f"{statistics.median(ordered):.1f} | {_p95(ordered):.1f} | {ordered[-1]:.1f}"
