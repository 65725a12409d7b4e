"""A province's public land, 7,571 parcels: what a phone has to fetch of it, the first time and
after a hundredth of it changed. Bytes, not times.
"""

from typing import Any

import pytest

from gis_portal.officer.packs import making, store
from gis_portal.officer.packs.models import PARCELS, TILES, Handout
from gis_portal.officer.packs.parcels import changed_uids
from gis_portal.officer.packs.parts import Office, packs_of
from gis_portal.officer.packs.writing import unpacked
from layers.models import AdminUnit
from layers.permissions import OFFICER, STEWARD
from tests.gis_portal.officer.field.sending import account
from tests.gis_portal.officer.packs.made_register import made_register
from tests.gis_portal.officer.packs.test_packs import PACKS, packs, parts
from tests.gis_portal.officer.test_devices import HANDBOOK, signs_in

PARCELS_OF_A_PROVINCE = 7571
MB = 2**20


def made(units: list[AdminUnit]) -> dict[int, dict[str, Any]]:
    """Every unit's pack, made whole: kind → (hash, size)."""
    for one in units:
        making.make_missing(one.pk)
    office = Office.now()
    assert office is not None
    found = packs_of(office, units, private=False)
    assert not any(pack.missing for pack in found)
    return {pack.unit.pk: dict(pack.parts) for pack in found}


@pytest.mark.django_db
def test_a_province_in_one_commune() -> None:
    province = made_register(PARCELS_OF_A_PROVINCE, personal=False)
    province.publish()
    (here,) = province.units
    before = made([here])[here.pk]
    whole = sum(part.size for part in before.values())
    assert whole <= 12 * MB, f"{whole / MB:.1f} MB"
    assert before[TILES].size > 0
    phone = signs_in(account("officer", OFFICER, units=(here,)))
    # Scattered over the whole commune, one in a hundred.
    places = list(range(0, PARCELS_OF_A_PROVINCE, 100))
    province.survey_again(places)
    province.publish()
    after = made([here])[here.pk]
    assert after[TILES].sha256 == before[TILES].sha256, "tiles stay"
    answer = phone.get(f"{PACKS}/{here.pk}/delta?from={before[PARCELS].sha256}", headers=HANDBOOK)
    assert answer.status_code == 200, answer.content
    assert len(answer.content) <= 0.05 * whole
    _check_delta(unpacked(answer.content), before[PARCELS].sha256, after[PARCELS].sha256, places)
    assert Handout.objects.get(kind=PARCELS).sha256 == after[PARCELS].sha256


def _check_delta(told: dict[str, Any], held: str, now: str, places: list[int]) -> None:
    """Who applies it holds what one holds who takes today's part whole."""
    assert (told["from"], told["to"]) == (held, now)
    assert len(told["upsert"]) == len(places)
    before, after = (unpacked(store.read(each) or b"") for each in (held, now))
    rows = {row["uid"]: row for row in before["rows"]}
    rows.update({row["uid"]: row for row in told["upsert"]})
    for uid in told["remove"]:
        del rows[uid]
    assert changed_uids(after["rows"], list(rows.values())) == ([], [])
    assert told["hide"] == after["hide"] == sorted(row["uid"] for row in told["upsert"])


@pytest.mark.django_db
def test_beyond_a_bound_the_pack_is_taken_whole() -> None:
    register = made_register(60, across=10)
    register.publish()
    (here,) = register.units
    phone = signs_in(account("officer", OFFICER, units=(here,)))
    first = made([here])[here.pk]
    # Twice a few: the tiles stay, and hide what changed since they were made, not since last time.
    register.survey_again([0, 20, 40])
    register.publish()
    second = made([here])[here.pk]
    del register.rows[59]
    register.survey_again([1])
    register.publish()
    third = made([here])[here.pk]
    assert first[TILES] == second[TILES] == third[TILES]
    told = delta(phone, here, second[PARCELS].sha256)
    assert (len(told["upsert"]), len(told["remove"]), len(told["hide"])) == (1, 1, 5)
    assert len(delta(phone, here, first[PARCELS].sha256)["upsert"]) == 4
    register.survey_again(range(30))
    register.publish()
    last = made([here])[here.pk]
    assert last[TILES] != third[TILES]
    assert unpacked(store.read(last[PARCELS].sha256) or b"")["hide"] == []
    for held in (first, third):
        answer = delta(phone, here, held[PARCELS].sha256, status=410)
        assert answer["code"] == "pack-too-old"
    assert delta(phone, here, "0" * 64, status=410)["code"] == "pack-too-old"


def delta(phone: Any, unit: AdminUnit, held: str, status: int = 200) -> dict[str, Any]:
    answer = phone.get(f"{PACKS}/{unit.pk}/delta?from={held}", headers=HANDBOOK)
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = unpacked(answer.content) if status == 200 else answer.json()
    return found


@pytest.mark.django_db
def test_a_province_in_many_communes() -> None:
    register = made_register(600, 6, across=30)
    register.publish()
    before = made(list(register.units))
    whole = sum(part.size for parts_of in before.values() for part in parts_of.values())
    register.survey_again(range(50, 600, 100))
    register.publish()
    after = made(list(register.units))
    steward = signs_in(account("steward", STEWARD))
    found = packs(steward)
    assert len(found) == 6, "communes without a parcel are left out of a steward's list"
    assert {parts(pack)["tiles"]["sha256"] for pack in found} == {
        each[TILES].sha256 for each in before.values()
    }
    spent = 0
    for unit in register.units:
        held = before[unit.pk][PARCELS].sha256
        answer = steward.get(f"{PACKS}/{unit.pk}/delta?from={held}", headers=HANDBOOK)
        assert unpacked(answer.content)["to"] == after[unit.pk][PARCELS].sha256
        spent += len(answer.content)
    assert spent <= 0.05 * whole
