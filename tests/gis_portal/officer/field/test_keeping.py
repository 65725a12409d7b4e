"""What lies about: pieces of photos that nobody will finish, and what could not be read at all."""

import datetime as dt
import os
import time
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from gis_portal.officer.devices.models import Device
from gis_portal.officer.field import pieces, store
from gis_portal.officer.field.models import KeptRead, Photo
from layers.permissions import OFFICER, RESTRICTED_READER, STEWARD
from tests.gis_portal.officer.field.sending import (
    Phone,
    account,
    observation,
    operation,
    sha256,
    unit,
)

pytestmark = pytest.mark.django_db
CANARY = "Bà CANARY-QX7 Nguyễn <script>alert(1)</script>"
WHOLE = b"\xff\xd8\xff" + bytes(range(256)) * 4


@pytest.fixture
def phone() -> Phone:
    return Phone(account("officer", OFFICER, units=(unit("90001", 107.0),)))


def begun(phone: Phone, *, days: float) -> uuid.UUID:
    """A report whose photo came half, so long ago."""
    item = operation(observation(WHOLE))
    phone.send(item)
    number = uuid.UUID(item["id"])
    assert phone.patch(path(number), WHOLE[:300], 0, WHOLE).status_code == 204
    aged(number, days)
    return number


def aged(number: uuid.UUID, days: float) -> None:
    then = time.time() - days * 86400
    os.utime(store.part_path(number, 0), (then, then))


def path(number: uuid.UUID) -> str:
    return f"/officer/api/photos/{number}/0"


def test_pieces_stay_as_long_as_their_device_may_come(phone: Phone) -> None:
    number = begun(phone, days=400)
    assert pieces.sweep() == 0
    Device.objects.filter(pk=phone.device.pk).update(revoked_at=timezone.now())
    aged(number, 29)
    assert pieces.sweep() == 0
    aged(number, 31)
    assert pieces.sweep() == 1
    assert not store.part_path(number, 0).exists()


def test_a_photo_whose_pieces_went_is_sent_from_its_beginning(phone: Phone) -> None:
    """From another device of the same person: the first one has expired."""
    number = begun(phone, days=90)
    long_ago = timezone.now() - dt.timedelta(days=60)
    Device.objects.filter(pk=phone.device.pk).update(expires_at=long_ago)
    assert pieces.sweep() == 1
    other = Phone(phone.user)
    refused = other.patch(path(number), WHOLE[300:], 300, WHOLE)
    assert (refused.status_code, refused.headers["Upload-Offset"]) == (409, "0")
    assert other.patch(path(number), WHOLE, 0, WHOLE).status_code == 201
    assert store.original(sha256(WHOLE)).read_bytes() == WHOLE


def test_what_is_whole_leaves_no_pieces(phone: Phone) -> None:
    """A server that died between receipt and tidying; and somebody who is at it just now."""
    number = begun(phone, days=1)
    assert phone.patch(path(number), WHOLE[300:], 300, WHOLE).status_code == 201
    with store.part(number, 0) as part:
        part.append(WHOLE)
    assert pieces.sweep() == 0
    aged(number, 1)
    with store.part(number, 0):
        assert pieces.sweep() == 0
    assert pieces.sweep() == 1
    assert Photo.objects.count() == 1


def test_devices_hear_what_a_restored_server_has(phone: Phone) -> None:
    """Bytes that are gone are told, and taken again."""
    number = begun(phone, days=0)
    ids = f"/officer/api/operations?ids={number},{uuid.uuid4()}"
    assert [one["photos_here"] for one in phone.client.get(ids).json()["receipts"]] == [0]
    assert phone.patch(path(number), WHOLE[300:], 300, WHOLE).status_code == 201
    assert [one["photos_here"] for one in phone.client.get(ids).json()["receipts"]] == [1]
    store.original(sha256(WHOLE)).unlink()
    assert [one["photos_here"] for one in phone.client.get(ids).json()["receipts"]] == [0]
    assert phone.client.head(path(number)).headers["Upload-Offset"] == "0"
    assert phone.patch(path(number), WHOLE, 0, WHOLE).status_code == 201
    assert store.original(sha256(WHOLE)).read_bytes() == WHOLE
    assert Photo.objects.count() == 1


# --- What could not be read -----------------------------------------------------------------------
def signed_in(name: str, *roles: str) -> Client:
    client = Client()
    client.force_login(account(name, *roles))
    return client


def test_strays_are_read_by_stewards_for_personal_data_and_each_look_is_written_down(
    phone: Phone,
) -> None:
    item: dict[str, Any] = operation(observation(note=CANARY))
    (receipt,) = phone.send({**item, "sha256": "0" * 64})
    assert receipt["code"] == "operation-hash"
    steward = signed_in("reader", STEWARD, RESTRICTED_READER)
    listed = steward.get("/officer/desk/kept/").content.decode()
    assert "không khớp mã kiểm tra" in listed
    assert "CANARY" not in listed
    address = listed.partition('href="/officer/desk/kept/')[2].partition('"')[0]
    one = f"/officer/desk/kept/{address}"
    for nobody in (
        Client(),
        phone.client,
        signed_in("steward", STEWARD),
        signed_in("officer-2", OFFICER, RESTRICTED_READER),
    ):
        for forbidden in ("/officer/desk/kept/", one, f"{one}original"):
            answer = nobody.get(forbidden)
            assert answer.status_code in (302, 404)
            assert b"CANARY" not in answer.content
    assert KeptRead.objects.count() == 0
    shown = steward.get(one).content.decode()
    assert "Bà CANARY-QX7 Nguyễn &lt;script&gt;" in shown
    assert "reader" in shown.partition("Đã mở xem")[2]
    saved = steward.get(f"{one}original")
    assert CANARY in saved.json()["payload"]["note"]
    assert KeptRead.objects.count() == 2
    # The device sent it again as it should be.
    phone.send(item)
    assert "Mục đúng đã đến sau đó" in steward.get("/officer/desk/kept/").content.decode()
    assert steward.get(f"/officer/desk/kept/{uuid.uuid4()}/").status_code == 404


def test_looks_at_strays_cannot_be_taken_out() -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM officer_field_keptread")
