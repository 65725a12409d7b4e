"""A share of the long run of `test_officer_field.py`, in a process with a database of its own.

Not collected by itself: the long run starts it with the number of sequences and a file for what
was done.
"""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.gis_portal.officer.field.machine import field_of
from tests.gis_portal.officer.field.world import make_world


@pytest.mark.faults
@pytest.mark.django_db
def test_a_share_of_the_sequences() -> None:
    machine = field_of(make_world())
    long = settings(
        max_examples=int(os.environ["PORTAL_FIELD_SEQUENCES"]),
        stateful_step_count=25,
        deadline=None,
        database=None,
        print_blob=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=long)
    Path(os.environ["PORTAL_FIELD_TOLD"]).write_text(json.dumps(machine.did), encoding="utf-8")
