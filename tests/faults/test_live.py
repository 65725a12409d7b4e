"""Workers as processes: cancelled in every phase, side by side, stopped, asleep, cut off.

Held at a point by the stagehand (no sleep decides what is proved), then let go.
"""

import signal
from collections.abc import Iterator

import pytest

from tests.faults.theatre import Theatre
from tests.importers.made import plots_geojson

LAYER, OTHER = "live-plots", "other-plots"
# A statement or a wait of a minute is interrupted at the next heartbeat, a quarter of the lease.
SOON_SECONDS = 30


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(plots_geojson(tmp_path_factory.mktemp("live") / "plots.geojson", 200))


@pytest.fixture(scope="module")
def layers(stage: Theatre, file: str) -> None:
    for layer in (LAYER, OTHER):
        assert stage.act("prepare", path=file, layer=layer)["state"] == "published"


@pytest.fixture(autouse=True)
def _nothing_left(stage: Theatre, layers: None) -> Iterator[None]:
    yield
    stage.act("strike")
    stage.act("age")
    stage.act("sweep")
    stage.act("work")
    # Files of cancelled runs are kept for a while.
    stage.act("age")
    assert not stage.act("leftovers")
    assert not stage.orphans()


def _submit(stage: Theatre, file: str, layer: str = LAYER) -> int:
    return int(stage.act("submit", path=file, layer=layer)["run"])


@pytest.mark.parametrize(
    ("point", "how"),
    [
        ("file open, child alive", "python"),
        ("while reading", "python"),
        ("after COPY", "sql"),
        ("seal: all but the last", "sql"),
        ("original kept", "python"),
    ],
)
def test_a_running_import_is_cancelled(stage: Theatre, file: str, point: str, how: str) -> None:
    run = _submit(stage, file)
    held = stage.act("hold", point=point, how=how)
    assert held["there"]
    assert stage.act("cancel", run=run) == {"state": "running"}
    ended = stage.act("ended", pid=held["pid"])
    assert ended["status"] == 0
    assert ended["seconds"] < SOON_SECONDS
    seen = stage.act("seen", run=run)
    assert (seen["state"], seen["code"], seen["version"]) == ("cancelled", "cancelled", None)
    assert stage.act("retry", run=run) == {"state": "queued"}
    stage.act("cancel", run=run)


def test_publication_is_not_cancelled(stage: Theatre, file: str) -> None:
    run = _submit(stage, file)
    held = stage.act("hold", point="publication announced", how="python")
    assert stage.act("cancel", run=run) == {"refused": "cannot-cancel"}
    assert stage.act("let_go", pid=held["pid"])["status"] == 0
    assert stage.act("seen", run=run)["state"] == "published"


def test_progress_is_seen_while_the_transaction_is_open(stage: Theatre, file: str) -> None:
    run = _submit(stage, file)
    held = stage.act("hold", point="sealed", how="python")
    assert held["there"]
    seen = stage.act("await_beat", run=run)
    assert seen["state"] == "running"
    assert seen["steps"][:4] == ["read", "prepare", "load", "compare"]
    stage.act("let_go", pid=held["pid"])


def test_two_layers_side_by_side_one_layer_in_turn(stage: Theatre, file: str) -> None:
    first, second = _submit(stage, file), _submit(stage, file)
    elsewhere = _submit(stage, file, OTHER)
    held = stage.act("hold", point="while reading", how="python")
    waiting = stage.act("seen", run=second)
    assert (waiting["state"], waiting["task"], waiting["waits_for"]) == ("queued", None, first)
    # The second worker finds the other layer's task and no other.
    stage.act("work")
    assert stage.act("seen", run=elsewhere)["state"] == "published"
    assert stage.act("seen", run=first)["state"] == "running"
    assert stage.act("seen", run=second)["state"] == "queued"
    stage.act("let_go", pid=held["pid"])
    assert stage.act("seen", run=first)["state"] == "published"
    stage.act("work")
    assert stage.act("seen", run=second)["state"] == "published"


def test_a_worker_that_is_stopped_puts_its_import_back(stage: Theatre, file: str) -> None:
    run = _submit(stage, file)
    held = stage.act("hold", point="while reading", how="python")
    ended = stage.act("let_go", pid=held["pid"], sign=signal.SIGTERM)
    assert (ended["status"], ended["signal"]) == (0, 0)
    assert ended["seconds"] < SOON_SECONDS
    seen = stage.act("seen", run=run)
    assert (seen["state"], seen["attempts"], seen["code"]) == ("queued", 0, "")
    stage.act("sweep")
    stage.act("work")
    assert stage.act("seen", run=run)["state"] == "published"


def test_a_worker_that_slept_goes_on_alone(stage: Theatre, file: str) -> None:
    """A laptop was closed: the lease is over, the session lives. Nobody takes the run."""
    run = _submit(stage, file)
    held = stage.act("hold", point="after COPY", how="python")
    stage.act("send", pid=held["pid"], sign=signal.SIGSTOP)
    stage.act("age")
    stage.act("sweep")
    stage.act("work")
    assert stage.act("seen", run=run)["state"] == "running"
    stage.act("send", pid=held["pid"], sign=signal.SIGCONT)
    assert stage.act("let_go", pid=held["pid"])["status"] == 0
    seen = stage.act("seen", run=run)
    assert (seen["state"], seen["attempts"]) == ("published", 1)


@pytest.mark.parametrize("point", ["after COPY", "committed, before publish", "before read"])
def test_a_worker_that_was_cut_off_writes_nothing(stage: Theatre, file: str, point: str) -> None:
    """Its session is gone and another took the run over: whatever it still tries is in vain."""
    run = _submit(stage, file)
    held = stage.act("hold", point=point, how="python")
    stage.act("send", pid=held["pid"], sign=signal.SIGSTOP)
    assert stage.act("lose_sessions")["ended"] == 1
    stage.act("age")
    stage.act("sweep")
    stage.act("work")
    published = stage.act("seen", run=run)
    assert (published["state"], published["attempts"]) == ("published", 2)
    stage.act("send", pid=held["pid"], sign=signal.SIGCONT)
    stage.act("let_go", pid=held["pid"])
    stage.act("sweep")
    stage.act("work")
    after = stage.act("seen", run=run)
    assert (after["state"], after["version"]) == ("published", published["version"])
    assert stage.act("face", layer=LAYER)["sound"]
