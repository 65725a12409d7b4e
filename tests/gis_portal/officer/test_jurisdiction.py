"""Whose units an officer has, and what of a version they may read there."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection

from gis_portal.officer import jurisdiction
from layers import permissions
from layers.models import AdminUnit, Jurisdiction, LayerVersion
from layers.permissions import APPROVER, OFFICER, PLANNER, RESTRICTED_READER, STEWARD
from tests.gis_portal.officer.field.sending import account
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db


def unit(code: str, **more: object) -> AdminUnit:
    """A commune in force."""
    names = {"kind": "Xã", "name": code, "short_name": code, "name_en": code}
    since = {"valid_from": dt.date(2025, 7, 1), "level": AdminUnit.COMMUNE, "code": code}
    return AdminUnit.objects.create(**{**names, **since, **more})


def keys(user: User, version: LayerVersion) -> list[str]:
    """As a queryset and as a condition: the same."""
    found = sorted(jurisdiction.features_in(user, version).values_list("key", flat=True))
    text, values = jurisdiction.features_condition(user, version)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT f.key FROM layers_feature f WHERE {text} ORDER BY 1", values)
        assert [key for (key,) in cursor.fetchall()] == found
    return found


def test_units_belong_to_officers_and_follow_what_the_office_says() -> None:
    here, there = unit("90001"), unit("90002")
    officer = account("officer", OFFICER, units=(here,))
    assert jurisdiction.units_of(officer) == {here.pk}
    assert jurisdiction.may_read_unit(officer, here.pk)
    for other in (there.pk, None):
        assert not jurisdiction.may_read_unit(officer, other)
    # Units without the role, a role without units, an account that is closed.
    for role in (PLANNER, APPROVER, RESTRICTED_READER):
        assert jurisdiction.units_of(account(role, role, units=(here,))) == frozenset()
    assert jurisdiction.units_of(account("new", OFFICER)) == frozenset()
    assert jurisdiction.units_of(AnonymousUser()) == frozenset()
    Jurisdiction.objects.filter(user=officer).update(unit=there)
    assert jurisdiction.units_of(officer) == {there.pk}
    officer.is_active = False
    assert jurisdiction.units_of(officer) == frozenset()


def test_a_steward_has_every_commune_in_force() -> None:
    here, gone = unit("90001"), unit("90003", valid_to=dt.date(2025, 7, 2))
    province = unit("99", level=AdminUnit.PROVINCE)
    steward = account("steward", STEWARD)
    found = jurisdiction.units_of(steward)
    assert here.pk in found
    assert not {gone.pk, province.pk} & found
    assert jurisdiction.may_read_unit(steward, None)


def test_who_may_be_given_something_to_do() -> None:
    """Of what belongs to no unit stewards alone: an officer without units would not see it."""
    here = unit("90001")
    account("steward", STEWARD)
    account("idle", OFFICER)
    account("officer", OFFICER, units=(here,))
    names = [sorted(map(str, jurisdiction.assignees(of))) for of in (here.pk, None)]
    assert names == [["officer", "steward"], ["steward"]]


def test_features_are_those_of_the_units() -> None:
    here, there = unit("90001"), unit("90002")
    version = published(plots_layer(), ["a", "b"], unit_id=here.pk)
    assert keys(account("officer", OFFICER, units=(here,)), version) == ["a", "b"]
    assert keys(account("neighbour", OFFICER, units=(there,)), version) == []
    assert keys(account("planner", PLANNER, units=(here,)), version) == []
    assert keys(account("steward", STEWARD), version) == ["a", "b"]


def test_an_internal_layer_is_nothing_to_who_may_not_see_it() -> None:
    here = unit("90001")
    version = published(plots_layer(visibility="internal"), ["a"], unit_id=here.pk)
    version.layer.refresh_from_db()
    text, _values = jurisdiction.features_condition(AnonymousUser(), version)
    assert text == "false"


def test_one_function_opens_both_the_rooms_and_the_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Row-level security is told what the rooms are told."""
    here, there = unit("90001"), unit("90002")
    private = {"officer": {"paper": "CANARY"}}
    version = published(plots_layer(), ["a"], unit_id=here.pk, private=private)
    neighbour = account("neighbour", OFFICER, units=(there,))
    everything = frozenset({here.pk, there.pk})
    for opened, expected in ((False, 0), (True, 1)):
        if opened:
            monkeypatch.setattr(permissions, "units_in_care", lambda _user: everything)
        with permissions.private_context(neighbour), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM layers_privatevalue")
            assert cursor.fetchone() == (expected,)
        assert len(keys(neighbour, version)) == expected
