"""The import's figures as text: printed, and kept in docs/benchmarks-import.md."""

from pathlib import Path

from tests.bench.bench_import import Converted, Imported, Limit
from tests.bench.register import Changes
from tests.bench.report import where

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks-import.md"
TEXT = """# Benchmark of the import

Written by `make bench-import` (`tests/bench/`); do not edit by hand. One run, one scratch database;
counts are asserted before times are shown. Ratios travel between machines, seconds do not.

{where}

{count} seeded parcels of 4–8 corners with shared edges, keys, land use, area, manager, in VN-2000
107°45′, from a GeoPackage: read in a confined process, all default checks, every index of a
published version, level of detail excluded.

| figure | found | wanted | |
|---|---:|---:|---|
{figures}

| | seconds |
|---|---:|
{seconds}

*The limit* is COPY (binary) of the very rows that the import stored, with all their columns, into a
plain logged table, then its primary key and one GiST index. *Bare rows* are key, properties and one
shape only: what a table without identity, units, source shape and ready tiles would hold.
*Memory* is the sum of the resident sets of the process and all that it started, sampled every
50 ms; the database server is not in it. *Processor* is their user and system time.
*The same indexes*: key, pages, tiles (Web Mercator made by the index), search and the seven fields
that the file fills, on the one table that ogr2ogr wrote, and ANALYZE: what the difference buys
besides are checks, comparison, identity, units, two more shapes a row and folded search texts.
The second import has {changes}.

## Where the seconds go

| step | first | again |
|---|---:|---:|
{steps}

Rows are copied while later ones are prepared: `prepare` holds most of COPY, `load` is its rest.
"""


def write(
    count: int,
    first: Imported,
    again: Imported,
    limits: tuple[Limit, Limit],
    ogr: Converted | None,
    made: Changes,
    *,
    keep: bool,
) -> str:
    """The document; written to docs/benchmarks-import.md when `keep`, and returned."""
    limit, bare = limits
    text = TEXT.format(
        where=where(),
        count=f"{count:,}",
        figures="\n".join(_figures(first, again, limit, ogr)),
        seconds="\n".join(_seconds(first, again, limit, bare, ogr)),
        changes=", ".join(f"{number:,} {name}" for name, number in vars(made).items()),
        steps="\n".join(
            f"| {name} | {first.steps.get(name, 0):.1f} | {seconds:.1f} |"
            for name, seconds in again.steps.items()
        ),
    )
    if keep:
        DOCUMENT.write_text(text, encoding="utf-8")
    return text


def _figures(first: Imported, again: Imported, limit: Limit, ogr: Converted | None) -> list[str]:
    ours = first.seen.seconds
    rows = [
        ("import ÷ limit", ours / limit.seconds, 3.0, ""),
        ("second import ÷ first", again.seen.seconds / ours, 1.5, ""),
        ("memory, GB", max(i.seen.peak_bytes for i in (first, again)) / 1e9, 1.5, ""),
    ]
    if ogr is not None:
        rows += [
            ("import ÷ ogr2ogr", ours / ogr.plain, 1.0, "with PG_USE_COPY, its GiST, no checks"),
            (
                "import ÷ ogr2ogr and the same indexes",
                ours / (ogr.plain + ogr.indexes),
                1.0,
                "still no checks, no comparison, one shape",
            ),
        ]
    return [
        f"| {what} | {found:.2f} | ≤ {wanted:g} | {'met' if found <= wanted else '**missed**'}"
        f"{'; ' + remark if remark else ''} |"
        for what, found, wanted, remark in rows
    ]


def _seconds(
    first: Imported, again: Imported, limit: Limit, bare: Limit, ogr: Converted | None
) -> list[str]:
    def parts(one: Limit) -> str:
        copied = f"COPY of {one.bytes / 1e6:.0f} MB {one.copy:.1f}"
        return f"{copied}, key {one.key:.1f}, GiST {one.gist:.1f}"

    rows = [
        (f"first import (processor {first.seen.cpu_seconds:.1f})", first.seen.seconds),
        (f"second import (processor {again.seen.cpu_seconds:.1f})", again.seen.seconds),
        (f"the limit: {parts(limit)}", limit.seconds),
        (f"the limit of bare rows: {parts(bare)}", bare.seconds),
    ]
    if ogr is not None:
        rows += [
            ("ogr2ogr", ogr.plain),
            (
                "ogr2ogr and then every index that a published version has, on its own table",
                ogr.plain + ogr.indexes,
            ),
        ]
    return [f"| {what} | {seconds:.1f} |" for what, seconds in rows]
