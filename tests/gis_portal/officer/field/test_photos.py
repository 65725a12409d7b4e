"""Photos by pieces: where the server is, what it refuses, who sees what came."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from gis_portal.officer.field import inbox, store
from gis_portal.officer.field.models import Operation, Photo
from gis_portal.officer.field.photos import MOST_PIECE, kind_of
from layers.permissions import OFFICER, STEWARD
from tests.gis_portal.officer.field.sending import (
    Phone,
    account,
    declared,
    observation,
    operation,
    sha256,
    unit,
)
from tests.gis_portal.reports.test_pieces import CANARY, photo, with_position

pytestmark = pytest.mark.django_db
HEIC = b"\0\0\0\x18ftypheic" + bytes(64)


@pytest.fixture
def phone() -> Phone:
    return Phone(account("officer", OFFICER, units=(unit("90001", 107.0),)))


def reported(phone: Phone, *photos: bytes, **more: Any) -> str:
    """The address of the photos of a new report."""
    item = operation(observation(*photos, **more))
    phone.send(item)
    return f"/officer/api/photos/{item['id']}"


def code(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.content
    return str(answer.json()["code"])


def reader(name: str, *roles: str, units: tuple[Any, ...] = ()) -> Client:
    client = Client()
    client.force_login(account(name, *roles, units=units))
    return client


def test_a_photo_in_pieces(phone: Phone) -> None:
    whole = with_position()
    path = f"{reported(phone, whole, photo('PNG', (40, 30)))}/0"
    told = phone.client.head(path)
    assert (told.headers["Upload-Offset"], told.headers["Upload-Length"]) == ("0", str(len(whole)))
    assert "X-Receipt" not in told.headers

    half = len(whole) // 2
    first = phone.patch(path, whole[:half], 0, whole)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    # Twice, out of order, beyond the end: the server says where it is, and nothing moves.
    for offset in (0, half + 1, len(whole)):
        again = phone.patch(path, whole[offset:], offset, whole)
        assert code(again, 409) == "photo-offset"
        assert again.headers["Upload-Offset"] == str(half)
    assert phone.patch(path, b"", half, whole).status_code == 204
    assert code(phone.patch(path, whole[half:] + b"x", half, whole), 413) == "photo-too-large"

    last = phone.patch(path, whole[half:], half, whole)
    assert last.status_code == 201
    receipt = last.json()
    assert (receipt["have"], receipt["count"], receipt["sha256"]) == (1, 2, sha256(whole))
    told = phone.client.head(path)
    assert json.loads(told.headers["X-Receipt"]) == receipt
    # The answer was lost: any piece of it brings the same receipt.
    assert phone.patch(path, whole[half:], half, whole).json() == receipt
    assert store.original(sha256(whole)).read_bytes() == whole
    assert not list(store.part_path(uuid.uuid4(), 0).parent.glob("*"))
    kept = Photo.objects.get()
    assert (kept.kind, kept.size, kept.bearing) == ("jpeg", len(whole), 90.5)


def test_what_is_not_taken(phone: Phone) -> None:
    whole, other = photo(size=(60, 40)), photo(size=(40, 60))
    path = reported(phone, whole, b"MZ" * 50, HEIC, whole)
    assert code(phone.patch(f"{path}/9", whole, 0, whole), 422) == "photo-not-declared"
    assert code(phone.patch(f"{path}/0", other, 0, other), 422) == "photo-not-declared"
    assert code(phone.patch(f"{path}/1", b"MZ" * 50, 0, b"MZ" * 50), 415) == "photo-kind"
    assert code(phone.patch(f"{path}/0", bytes(MOST_PIECE + 1), 0, whole), 413) == "photo-too-large"
    said = {"Upload-Offset": "-1"}
    assert code(phone.patch(f"{path}/0", whole, 0, whole, **said), 409) == "photo-offset"
    # Damaged on its way: dropped, and taken anew from the beginning.
    damaged = whole[:-9] + bytes(9)
    assert code(phone.patch(f"{path}/0", damaged, 0, whole), 422) == "photo-hash"
    assert phone.client.head(f"{path}/0").headers["Upload-Offset"] == "0"
    assert phone.patch(f"{path}/0", whole, 0, whole).status_code == 201
    # The same picture twice in a report is two photos; one that we cannot show is kept.
    assert phone.patch(f"{path}/3", whole, 0, whole).json()["have"] == 2
    assert phone.patch(f"{path}/2", HEIC, 0, HEIC).json()["have"] == 3
    # Of another officer, or of nobody, there is no such operation.
    unknown = f"/officer/api/photos/{uuid.uuid4()}/0"
    assert code(phone.patch(unknown, whole, 0, whole), 404) == "operation-unknown"
    here = Operation.objects.get().unit
    assert here
    stranger = Phone(account("b", OFFICER, units=(here,)))
    assert code(stranger.patch(f"{path}/0", whole, 0, whole), 404) == "operation-unknown"
    assert stranger.client.head(f"{path}/0").status_code == 404


def test_evidence_of_what_was_refused_is_kept_too(phone: Phone) -> None:
    whole = photo(size=(60, 40))
    path = reported(phone, whole, place={"lon": 1, "lat": 1})
    assert Operation.objects.get().code == "operation-outside"
    assert phone.patch(f"{path}/0", whole, 0, whole).status_code == 201


def test_too_many_or_too_large_photos_are_said_at_once(phone: Phone) -> None:
    good = declared(0, b"x")
    wrong: tuple[Any, ...] = (
        [{**good, "bytes": 13 * 2**20}], [{**good, "index": n} for n in range(201)], [good, good],
        [{**good, "sha256": "X" * 64}], [{**good, "index": True}], {}, [5],
    )  # fmt: skip
    for photos in wrong:
        (receipt,) = phone.send(operation(observation(photos=photos)))
        assert receipt["code"] == "operation-payload"


def test_a_photo_is_shown_within_its_unit(phone: Phone) -> None:
    whole = with_position()
    path = f"{reported(phone, whole, HEIC)}"
    phone.patch(f"{path}/0", whole, 0, whole)
    phone.patch(f"{path}/1", HEIC, 0, HEIC)
    here = Operation.objects.get().unit
    assert here
    shown, original = f"{path}/0.jpg".replace("/api", ""), f"{path}/0/original".replace("/api", "")
    inside = reader("inside", OFFICER, units=(here,))
    report = inbox.reports(inbox.Filters(), phone.user).get()
    assert (vars(report)["photos_here"], report.photo_count) == (2, 2)
    for client in (inside, reader("steward", STEWARD)):
        answer = client.get(shown)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert CANARY.encode() not in answer.content
        saved: Any = client.get(original)
        assert b"".join(saved.streaming_content) == whole
        assert saved.headers["Content-Disposition"].startswith("attachment")
    assert store.clean_copy(sha256(whole)).is_file()
    assert inside.get(shown.replace("0.jpg", "1.jpg")).status_code == 404
    heic: Any = inside.get(original.replace("/0/", "/1/"))
    assert b"".join(heic.streaming_content) == HEIC
    outside = reader("outside", OFFICER, units=(unit("90002", 107.5),))
    for client in (outside, Client(), reader("nobody")):
        for address in (shown, original, shown.replace("0.jpg", "7.jpg")):
            assert client.get(address).status_code == 404


def test_a_server_that_died_before_the_row_is_there(phone: Phone) -> None:
    """All bytes and no receipt: the next piece, an empty one, brings it."""
    whole = photo(size=(60, 40))
    path = reported(phone, whole)
    number = uuid.UUID(path.rpartition("/")[2])
    with store.part(number, 0) as part:
        part.append(whole)
        part.keep_as(sha256(whole))
    told = phone.client.head(f"{path}/0")
    assert told.headers["Upload-Offset"] == str(len(whole))
    assert "X-Receipt" not in told.headers
    assert phone.patch(f"{path}/0", b"", len(whole), whole).status_code == 201
    assert not store.part_path(number, 0).exists()


@given(cuts=st.lists(st.integers(0, 900), max_size=6), seed=st.integers(0, 9))
@given_settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
def test_any_pieces_in_any_order_make_the_photo(cuts: list[int], seed: int) -> None:
    """Straight at the store: pieces where they fit, refused where they do not."""
    whole = b"\xff\xd8\xff" + bytes(range(256)) * 3 + bytes([seed])
    folder = Path(settings.MEDIA_ROOT)
    number = uuid.uuid4()
    for offset in [*cuts, *range(0, len(whole), 100)]:
        with store.part(number, 0) as part:
            if part.size == offset:
                part.append(whole[offset : offset + 100])
    with store.part(number, 0) as part:
        while part.size < len(whole):
            part.append(whole[part.size : part.size + 100])
        assert part.sha256() == sha256(whole)
        part.drop()
    assert folder.is_dir()


def test_kinds_by_content() -> None:
    assert [kind_of(photo(kind, (9, 9))[:512]) for kind in ("JPEG", "PNG", "WEBP", "GIF")] == [
        "jpeg", "png", "webp", ""
    ]  # fmt: skip
    assert kind_of(HEIC) == "heic"
    assert kind_of(b"") == ""
