"""Whose units an officer has, and which features of a version they may read: the one place.

Whatever the officer's rooms hand out (packs, parcels, reports, photos, lists, exports) passes here.
The database has the last word on private values: `layers.permissions.private_context` tells it the
same units, from the same function (`units_in_care`), and row-level security does the rest.
"""

from typing import Any

from django.contrib.auth.models import User as Account
from django.db.models import Q, QuerySet

from layers import permissions
from layers.models import AdminUnit, Feature, LayerVersion
from layers.permissions import OFFICER, STEWARD, User, roles_of

_EVERYTHING = "f.version_id = %s"
_IN_UNITS = "f.version_id = %s AND f.unit_id = ANY(%s)"


def is_officer(user: User | None) -> bool:
    """May use the officer's rooms: officers, and stewards, who have every unit."""
    return bool(roles_of(user) & {OFFICER, STEWARD})


def may_supervise(user: User | None) -> bool:
    """Sees what officers do with devices and personal fields: stewards, of every unit."""
    return STEWARD in roles_of(user)


def units_of(user: User) -> frozenset[int]:
    """Ids of the units in this person's care today; a steward's are all communes in force.

    Empty for everybody else, and for an officer whom nobody has given a unit.
    """
    if STEWARD in roles_of(user):
        communes = AdminUnit.objects.filter(level=AdminUnit.COMMUNE, valid_to=None)
        return frozenset(communes.values_list("pk", flat=True))
    return permissions.units_in_care(user)


def may_read_unit(user: User, unit_id: int | None) -> bool:
    """Whether what belongs to this unit may be read. What belongs to none is the steward's."""
    if STEWARD in roles_of(user):
        return True
    return unit_id is not None and unit_id in units_of(user)


def assignees(unit_id: int | None) -> QuerySet[Account]:
    """Who may take care of what belongs to this unit: stewards, and its officers."""
    able = Q(groups__name=STEWARD)
    if unit_id is not None:
        able |= Q(groups__name=OFFICER, jurisdictions__unit=unit_id)
    found = Account.objects.filter(able, is_active=True)
    return found.distinct().order_by("username")


def features_in(user: User, version: LayerVersion) -> QuerySet[Feature]:
    """The features of a version that the officer's rooms may show to this person."""
    if not version.layer.is_visible_to(user):
        return Feature.objects.none()
    features = Feature.objects.filter(version_id=version.pk)
    if STEWARD in roles_of(user):
        return features
    return features.filter(unit_id__in=units_of(user))


def features_condition(user: User, version: LayerVersion) -> tuple[str, list[Any]]:
    """The same as a condition over rows `f` of layers_feature, with its values.

    A layer that this person may not see has none.
    """
    if not version.layer.is_visible_to(user):
        return "false", []
    if STEWARD in roles_of(user):
        return _EVERYTHING, [version.pk]
    return _IN_UNITS, [version.pk, sorted(units_of(user))]
