"""Three officers' devices over a bad line to a server that is killed: the long run.

`make test` plays a few of these sequences (`tests/gis_portal/officer/field/test_machine.py`).
"""

import sys

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.gis_portal.officer.field.machine import field_of
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
    played = []

    class Counted(field_of(make_world())):  # type: ignore[misc]
        def teardown(self) -> None:
            super().teardown()
            played.append(len(self.wishes))

    run_state_machine_as_test(Counted, settings=LONG)
    assert len(played) >= SEQUENCES
    with capsys.disabled():
        sys.stdout.write(f"\n{len(played)} sequences of three devices, nothing lost or doubled\n")
