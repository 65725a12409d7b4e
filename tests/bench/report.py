"""The measured table as text: printed, and kept in docs/benchmarks.md with machine and versions."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import django
from django.db import connection

from tests.bench.bench_tiles import PASSES, Row
from tests.bench.parcels import COUNT

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
TEXT = """# Benchmarks

Written by `make bench` (`tests/bench/`); do not edit by hand. Every line compares two ways of doing
the same thing on the same rows, best of {passes} passes; answers are compared first.
Ratios travel between machines, milliseconds do not.

{where}

| what is compared with | reference, ms | ours, ms | ours ÷ reference | |
|---|---:|---:|---:|---|
{rows}

## Below the working zoom

Made on the fly from {count} parcels in one area: shapes of two pixels and more are drawn, the rest
is summed into cells (`tiles/lod.py`). Limits: 150 ms and 300 KB a tile.

| zoom | tiles | slowest, ms | largest, KB gzip |
|---:|---:|---:|---:|
{low}

## Not measured here

Other tile servers, a million parcels, many connections at once and nginx.
"""


def write(rows: list[Row], low: list[tuple[int, int, float, float]]) -> str:
    """The document; written to docs/benchmarks.md and returned."""
    text = TEXT.format(
        passes=PASSES,
        count=f"{COUNT:,}",
        where=where(),
        rows="\n".join(
            f"| {r.what} | {r.reference:.1f} | {r.ours:.1f} | {r.ratio:.2f} | {r.remark} |"
            for r in rows
        ),
        low="\n".join(f"| {z} | {n} | {ms:.0f} | {kb:.0f} |" for z, n, ms, kb in low),
    )
    DOCUMENT.write_text(text, encoding="utf-8")
    return text


def where() -> str:
    """Day, machine and versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), postgis_lib_version()")
        postgres, postgis = cursor.fetchone()
    return (
        f"{datetime.now(UTC):%Y-%m-%d} · {os.cpu_count()} cores {platform.machine()} · "
        f"PostgreSQL {postgres}, PostGIS {postgis} · Python {platform.python_version()}, "
        f"Django {django.get_version()}"
    )
