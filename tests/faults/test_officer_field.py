"""Three officers' devices over a bad line to a server that is killed: the long run.

`make test` plays a few of these sequences (`tests/gis_portal/officer/field/test_machine.py`).
"""

import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.gis_portal.officer.field.machine import KILLS, field_of
from tests.gis_portal.officer.field.world import make_world

SEQUENCES = 500
LONG = settings(
    max_examples=SEQUENCES,
    stateful_step_count=25,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.faults
@pytest.mark.django_db
def test_five_hundred_sequences_lose_and_double_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    played, killed = [], []

    class Counted(field_of(make_world())):  # type: ignore[misc]
        def teardown(self) -> None:
            super().teardown()
            played.append(len(self.wishes))

        def _killed(self, *words: Any) -> None:
            super()._killed(*words)
            killed.append(words[2])

    run_state_machine_as_test(Counted, settings=LONG)
    assert len(played) >= SEQUENCES
    assert {point for _module, point in killed} == {point for _module, point in KILLS.values()}
    words = f"{len(played)} sequences of three devices, {sum(played)} proposals, the server killed"
    with capsys.disabled():
        sys.stdout.write(f"\n{words} {len(killed)} times: nothing lost or doubled\n")
