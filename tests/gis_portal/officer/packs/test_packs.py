"""Packs: what is in them, who may have them, and that they come whole."""

import gzip
import hashlib
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pmtiles.reader import MemorySource, Reader, all_tiles

from gis_portal.officer.devices.models import Reading
from gis_portal.officer.packs import making, store
from gis_portal.officer.packs.held import packs_held
from gis_portal.officer.packs.writing import unpacked
from layers.models import Layer
from layers.permissions import OFFICER, RESTRICTED_READER
from tests.gis_portal.officer.field.sending import account
from tests.gis_portal.officer.packs.made_register import Register, made_register
from tests.gis_portal.officer.test_devices import HANDBOOK, signs_in
from tests.gis_portal.officer.test_jurisdiction import unit

pytestmark = pytest.mark.django_db
PACKS = "/officer/api/packs"


@pytest.fixture
def register() -> Register:
    made = made_register(30, 2, across=6)
    made.publish()
    return made


@pytest.fixture
def officer(register: Register) -> User:
    return account("officer", OFFICER, units=(register.units[0],))


@pytest.fixture
def phone(officer: User) -> Client:
    return signs_in(officer)


def packs(phone: Client) -> list[dict[str, Any]]:
    answer = phone.get(PACKS, headers=HANDBOOK)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "private, no-store"
    found: list[dict[str, Any]] = answer.json()["packs"]
    return found


