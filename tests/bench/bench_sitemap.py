"""A file of the sitemap with 50,000 of a million parcels, beside the bare statement for the same
rows and the same addresses joined; the last file beside the first; the list of files.

In this process, written out whole; each is asked for once before it is timed.
"""

import statistics
import time
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.urls import reverse

from gis_portal.sitemap.addresses import SPAN
from tests.bench.land import SLUG, Land
from tests.bench.rows import Figure

PASSES = 7
_ROWS = """SELECT uid::text FROM layers_feature
WHERE version_id = %s AND id >= %s AND id < %s ORDER BY id"""
_ENDS = "SELECT min(id), max(id) FROM layers_feature WHERE version_id = %s"
TEXT = """One file holds at most {span:,} addresses; {rows:,} parcels make {files} files. The bare
statement reads the numbers of the same rows and joins them to addresses, nothing else."""


def sitemap_figures(land: Land) -> tuple[list[Figure], str]:
    """(figures, text)."""
    client = Client()
    first, last = _ends(land)
    files = (last - first) // SPAN + 1

    def file(number: int) -> bytes:
        answer = client.get(reverse("sitemap-features", args=[SLUG, number]))
        assert answer.status_code == 200
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    def bare() -> bytes:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [land.version.pk, first, first + SPAN])
            rows = cursor.fetchall()
        return "".join(
            f"<url><loc>http://testserver/parcels/{u}/</loc></url>\n" for (u,) in rows
        ).encode()

    assert file(1).count(b"<loc>") == bare().count(b"<loc>") == min(SPAN, land.count)
    ours, theirs = _spent(lambda: file(1)), _spent(bare)
    farthest = _spent(lambda: file(max(1, files - 1)))
    index = _spent(lambda: client.get(reverse("sitemap")).content)
    figures = [
        Figure(
            "file of the sitemap ÷ its bare statement, time", ours / theirs, "",
            remark=f"{ours:.0f} ÷ {theirs:.0f} ms",
        ),
        Figure(
            "file of the sitemap, last whole one ÷ first, time", farthest / ours, "",
            remark=f"{farthest:.0f} ÷ {ours:.0f} ms",
        ),
        Figure("list of the sitemap's files", index, "ms"),
    ]  # fmt: skip
    return figures, TEXT.format(span=SPAN, rows=land.count, files=files)


def _ends(land: Land) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, [land.version.pk])
        first, last = cursor.fetchone()
    return int(first), int(last)


def _spent(work: Callable[[], bytes]) -> float:
    """ms, the median of some passes."""
    found = []
    for _turn in range(PASSES):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)
