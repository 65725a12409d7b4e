"""Three officers' devices over a bad line to a server that is killed: the long run.

`make test` plays a few of these sequences (`tests/gis_portal/officer/field/test_machine.py`).
Here every processor plays a share, against a copy of the test database; then the server is broken
on purpose, and the same machine has to notice.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from gis_portal.officer.devices.door import Officer
from gis_portal.officer.field import applying, meeting
from gis_portal.officer.field.envelope import Envelope
from gis_portal.officer.field.models import Operation
from tests.gis_portal.officer.field.machine import FATES, KILLS, field_of
from tests.gis_portal.officer.field.sending import uuid7
from tests.gis_portal.officer.field.world import make_world
from tests.running_portal import owner_connection, role_urls

SEQUENCES = 500
SHARES = max(2, os.cpu_count() or 1)
SHARE = Path(__file__).with_name("field_shard.py")


@contextmanager
def copies(database: str) -> Iterator[list[str]]:
    """Of the migrated test database, one a share; nobody may be connected to it meanwhile."""
    connections.close_all()
    names = [f"{database}_share{n}" for n in range(SHARES)]
    with owner_connection(role_urls()["DATABASE_OWNER_URL"]).cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database}"')
        try:
            yield names
        finally:
            for name in names:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def play(database: str, sequences: int, folder: Path) -> "subprocess.Popen[str]":
    """A share begins."""
    environment = {
        **os.environ,
        "PORTAL_TEST_DATABASE": database,
        "PORTAL_FIELD_SEQUENCES": str(sequences),
        "PORTAL_FIELD_TOLD": str(folder / f"{database}.json"),
    }
    command = [sys.executable, "-m", "pytest", "-q", "--reuse-db", "-p", "no:cacheprovider"]
    command += [f"--basetemp={folder / database}", str(SHARE)]
    return subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.mark.faults
@pytest.mark.django_db
def test_five_hundred_sequences_lose_and_double_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = connections["default"].settings_dict["NAME"]
    did: Counter[str] = Counter()
    with copies(database) as names:
        shares = [play(name, -(-SEQUENCES // SHARES), tmp_path) for name in names]
        for share in shares:
            said, _ = share.communicate()
            assert share.returncode == 0, said
    for name in names:
        did.update(json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8")))
    assert did["sequences"] >= SEQUENCES
    assert all(did[fate] for fate in FATES)
    assert all(did[f"killed: {point}"] for point in KILLS)
    assert did["conflicts"] > SEQUENCES
    assert did["same value, no conflict"] > SEQUENCES
    with capsys.disabled():
        sys.stdout.write(f"\n{told(did)}\n")


def told(did: Counter[str]) -> str:
    """What was done, for the reader of the run."""
    kills = {point: did[f"killed: {point}"] for point in KILLS}
    return (
        f"{did['sequences']} sequences of three devices: {did['operations']} operations, sent "
        f"{did['times sent']} times in {did['requests']} requests that were answered; "
        f"the line: {', '.join(f'{fate} {did[fate]}' for fate in FATES)}; "
        f"the server killed {sum(kills.values())} times ({kills}); "
        f"{did['conflicts']} conflicts, all in the inbox; "
        f"{did['same value, no conflict']} pairs of the same value, none in conflict; "
        "0 lost, 0 doubled"
    )


# --- The same machine against a server that is wrong ----------------------------------------------
Break = Callable[[pytest.MonkeyPatch], None]


def applies_again(patch: pytest.MonkeyPatch) -> None:
    """What comes a second time is applied a second time, and the first receipt is given."""
    once = applying._once

    def again(envelope: Envelope, officer: Officer) -> Operation:
        before = Operation.objects.filter(pk=envelope.id).first()
        if before is None:
            return once(envelope, officer)
        once(replace(envelope, id=UUID(uuid7())), officer)
        return before

    patch.setattr(applying, "_once", again)


def forgets_some(patch: pytest.MonkeyPatch) -> None:
    """A receipt for what was never written down."""
    once = applying._once
    count = iter(range(10**9))

    def lazily(envelope: Envelope, officer: Officer) -> Operation:
        if next(count) % 5 != 4:
            return once(envelope, officer)
        found = applying._begun(envelope, officer)
        found.state = "received"
        return found

    patch.setattr(applying, "_once", lazily)


def sees_no_conflict(patch: pytest.MonkeyPatch) -> None:
    """Two values for one field, and nobody is told."""
    patch.setattr(meeting, "exclude", lambda *_words: False)


def sees_conflict_in_the_same(patch: pytest.MonkeyPatch) -> None:
    """Who wrote the same is in conflict, too."""
    patch.setattr(meeting, "exclude", lambda one, other: one.device != other.device)


def sees_the_latest_only(patch: pytest.MonkeyPatch) -> None:
    """A proposal is compared with one other, not with all."""
    found = meeting.conflicts_with
    patch.setattr(meeting, "conflicts_with", lambda proposal: found(proposal)[:1])


@pytest.mark.faults
@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        applies_again,
        forgets_some,
        sees_no_conflict,
        sees_conflict_in_the_same,
        sees_the_latest_only,
    ],
)
def test_a_broken_server_is_found_out(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = field_of(make_world())
    broken(monkeypatch)
    short = settings(
        max_examples=40,
        stateful_step_count=25,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=short)
