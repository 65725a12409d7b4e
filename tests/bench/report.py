"""The run as a document: printed, and kept in docs/benchmarks.md when it was a whole one.

A section is what one test of `test_bench.py` adds; a run is whole when all of them did, on as many
parcels as the figures are of.
"""

import os
import platform
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import django
from django.db import connection

from tests.bench.rows import Figure

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
FIGURES_ARE_OF = 1_000_000
HEAD = """# Benchmarks

Written by `make bench` (`tests/bench/`); do not edit by hand. One run, one machine; answers are
compared before times are taken. Ratios travel between machines, milliseconds do not.

{where}

{count:,} seeded parcels of 4–8 corners with shared edges ({side:.0f} m a side), imported from a
GeoPackage and published; {tiles:,} tiles of zoom 7–17 and {boxes} boxes, the same for every server.
Command: `{command}`, {minutes:.0f} minutes.
"""
TABLE = """| figure | found | wanted | | |
|---|---:|---:|---|---|
{rows}
"""


@dataclass(frozen=True)
class Section:
    """`text` comes under the table of figures: other tables, how it was measured."""

    title: str
    figures: list[Figure]
    text: str = ""

    def __str__(self) -> str:
        parts = [f"## {self.title}"]
        if self.figures:
            rows = "\n".join(figure.row() for figure in self.figures)
            parts.append(TABLE.format(rows=rows).rstrip())
        if self.text:
            parts.append(self.text.strip())
        return "\n\n".join(parts) + "\n"


@dataclass
class Report:
    """What was found so far, by section, in the order of the document."""

    order: tuple[str, ...]
    sections: dict[str, Section] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    versions: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, section: Section) -> None:
        """Keep a section and show it."""
        assert name in self.order, name
        self.sections[name] = section
        minutes = (time.monotonic() - self.began) / 60
        print(f"\n{section}\n  ({name}: {minutes:.1f} minutes since the start)")  # noqa: T201 - a report on the screen

    @property
    def is_whole(self) -> bool:
        """Every section is there."""
        return set(self.order) == set(self.sections)

    def text(self, *, count: int, side: float, tiles: int, boxes: int) -> str:
        """The document."""
        head = HEAD.format(
            where=where(self.versions),
            count=count,
            side=side,
            tiles=tiles,
            boxes=boxes,
            command="make bench",
            minutes=(time.monotonic() - self.began) / 60,
        )
        return "\n".join([head, *(str(self.sections[n]) for n in self.order if n in self.sections)])


def where(more: dict[str, str] | None = None) -> str:
    """Day, machine and versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), postgis_lib_version()")
        postgres, postgis = cursor.fetchone()
    told = [
        f"{datetime.now(UTC):%Y-%m-%d}",
        where_it_ran(),
        f"PostgreSQL {postgres}, PostGIS {postgis}",
        f"Python {platform.python_version()}, Django {django.get_version()}",
        *(f"{name} {version}" for name, version in sorted((more or {}).items())),
    ]
    return " · ".join(told)


def where_it_ran() -> str:
    """The machine."""
    return f"{os.cpu_count()} cores {platform.machine()} ({_processor()}), {_memory()} GB"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "processor unknown"


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
