"""A short run of three devices over a bad line; the long one is `make faults`."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.gis_portal.officer.field.machine import field_of
from tests.gis_portal.officer.field.world import make_world

SHORT = settings(
    max_examples=8,
    stateful_step_count=16,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_nothing_is_lost_doubled_or_overwritten() -> None:
    run_state_machine_as_test(field_of(make_world()), settings=SHORT)
