"""Private values are kept from everybody whom the database was not told about, whatever the
program asks.
"""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.db import DatabaseError, connection, transaction

from layers import partitions
from layers.models import AdminUnit, Jurisdiction, LayerVersion
from layers.permissions import (
    OFFICER,
    RESTRICTED_READER,
    STEWARD,
    private_context,
    readable_fields,
)
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db
PRIVATE = {"officer": {"paper": "CANARY-paper"}, "restricted": {"owner": "CANARY-owner"}}


def unit(code: str) -> AdminUnit:
    return AdminUnit.objects.create(
        code=code,
        level=AdminUnit.COMMUNE,
        kind="Phường",
        name=code,
        short_name=code,
        name_en=code,
        valid_from=dt.date(2025, 7, 1),
    )


@pytest.fixture
def two_units() -> tuple[AdminUnit, AdminUnit]:
    return unit("90001"), unit("90002")


@pytest.fixture
def version(two_units: tuple[AdminUnit, AdminUnit]) -> LayerVersion:
    return published(plots_layer(), ["a", "b"], unit_id=two_units[0].pk, private=PRIVATE)


def person(*roles: str, units: tuple[AdminUnit, ...] = ()) -> User:
    user = User.objects.create_user("-".join(roles) or "nobody")
    user.groups.set(Group.objects.filter(name__in=roles))
    for one in units:
        Jurisdiction.objects.create(user=user, unit=one)
    return user


def rows(version: LayerVersion) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT values::text FROM layers_privatevalue WHERE version_id = %s ORDER BY 1",
            [version.pk],
        )
        return [row[0] for row in cursor.fetchall()]


def test_without_a_context_there_are_no_rows(version: LayerVersion) -> None:
    assert rows(version) == []


def test_the_partition_itself_cannot_be_read(version: LayerVersion) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {partitions.private_table(version.pk)}")


@pytest.mark.parametrize(
    ("roles", "own", "expected"),
    [
        ((), False, 0),
        ((OFFICER,), False, 0),
        ((OFFICER,), True, 2),
        ((OFFICER, RESTRICTED_READER), True, 4),
        ((RESTRICTED_READER,), True, 0),
        ((STEWARD,), False, 2),
    ],
)
def test_a_reader_sees_the_values_of_their_role_and_units(
    version: LayerVersion,
    two_units: tuple[AdminUnit, AdminUnit],
    roles: tuple[str, ...],
    own: bool,
    expected: int,
) -> None:
    user = person(*roles, units=(two_units[0] if own else two_units[1],))
    with private_context(user):
        assert len(rows(version)) == expected
    assert rows(version) == []


def test_a_context_ends_with_a_failure_too(
    version: LayerVersion, two_units: tuple[AdminUnit, AdminUnit]
) -> None:
    with pytest.raises(ZeroDivisionError), private_context(person(STEWARD)):
        raise ZeroDivisionError
    assert rows(version) == []


def test_anonymous_readers_have_the_public_fields_only() -> None:
    definition = plots_layer().parsed
    assert [f.name for f in readable_fields(definition, AnonymousUser())] == ["code", "area"]
    assert [f.name for f in readable_fields(definition, person(OFFICER))] == [
        "code",
        "area",
        "paper",
    ]
