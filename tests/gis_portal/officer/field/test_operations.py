"""Operations through the door of devices: received, refused, kept, in conflict, read, decided."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from gis_portal.officer.field import inbox
from gis_portal.officer.field.errors import (
    AlreadySettled,
    StewardDecides,
    UnknownFieldReport,
    UnknownProposal,
)
from gis_portal.officer.field.kept import kept_items
from gis_portal.officer.field.models import (
    Conflict,
    FieldReport,
    Operation,
    PeopleRead,
    Settlement,
)
from layers.models import AdminUnit, Feature, Jurisdiction, LayerVersion
from layers.permissions import OFFICER, RESTRICTED_READER, STEWARD
from tests.gis_portal.officer.field.sending import (
    OPERATIONS,
    Phone,
    account,
    observation,
    operation,
    proposal,
    unit,
)
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db
CANARY = "CANARY-person"


@pytest.fixture
def here() -> AdminUnit:
    return unit("90001", 107.0)


@pytest.fixture
def there() -> AdminUnit:
    return unit("90002", 107.5)


@pytest.fixture
def phone(here: AdminUnit) -> Phone:
    return Phone(account("officer", OFFICER, units=(here,)))


@pytest.fixture
def version(here: AdminUnit) -> LayerVersion:
    private = {"officer": {"paper": "AB 1"}}
    return published(plots_layer(), ["A1", "A2"], unit_id=here.pk, private=private)


def base_of(version: LayerVersion, code: str = "A1") -> dict[str, Any]:
    uid = Feature.objects.get(version_id=version.pk, key=code).uid
    return {"layer": "test-plots", "uid": str(uid), "version": version.pk}


def test_once_whatever_comes(phone: Phone, version: LayerVersion) -> None:
    """The same receipt for the same id; another content under it is refused by name and kept."""
    sent = operation(observation(), base=base_of(version))
    (first,) = phone.send(sent)
    assert (first["state"], first["code"], first["server_version"]) == ("received", "", version.pk)
    assert phone.send(sent, sent) == [first, first]
    second = Phone(phone.user, "Máy khác")
    assert second.send(sent) == [first]
    asked = second.client.get(OPERATIONS, {"ids": f"{sent['id']},{uuid.uuid4()},x"}).json()
    assert asked["receipts"] == [{**first, "photos_here": 0}]

    other = {**sent, **operation(observation(note="Khác")), "id": sent["id"]}
    stranger = Phone(account("stranger", OFFICER, units=(AdminUnit.objects.get(code="90001"),)))
    for sender, item in ((phone, other), (stranger, sent)):
        (refused,) = sender.send(item)
        assert (refused["id"], refused["code"]) == (sent["id"], "operation-differs")
        assert "cũng được lưu" in refused["detail"]
    assert stranger.client.get(OPERATIONS, {"ids": sent["id"]}).json() == {"receipts": []}
    assert Operation.objects.get().payload == sent["payload"]
    assert FieldReport.objects.get().note == "Cọc mốc bị nhổ."


def test_a_report_is_what_was_sent(phone: Phone, here: AdminUnit, there: AdminUnit) -> None:
    ring = [[107.1, 10.5], [107.2, 10.5], [107.2, 10.6], [107.1, 10.5]]
    sketch = {"type": "Polygon", "coordinates": [ring]}
    people = [{"name": CANARY, "phone": "0900"}]
    sent = operation(observation(sketch=sketch, people=people))
    assert phone.send(sent)[0]["code"] == ""
    number = uuid.UUID(sent["id"])
    report = inbox.report(number, phone.user)
    assert (report.unit, report.observed_state, report.accuracy_m) == (here, "encroached", 4.5)
    assert report.point
    assert report.sketch
    assert (report.point.x, report.sketch.geom_type) == (107.1, "Polygon")
    assert report.checklist == {"form": "shifted", "ongoing": True}

    # People are in a table of their own: only there, only for those who may, on the record.
    assert CANARY not in str(Operation.objects.values()) + str(FieldReport.objects.values())
    assert CANARY not in str(bytes(report.operation.payload_bytes))
    reader = account("reader", OFFICER, RESTRICTED_READER, units=(here,))
    elsewhere = account("elsewhere", OFFICER, RESTRICTED_READER, units=(there,))
    assert inbox.read_people(report, phone.user) == []
    assert inbox.read_people(report, elsewhere) == []
    assert inbox.read_people(report, reader) == people
    assert PeopleRead.objects.get().by == reader
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM officer_field_people")
        assert cursor.fetchone() == (0,)

    # Only within the unit; a steward reads all.
    with pytest.raises(UnknownFieldReport):
        inbox.report(number, elsewhere)
    assert not inbox.reports(inbox.Filters(), elsewhere)
    steward = account("steward", STEWARD)
    filters = inbox.Filters(unit_id=here.pk, kind="encroachment", text="cọc")
    assert [one.pk for one in inbox.reports(filters, steward)] == [number]

    (answer,) = phone.send(operation({"report": sent["id"], "note": "Đã trồng lại."}, "answer"))
    assert answer["state"] == "received"
    assert report.answers.get().note == "Đã trồng lại."


def test_permission_is_asked_when_it_is_applied(
    phone: Phone, version: LayerVersion, there: AdminUnit
) -> None:
    """Not when it was written: what was taken from an officer meanwhile is refused, and kept."""
    Jurisdiction.objects.filter(user=phone.user).update(unit=there)
    place = {"lon": 107.1, "lat": 10.5}
    answer = {"report": str(uuid.uuid4()), "note": "x"}
    for item, code in (
        (operation(observation(), base=base_of(version)), "operation-outside"),
        (operation(observation(place=place)), "operation-outside"),
        (operation(observation(place=None)), "operation-place"),
        (operation(observation(place={"lon": 1, "lat": 1})), "operation-outside"),
        (operation(observation(kind="x")), "operation-payload"),
        (operation(answer, "answer"), "operation-report"),
        (proposal(base_of(version), "code", "A1", "A9"), "operation-outside"),
    ):
        (refused,) = phone.send(item)
        assert (refused["state"], refused["code"]) == ("refused", code)
        assert "vẫn được lưu" in refused["detail"]
        kept = Operation.objects.get(pk=item["id"]).payload
        # Values of a field that nobody could look up are kept as personal data are.
        assert kept == {k: v for k, v in item["payload"].items() if k not in ("old", "new")}
        assert phone.send(item) == [refused]
    assert not FieldReport.objects.exists()
    # A steward reads all of it, but what may be personal; nobody else.
    steward = Client()
    steward.force_login(account("steward", STEWARD))
    page = steward.get("/officer/desk/refused/").content.decode()
    assert page.count("Cọc mốc bị nhổ.") == 5
    assert "Đo lại tại chỗ." in page
    assert "A9" not in page
    steward.force_login(phone.user)
    assert steward.get("/officer/desk/refused/").status_code == 404
    # A layer or parcel that is not there answers as one of somebody else's.
    for wrong in ({"layer": "none"}, {"uid": str(uuid.uuid4())}):
        unknown = operation(observation(), base={**base_of(version), **wrong})
        assert phone.send(unknown)[0]["code"] == "operation-outside"


def test_what_is_odd_is_received_with_a_word(phone: Phone, version: LayerVersion) -> None:
    base = base_of(version)
    published(plots_layer(), ["A2"], unit_id=Jurisdiction.objects.get().unit_id)
    future = (dt.datetime.now(dt.UTC) + dt.timedelta(days=400)).isoformat()
    for sent, code in (
        (operation(observation(), base=base), "parcel-gone"),
        (operation(observation(at=future), made_at=future), "clock-wrong"),
        (operation(observation(), made_at="0001-01-01T00:00:00+14:00"), "clock-wrong"),
        (operation(observation(sketch={"type": "Polygon"})), "sketch-unreadable"),
        (operation(observation(place={"lon": "x"}), base=base), "parcel-gone"),
        (operation(observation(checklist={})), "checklist-incomplete"),
        (operation(observation(checklist={"form": {}})), "checklist-unreadable"),
    ):
        (receipt,) = phone.send(sent)
        assert (receipt["state"], receipt["code"]) == ("received", code)
        report = FieldReport.objects.get(pk=sent["id"])
        assert report.seen_at <= report.received_at
    assert FieldReport.objects.filter(is_gone=True).count() == 2


def test_what_cannot_be_read_is_kept(phone: Phone) -> None:
    good = operation(observation())
    large = operation(observation(note="á" * 100_000))
    odd: list[Any] = [
        None, 5, [], "x", {}, {**good, "id": "x"}, {**good, "sha256": "0" * 64},
        {**good, "payload": []}, {**good, "kind": "x"}, {**good, "made_at": 5},
        {**good, "base": {"layer": "x"}}, {**good, "payload": {"note": "\ud800"}}, large,
    ]  # fmt: skip
    receipts = phone.send(*odd)
    assert {receipt["state"] for receipt in receipts} == {"refused"}
    assert {receipt["code"] for receipt in receipts} == {
        "operation-unreadable", "operation-hash", "operation-too-large"
    }  # fmt: skip
    phone.send(*odd)
    assert kept_items(phone.user) == []
    kept = kept_items(account("steward", STEWARD, RESTRICTED_READER))
    assert len(kept) == len(odd)
    assert json.loads(bytes(kept[0].content)) in odd
    # The id of one that came damaged is free for the right one.
    assert phone.send(good)[0]["state"] == "received"


def test_nul_and_other_things_that_the_database_does_not_take(phone: Phone) -> None:
    payload = observation(note="a\0b", state="x" * 500, checklist={"form": "\0", "q": [1, "\0"]})
    (receipt,) = phone.send(operation(payload))
    assert receipt["state"] == "received"
    assert FieldReport.objects.get().note == "ab"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "operations-unreadable"),
        (b'{"operations":[{"id', 400, "operations-unreadable"),
        (b'{"operations":5}', 400, "operations-unreadable"),
        (b'{"operations":[NaN]}', 400, "operations-unreadable"),
        (b"\xff\xfe", 400, "operations-unreadable"),
        (b"[" * 100_000, 400, "operations-unreadable"),
        (b'{"operations":[' + b"[" * 60 + b"]" * 60 + b"]}", 400, "operations-unreadable"),
        (json.dumps({"operations": [1] * 51}).encode(), 413, "operations-too-large"),
        (b'"' + b"x" * (2 * 2**20) + b'"', 413, "operations-too-large"),
    ],
    ids="empty cut number nan latin deep nested many large".split(),
)
def test_requests_that_are_none(phone: Phone, body: bytes, status: int, code: str) -> None:
    answer = phone.client.post(OPERATIONS, body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_without_a_device_nothing(phone: Phone) -> None:
    assert Client().post(OPERATIONS).status_code in (401, 403)
    phone.device.delete()
    assert phone.send(operation(observation()), status=401) == []


def test_conflicts_stand_side_by_side(phone: Phone, version: LayerVersion) -> None:
    """Who did not know of the other's word is in conflict with it; the same word is none."""
    base, here = base_of(version), Jurisdiction.objects.get().unit
    second, third = Phone(phone.user, "Hai"), Phone(account("b", OFFICER, units=(here,)))
    first = proposal(base, "area", 100, 120)
    assert phone.send(first)[0]["state"] == "received"
    assert second.send(proposal(base, "area", 100.0, 120))[0]["state"] == "received"
    assert third.send(proposal(base, "area", 120, 130))[0]["state"] == "received", "it knew of 120"
    other = proposal(base, "area", 100, 140)
    receipt = Phone(account("c", OFFICER, units=(here,))).send(other)[0]
    assert (receipt["state"], receipt["code"]) == ("conflict", "operation-conflict")
    # Private fields are compared where they lie; the register may have moved on by itself.
    private = {"officer": {"paper": "AB 8"}}
    published(plots_layer(), ["A1"], unit_id=here.pk, private=private)
    assert phone.send(proposal(base, "code", "A1", "A8"))[0]["state"] == "received", "unchanged"
    assert phone.send(proposal(base, "paper", "AB 1", "AB 8"))[0]["state"] == "received", "so it is"
    assert phone.send(proposal(base, "paper", "AB 1", "AB 3"))[0]["state"] == "conflict"
    reader = Phone(account("r", OFFICER, RESTRICTED_READER, units=(here,)))
    for sender in (phone, reader):
        refused = proposal(base, "owner", CANARY, "y")
        assert sender.send(refused)[0]["code"] == "operation-field"
        assert CANARY not in str(bytes(Operation.objects.get(pk=refused["id"]).payload_bytes))
    assert phone.send(proposal(base, "none", "x", "y"))[0]["code"] == "operation-field"

    groups = {group.field: group for group in inbox.conflicts(phone.user)}
    assert {side.value for side in groups["area"].sides} == {120, 130, 140}
    assert groups["paper"].register_values == ["AB 8"]
    assert not inbox.conflicts(account("d", OFFICER, units=(unit("90009", 107.5),)))

    steward, uid = account("steward", STEWARD), uuid.UUID(base["uid"])
    with pytest.raises(StewardDecides):
        inbox.settle_conflict("test-plots", uid, "area", phone.user, take=None)
    with pytest.raises(UnknownProposal):
        inbox.settle_conflict("test-plots", uid, "area", steward, take=uuid.uuid4())
    inbox.settle_conflict("test-plots", uid, "area", steward, take=uuid.UUID(first["id"]), note="x")
    with pytest.raises(AlreadySettled):
        inbox.settle(uuid.UUID(other["id"]), steward, Settlement.TAKEN)
    assert [group.field for group in inbox.conflicts(steward)] == ["paper"]
    assert [str(one.pk) for one in inbox.taken(steward)] == [first["id"]]
    assert {one.field for one in inbox.proposals(steward)} == {"paper", "code"}
    assert Conflict.objects.count() == 4, "nothing is taken out"


