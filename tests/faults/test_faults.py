"""An import over a live layer, killed at every named point: the layer is wholly old or wholly new.

`make faults` kills worker and database at all points and prints the table; a quick set runs with
the other tests. After each kill readers are asked from outside, then sweeper and worker go on by
themselves and must end in `new`, with nothing left behind. A control whose transaction is broken
must be caught by the verdict.
"""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.points import BY_NAME, CONTROL, POINTS, POSTMASTER, QUICK, WORKER, Point
from tests.faults.readers import NEW, OLD, UNKNOWN, Face, verdict
from tests.faults.theatre import Theatre
from tests.importers.made import EAST, NORTH, geojson, plot_rows, squares

PLOTS = 3000
GONE, CHANGED = 60, 30


@dataclass
class Play:
    """The theatre with its two files, what each looks like to readers, and which one is live."""

    stage: Theatre
    files: list[Path]
    faces: list[Face] = field(default_factory=list)
    live: int = 0

    @property
    def old(self) -> Face:
        return self.faces[self.live]

    @property
    def new(self) -> Face:
        return self.faces[1 - self.live]

    @property
    def next_file(self) -> str:
        return str(self.files[1 - self.live])


def _files(folder: Path) -> list[Path]:
    """Two states of one layer: a few plots gone, as many new elsewhere, some changed."""
    rows = plot_rows(PLOTS + GONE)
    shapes = [*squares(PLOTS), *squares(GONE, EAST + 2000, NORTH)]
    first = list(zip(shapes, rows, strict=True))[:PLOTS]
    second = list(zip(shapes, [dict(row) for row in rows], strict=True))[GONE:]
    for _, row in second[:CHANGED]:
        row["name"] += " (mới)"
    return [
        geojson(folder / "first.geojson", first, "EPSG:5899"),
        geojson(folder / "second.geojson", second, "EPSG:5899"),
    ]


@pytest.fixture(scope="module")
def play(stage: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Play:
    files = _files(tmp_path_factory.mktemp("faults"))
    made = Play(stage, files)
    for file in files[::-1]:
        done = stage.act("prepare", path=str(file))
        assert done["state"] == "published", done
        made.faces.insert(0, stage.act("face"))
    assert made.faces[0] != made.faces[1]
    assert all(face["items"] == PLOTS and face["sound"] for face in made.faces)
    assert not stage.act("leftovers")
    return made


def _kill(play: Play, point: Point, victim: str) -> str:
    """Bring an import to the point, kill, and say what readers see then."""
    stage = play.stage
    if point.act != "submit":
        stage.act("submit", path=play.next_file)
    if point.act == "sweep":
        stage.act("die", point="after COPY", victim=WORKER, postmaster=0, path="")
        stage.act("age")
    ended = stage.act(
        "die",
        point=point.name,
        victim=victim,
        postmaster=stage.postmaster(),
        path=play.next_file,
    )
    assert ended["status"] != 99, f"{point.name} was never reached"
    if victim == POSTMASTER:
        stage.restart_database()
    else:
        assert ended["signal"] == 9
    return verdict(stage.act("face"), play.old, play.new)


def _recover(play: Play, point: Point) -> str:
    """What happens by itself: sweeper, worker. A file that never got into the queue is sent
    again."""
    stage = play.stage
    stage.act("age")
    stage.act("sweep")
    if point.act == "submit":
        stage.act("submit", path=play.next_file)
    stage.act("work")
    stage.act("sweep")
    return verdict(stage.act("face"), play.old, play.new)


def _attempt(play: Play, name: str, victim: str) -> None:
    """One kill with its recovery, and its line of the table; the next one goes the other way."""
    point = BY_NAME[name]
    began = time.monotonic()
    seen = _kill(play, point, victim)
    ended = _recover(play, point)
    left = [*play.stage.act("leftovers"), *play.stage.orphans()]
    seconds = time.monotonic() - began
    told = f"{name:<30}{victim:<12}{seen:<9}{ended:<9}{len(left)} left  {seconds:5.1f} s"
    sys.stdout.write(f"\n{told}")
    sys.stdout.flush()
    if ended == NEW:
        play.live = 1 - play.live
    assert seen in {OLD, NEW}, (told, play.stage.act("states"))
    assert ended == NEW, (told, play.stage.act("states"))
    assert not left, (told, left)


@pytest.mark.long
@pytest.mark.parametrize(("name", "victim"), QUICK)
def test_a_few_kills(play: Play, name: str, victim: str) -> None:
    """The quick set."""
    _attempt(play, name, victim)


ALL = [(p.name, WORKER) for p in POINTS]
ALL += [(p.name, POSTMASTER) for p in POINTS if p.postmaster]


@pytest.mark.faults
@pytest.mark.parametrize(("name", "victim"), [one for one in ALL if one not in QUICK])
def test_every_kill(play: Play, name: str, victim: str) -> None:
    """The rest: `make faults`."""
    _attempt(play, name, victim)


@pytest.mark.long
def test_a_broken_transaction_is_caught(play: Play) -> None:
    """The control: a publication that commits half-way and is killed there is neither old nor
    new."""
    point = BY_NAME["publish: hidden"]
    assert _kill(play, point, CONTROL) == UNKNOWN
    # The others find a sound layer again.
    assert _recover(play, point) == NEW
    play.live = 1 - play.live
