"""Who may read what: layers by `visible_to`, fields here, private rows by row-level security.

Roles are Django groups; a superuser has them all. Private values are read only inside
`private_context`, which tells the database for this transaction whose units the reader has: outside
of it the database gives 0 rows.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group
from django.db import connection, transaction

from layers.definition import Field, LayerDefinition
from layers.models import Jurisdiction

User = AbstractBaseUser | AnonymousUser
OFFICER, PLANNER, STEWARD, APPROVER, RESTRICTED_READER = (
    "officer",
    "planner",
    "steward",
    "approver",
    "restricted-reader",
)
ROLES = (OFFICER, PLANNER, STEWARD, APPROVER, RESTRICTED_READER)


def roles_of(user: User | None) -> frozenset[str]:
    """Names of the roles this reader has; empty for anonymous and inactive ones."""
    if user is None or not user.is_authenticated or not user.is_active:
        return frozenset()
    if getattr(user, "is_superuser", False):
        return frozenset(ROLES)
    names: Iterable[Any] = Group.objects.filter(user=user.pk).values_list("name", flat=True)
    return frozenset(names) & frozenset(ROLES)


def readable_fields(definition: LayerDefinition, user: User | None) -> tuple[Field, ...]:
    """The declared fields that this reader may see, filter and sort by."""
    roles = roles_of(user)
    allowed = {"public"}
    if roles & {OFFICER, STEWARD}:
        allowed.add("officer")
    if RESTRICTED_READER in roles:
        allowed.add("restricted")
    return tuple(f for f in definition.fields if f.visibility in allowed)


def units_in_care(user: User) -> frozenset[int]:
    """Ids of the units that an officer has; none for anybody else. Whatever depends on units asks
    here, the database's own rule included.
    """
    if OFFICER not in roles_of(user):
        return frozenset()
    return frozenset(Jurisdiction.objects.filter(user=user.pk).values_list("unit_id", flat=True))


@contextmanager
def private_context(user: User) -> Iterator[None]:
    """A transaction in which the database shows this reader the private values of their units.

    SET LOCAL ends with the transaction, so nothing leaks to the next request on the connection.
    """
    roles = roles_of(user)
    everywhere = STEWARD in roles
    units = frozenset() if everywhere else units_in_care(user)
    with _told(units, everywhere=everywhere, restricted=RESTRICTED_READER in roles):
        yield


@contextmanager
def office_context(unit_id: int) -> Iterator[None]:
    """As `private_context`, for what the portal itself makes of one unit for its officers: their
    values of that unit, never personal ones.
    """
    with _told({unit_id}, everywhere=False, restricted=False):
        yield


@contextmanager
def _told(units: Iterable[int], *, everywhere: bool, restricted: bool) -> Iterator[None]:
    settings = {
        "portal.units": ",".join(map(str, sorted(units))),
        "portal.all_units": "on" if everywhere else "off",
        "portal.restricted": "on" if restricted else "off",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield
        for name in settings:
            # An outer transaction (a request's, a test's) must not keep the context.
            cursor.execute("SELECT set_config(%s, '', true)", [name])