def test_nobody_changes_or_takes_out_what_was_sent(phone: Phone) -> None:
    phone.send(operation(observation(people=[{"name": CANARY}])))
    for table in ("operation", "fieldreport", "people", "photo", "conflict", "proposal", "kept"):
        for what in (f"DELETE FROM officer_field_{table}", f"TRUNCATE officer_field_{table}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(what)
    for statement in (
        "UPDATE officer_field_operation SET state = 'x'",
        "UPDATE officer_field_fieldreport SET note = 'x'",
        "UPDATE officer_field_settlement SET outcome = 'taken'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_checklists_are_told(phone: Phone, tmp_path: Any, settings: Any) -> None:
    told = phone.client.get("/officer/api/checklists").json()
    assert [one["kind"] for one in told["checklists"]] == [one["kind"] for one in told["kinds"]]
    assert told["checklists"][1]["questions"][0]["choices"][0]["label"]["en"]
    own = 'title = { vi = "Của xã", en = "Ours" }\n[[question]]\nid = "q"\ntype = "number"\n'
    own += 'label = { vi = "Hỏi", en = "Ask" }\nunit = "m"\n'
    (tmp_path / "inspection.toml").write_text(own, encoding="utf-8")
    settings.PORTAL_CHECKLISTS = str(tmp_path)
    again = phone.client.get("/officer/api/checklists").json()
    assert again["version"] != told["version"]
    assert again["checklists"][0]["questions"] == [
        {"id": "q", "type": "number", "label": {"vi": "Hỏi", "en": "Ask"}, "required": False,
         "unit": "m"}
    ]  # fmt: skip
