"""Three officers' devices over a bad line to a server that is killed: the long run.

`make test` plays a few of these sequences (`tests/gis_portal/officer/field/test_machine.py`).
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.gis_portal.officer.field.machine import Field
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
def test_five_hundred_sequences_lose_and_double_nothing() -> None:
    world, played = make_world(), 0

    class Counted(Field):
        def teardown(self) -> None:
            nonlocal played
            super().teardown()
            played += 1

    run_state_machine_as_test(lambda: Counted(world), settings=LONG)
    assert played >= SEQUENCES
    print(f"{played} sequences of three devices: nothing acknowledged was lost, nothing doubled")
