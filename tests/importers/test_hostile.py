"""Hostile files, each through a whole import with the reader confined, as the portal reads.

Each is refused by its name, or imported with the right count where its content is fine. Nothing is
opened but the file, nobody is asked for anything, no process and no file stays, and the reader
keeps to its memory and time. The controls prove that the bait would tell.
"""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from importers.models import ImportRun
from importers.run import run_import
from layers.models import Layer
from tests.importers import made
from tests.importers.canaries import MARK, Bait, bait
from tests.importers.hostile_answers import EXPECTED
from tests.importers.hostile_archives import ARCHIVES
from tests.importers.hostile_binaries import BINARIES
from tests.importers.hostile_texts import TEXTS

FILES = {**TEXTS, **ARCHIVES, **BINARIES}
MEMORY = 512 * 2**20
# Of its own processor: how long that takes on a crowded machine is not the file's doing.
SECONDS = 5.0
# What a program without our guard does with the file in its arguments.
UNGUARDED = """
import pyogrio.raw, sys
try:
    print(pyogrio.raw.read_arrow(sys.argv[1])[1].to_pylist())
except Exception as error:
    print(error)
"""


@pytest.fixture
def laid(tmp_path: Path) -> Iterator[Bait]:
    with bait(tmp_path) as found:
        yield found


@dataclass(frozen=True)
class Told:
    """What a run left behind: its record, all that it says, and what its reader took."""

    run: ImportRun
    words: str
    peak: int
    cpu: float


def imported(path: Path, layer: Layer, caplog: pytest.LogCaptureFixture, **said: Any) -> Told:
    with caplog.at_level(logging.INFO, "importers.confined.process"):
        run = run_import(path, layer, **said)
    used = next(vars(record) for record in caplog.records if hasattr(record, "peak_bytes"))
    issues = list(run.issues.values_list("value", "message", "hint"))
    words = json.dumps([run.report, run.error_detail, issues], default=str)
    return Told(run, words, used["peak_bytes"], used["cpu_seconds"])


def processes_that_name(folder: Path) -> list[str]:
    """Command lines of processes that name the folder, as the confined child's does, and are still
    there after five seconds: one that was killed needs a moment to be gone.
    """
    deadline = time.monotonic() + 5
    while (found := _named(folder)) and time.monotonic() < deadline:
        pass
    return found


def _named(folder: Path) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in words and b"bwrap" in words:
            found.append(words.decode(errors="replace"))
    return found


@pytest.mark.confined
@pytest.mark.django_db
@pytest.mark.parametrize("case", FILES)
def test_a_hostile_file_does_nothing(
    case: str, laid: Bait, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    layer, before = made.plots(), made.written()
    folder = tmp_path / "in"
    folder.mkdir()
    path = FILES[case](folder, laid)
    laid.openings()
    told = imported(path, layer, caplog)
    answer = told.run.error_code or told.run.rows_loaded
    assert (answer, told.run.state) == (
        EXPECTED[case],
        ImportRun.REFUSED if told.run.error_code else ImportRun.CHECKED,
    )
    assert (laid.openings(), laid.heard) == (0, [])
    assert MARK not in told.words
    assert "Traceback" not in told.words
    assert 0 < told.peak <= MEMORY
    assert told.cpu <= SECONDS
    assert not list(Path(settings.MEDIA_ROOT, "importing").iterdir())
    assert not processes_that_name(tmp_path)
    assert made.written() == before


def unguarded(path: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    done = subprocess.run(
        [sys.executable, "-c", UNGUARDED, str(path)],
        env=environment,
        timeout=60,
        check=True,
        capture_output=True,
    )
    return done.stdout.decode()


def test_the_bait_tells_of_an_unguarded_program_that_reads(laid: Bait, tmp_path: Path) -> None:
    path = TEXTS["VRT as .geojson"](tmp_path, laid)
    laid.openings()
    assert MARK in unguarded(path)
    assert laid.openings() > 0


@pytest.mark.parametrize(
    "case",
    [
        "VRT over the network",
        "GDALG over the network",
        "crs link of the collection",
        "crs link of a geometry",
        "crs link in escapes",
    ],
)
def test_the_bait_tells_of_an_unguarded_program_that_asks(
    case: str, laid: Bait, tmp_path: Path
) -> None:
    unguarded(TEXTS[case](tmp_path, laid))
    assert laid.heard
