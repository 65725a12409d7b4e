"""What lies on the server's disk, how it goes, and what is known of devices that broke off."""

import datetime as dt
import os
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gis_portal.officer.packs import housekeeping, making, store
from gis_portal.officer.packs.models import PARCELS, Handout, Part
from layers.catalogue import save_definition
from layers.definition import parse_definition
from layers.models import Layer
from layers.ondemand import download
from layers.permissions import OFFICER
from tests.gis_portal.officer.field.sending import account
from tests.gis_portal.officer.packs.made_register import Register, made_register
from tests.gis_portal.officer.packs.test_packs import document, packs, parts
from tests.gis_portal.officer.test_devices import HANDBOOK, signs_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def register() -> Register:
    made = made_register(12, across=4)
    made.publish()
    return made


@pytest.fixture
def phone(register: Register) -> Client:
    officer: User = account("officer", OFFICER, units=tuple(register.units))
    return signs_in(officer)


def test_old_parts_go_after_a_time(phone: Client, register: Register) -> None:
    (here,) = register.units
    making.make_missing(here.pk)
    first = Part.objects.get(kind=PARCELS)
    register.survey_again(range(12))
    register.publish()
    making.make_missing(here.pk)
    assert Part.objects.filter(kind=PARCELS).count() == 2
    now = timezone.now()
    Part.objects.update(wanted_at=now - dt.timedelta(days=2))
    housekeeping.keep_house()
    # Tiles of before are of no use; rows of before are, for a delta.
    assert sorted(Part.objects.values_list("kind", flat=True)) == [
        "handbook", "layers", "parcels", "parcels", "tiles",
    ]  # fmt: skip
    Part.objects.filter(pk=first.pk).update(wanted_at=now - dt.timedelta(days=31))
    housekeeping.keep_house()
    assert not Part.objects.filter(pk=first.pk).exists()
    assert store.is_kept(first.sha256), "a moment later: its row might have been on its way"
    for path in store.files():
        os.utime(path, (0, 0))
    housekeeping.keep_house()
    assert {path.name for path in store.files()} == set(
        Part.objects.values_list("sha256", flat=True)
    )
    (pack,) = packs(phone)
    assert pack["waiting"] == []


def test_a_field_that_became_personal_is_on_no_disk(phone: Client, register: Register) -> None:
    (before,) = packs(phone)
    held = parts(before)["parcels"]
    assert "lease_no" in document(phone, held)["rows"][0]["p"]
    layer = Layer.objects.get(slug="public-land-parcels")
    fields = [
        {**each, "visibility": "restricted"} if each["name"] == "lease_no" else each
        for each in layer.definition["field"]
    ]
    raw: dict[str, Any] = {**layer.definition, "field": fields}
    save_definition(raw, parse_definition(raw), origin=Layer.SHIPPED)
    assert phone.get(held["url"], headers=HANDBOOK).status_code == 410
    (after,) = packs(phone)
    assert "lease_no" not in document(phone, parts(after)["parcels"])["rows"][0]["p"]
    assert not store.is_kept(held["sha256"])
    asked = phone.get(f"{after['delta']}?from={held['sha256']}", headers=HANDBOOK)
    assert asked.json()["code"] == "pack-too-old"


def test_who_broke_off_does_not_hold_it(phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "AT_ONCE", 100)
    (pack,) = packs(phone)
    part = parts(pack)["parcels"]
    for _again in range(5):
        broken: Any = phone.get(part["url"], headers=HANDBOOK)
        assert broken.streaming
        # As `close` does, which would take the test's database with it.
        for closer in broken._resource_closers:
            closer()
    head = phone.get(part["url"], headers={"Range": "bytes=0-99", **HANDBOOK})
    assert head.status_code == 206
    assert not Handout.objects.exists()
    assert len(phone.get(part["url"], headers=HANDBOOK).getvalue()) == part["bytes"]
    assert Handout.objects.get().kind == PARCELS