def parts(pack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {part["kind"]: part for part in pack["parts"]}


def fetched(phone: Client, part: dict[str, Any]) -> bytes:
    """The part, whole and sound."""
    answer = phone.get(part["url"], headers=HANDBOOK)
    assert answer.status_code == 200, answer.content
    body: bytes = answer.getvalue()
    assert len(body) == part["bytes"]
    assert hashlib.sha256(body).hexdigest() == part["sha256"]
    return body


def document(phone: Client, part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(fetched(phone, part)))
    return found


def test_a_pack_of_a_small_commune_is_there_at_once(phone: Client, register: Register) -> None:
    here = register.units[0]
    (pack,) = packs(phone)
    assert (pack["unit"]["id"], pack["unit"]["code"], pack["parcels"]) == (here.pk, "91001", 15)
    assert set(parts(pack)) == {"parcels", "layers", "handbook"}
    assert [each["kind"] for each in pack["waiting"]] == ["tiles"]
    # The worker makes the map.
    assert making.make_missing(here.pk) == "1 made"
    assert making.make_missing(here.pk) == "0 made"
    (pack,) = packs(phone)
    assert pack["waiting"] == []
    assert pack["total_bytes"] == sum(part["bytes"] for part in pack["parts"])
    rows = document(phone, parts(pack)["parcels"])["rows"]
    assert len(rows) == 15
    tiles = Reader(MemorySource(fetched(phone, parts(pack)["tiles"])))
    assert tiles.header()["max_zoom"] == 16
    assert {layer["id"] for layer in tiles.metadata()["vector_layers"]} >= {"public-land-parcels"}
    assert all(body[:2] == b"\x1f\x8b" for _place, body in all_tiles(tiles.get_bytes))
    (held,) = packs_held([here.pk])
    assert (held.user.username, held.version, held.kinds) == ("officer", 1, ("parcels", "tiles"))
    assert packs_held([register.units[1].pk]) == []


def test_a_row_is_the_parcel_as_it_was_surveyed(phone: Client, register: Register) -> None:
    (pack,) = packs(phone)
    found = document(phone, parts(pack)["parcels"])
    by_number = {(row["sheet"], row["number"]): row for row in found["rows"]}
    row, shape = by_number["1", "3"], register.shape(2)
    corners = [[round(x * 1000), round(y * 1000)] for x, y in shape.exterior.coords[:-1]]
    assert row["rings"] == [corners]
    assert row["crs"] == "EPSG:9210"
    assert row["area"] == pytest.approx(shape.area, abs=0.01)
    public = register.rows[2]["public"]
    assert row["old"] == [{"unit": "Phường 3", "sheet": "3", "number": public["parcel_no_old"]}]
    assert row["p"]["address"] == public["address"]
    assert row["p"]["lease_no"] == register.rows[2]["officer"]["lease_no"]
    assert "name" not in row["p"]
    text = json.dumps(found, ensure_ascii=False)
    for person_of in register.rows.values():
        assert person_of["restricted"]["occupier"] not in text
    assert "occupier" not in {field["name"] for field in found["fields"]}


def test_a_part_comes_in_pieces_and_stops_at_a_newer_one(phone: Client, register: Register) -> None:
    (pack,) = packs(phone)
    part = parts(pack)["parcels"]
    whole = fetched(phone, part)
    half = len(whole) // 2
    tag = f'"{part["sha256"]}"'
    ranges = {"Range": f"bytes={half}-", "If-Range": tag, **HANDBOOK}
    rest = phone.get(part["url"], headers=ranges)
    assert (rest.status_code, rest.headers["ETag"]) == (206, tag)
    assert whole[:half] + rest.content == whole
    known = phone.get(part["url"], headers={"If-None-Match": tag, **HANDBOOK})
    assert known.status_code == 304
    beyond = phone.get(part["url"], headers={"Range": f"bytes={len(whole)}-", **HANDBOOK})
    assert beyond.status_code == 416
    register.survey_again([0])
    register.publish()
    packs(phone)
    gone = phone.get(part["url"], headers=HANDBOOK)
    assert (gone.status_code, gone.json()["code"]) == (410, "pack-gone")


def test_another_unit_is_as_one_that_does_not_exist(register: Register, officer: User) -> None:
    other = signs_in(account("neighbour", OFFICER, units=(register.units[1],)))
    (pack,) = packs(other)
    phone = signs_in(officer)
    asked = [part["url"] for part in pack["parts"]]
    asked += [pack["delta"] + "?from=" + parts(pack)["parcels"]["sha256"]]
    asked += [f"{PACKS}/987654/parcels/{'0' * 64}", f"{PACKS}/{unit('90009').pk}/delta?from="]
    for address in asked:
        answer = phone.get(address, headers=HANDBOOK)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-pack"), address
    # The handbook is the same for all, under the own unit's address.
    (mine,) = packs(phone)
    assert parts(mine)["handbook"]["sha256"] == parts(pack)["handbook"]["sha256"]


def test_personal_values_go_to_who_may_read_them_and_on_the_record(register: Register) -> None:
    here = register.units[0]
    reader = signs_in(account("reader", OFFICER, RESTRICTED_READER, units=(here,)))
    (pack,) = packs(reader)
    assert Reading.objects.count() == 0
    found = document(reader, parts(pack)["private"])
    names = {values["occupier"] for values in found["rows"].values()}
    assert names == {register.rows[p]["restricted"]["occupier"] for p in range(15)}
    line = Reading.objects.get()
    assert (line.username, line.unit_id, line.whole, line.count) == ("reader", here.pk, True, 15)
    # Nothing of it lies on the server's disk; the same address gives nothing to another.
    assert not store.is_kept(parts(pack)["private"]["sha256"])
    colleague = signs_in(account("colleague", OFFICER, units=(here,)))
    answer = colleague.get(parts(pack)["private"]["url"], headers=HANDBOOK)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-pack")
    (own,) = packs(colleague)
    assert "private" not in parts(own)


def test_a_layer_that_became_internal_is_in_no_pack(phone: Client, register: Register) -> None:
    here = register.units[0]
    packs(phone)
    making.make_missing(here.pk)
    (pack,) = packs(phone)
    assert "tiles" in parts(pack)
    Layer.objects.filter(slug="public-land-parcels").update(visibility=Layer.INTERNAL)
    answer = phone.get(parts(pack)["tiles"]["url"], headers=HANDBOOK)
    assert answer.status_code == 410


def test_a_delta_brings_changed_personal_values_to_who_has_them(register: Register) -> None:
    here = register.units[0]
    reader = signs_in(account("reader", OFFICER, RESTRICTED_READER, units=(here,)))
    (pack,) = packs(reader)
    held = document(reader, parts(pack)["parcels"])
    asked = f"{pack['delta']}?from={parts(pack)['parcels']['sha256']}"
    register.rows[3]["restricted"]["occupier"] = "Phạm Thị Mới"
    register.publish()
    packs(reader)
    # Who did not take the personal part gets none of it with the rest.
    told = unpacked(reader.get(asked, headers=HANDBOOK).content)
    assert (told["upsert"], told["private"]) == ([], {"upsert": {}, "remove": []})
    (pack,) = packs(reader)
    document(reader, parts(pack)["private"])
    del register.rows[4]["restricted"]["occupier"], register.rows[4]["restricted"]["occupier_phone"]
    register.rows[5]["restricted"]["occupier"] = "Phạm Thị Khác"
    register.publish()
    (now,) = packs(reader)
    asked = f"{pack['delta']}?from={parts(pack)['parcels']['sha256']}"
    told = unpacked(reader.get(asked, headers=HANDBOOK).content)
    uids = {row["number"]: row["uid"] for row in held["rows"]}
    assert {u: v["occupier"] for u, v in told["private"]["upsert"].items()} == {
        uids["6"]: "Phạm Thị Khác"
    }
    assert told["private"]["remove"] == [uids["5"]]
    assert told["private"]["to"] == parts(now)["private"]["sha256"]
    assert [line.purpose for line in Reading.objects.order_by("pk")] == ["pack", "delta"]
