"""The desk's whole way: a report comes in, is found, assigned, answered, becomes a violation, is
printed; proposals and conflicts; who sees what. Everything through the real door and pages.
"""

import csv
import datetime as dt
import io
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django.plugin import DjangoDbBlocker

from gis_portal.officer.desk.models import Case, Step
from gis_portal.officer.field.models import Settlement
from layers.models import AdminUnit, Feature
from layers.permissions import OFFICER, PLANNER, RESTRICTED_READER, STEWARD
from tests.gis_portal.officer.field.sending import (
    Phone,
    account,
    observation,
    operation,
    proposal,
    unit,
)
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db
DESK = "/officer/desk/"
NOTE = "Hàng rào lấn ra bãi biển, đoạn giữa mốc 2 và mốc 3 – CANARY-note."
FORMULA = '=HYPERLINK("http://x.invalid";"bấm")'
NAME = "CANARY-person"


@dataclass(frozen=True)
class Office:
    """Two communes, an officer with two phones, a steward, one report, a photo's bytes."""

    here: AdminUnit
    there: AdminUnit
    officer: User
    steward: User
    phones: tuple[Phone, Phone]
    uid: str
    base: dict[str, Any]
    report: str
    photo: bytes


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 240), 40).convert("RGB").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module", autouse=True)
def office(db_of_the_file: DjangoDbBlocker) -> Iterator[Office]:
    with db_of_the_file.unblock():
        yield made_office()


def made_office() -> Office:
    here, there = unit("90001", 107.0), unit("90002", 108.0)
    layer = plots_layer()
    version = published(layer, ["A1", "A2"], unit_id=here.pk)
    uid = str(Feature.objects.filter(version_id=version.pk).order_by("key").first().uid)  # type: ignore[union-attr]
    officer = account("canbo", OFFICER, units=(here,))
    steward = account("quanly", STEWARD)
    account("canbo-khac", OFFICER, units=(there,))
    account("lap-quy-hoach", PLANNER)
    phones = Phone(officer, "Máy 1"), Phone(officer, "Máy 2")
    base = {"layer": layer.slug, "uid": uid, "version": version.pk}
    photo = picture()
    corner = [[107.1, 10.5], [107.1001, 10.5], [107.1001, 10.5002], [107.1, 10.5002], [107.1, 10.5]]
    payload = observation(
        photo,
        note=NOTE,
        sketch={"type": "Polygon", "coordinates": [corner]},
        people=[{"name": NAME}],
    )
    sent = operation(payload, base=base)
    assert phones[0].send(sent)[0]["state"] == "received"
    for note, kind in ((FORMULA, "other"), ("Mốc giới còn đủ.", "boundary")):
        other = operation(observation(note=note, kind=kind, checklist={}), base=None)
        assert phones[1].send(other)[0]["state"] == "received"
    return Office(here, there, officer, steward, phones, uid, base, sent["id"], photo)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    if status == 200:
        assert "no-store" in answer.headers["Cache-Control"]
    return re.sub(r"\s+", " ", answer.content.decode())


def act(client: Client, office: Office, what: str, status: int = 302, **said: str) -> str:
    answer = client.post(f"{DESK}reports/{office.report}/{what}/", said)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def test_from_the_list_to_the_end_of_a_violation(office: Office) -> None:
    desk, today = signed_in("canbo"), timezone.localdate()
    assert "CANARY-note" in text(desk, DESK)
    one = f"{DESK}reports/{office.report}/"
    page = text(desk, one)
    for words in (NOTE, "Lô A1", "VN-2000", "± 4,5 m", "Nhận kiểm tra", "0/1 ảnh đã về"):
        assert words in page, words
    assert re.search(r"24[0-9],[0-9] m²", page)
    act(desk, office, "assign", assignee="quanly")
    act(desk, office, "note", note="CANARY-inner gọi tổ trưởng")
    act(desk, office, "answer", answer="Chiều nay tổ công tác đến.")
    answered = operation({"report": office.report, "note": "Tôi chờ ở mốc 2."}, "answer")
    assert "cán bộ vừa trả lời" not in text(desk, DESK)
    assert office.phones[0].send(answered)[0]["state"] == "received"
    assert "cán bộ vừa trả lời" in text(desk, DESK)
    talk = text(desk, one).partition('id="talk"')[2]
    assert 0 < talk.index("Chiều nay tổ công tác đến.") < talk.index("Tôi chờ ở mốc 2.")
    assert "Tôi chờ ở mốc 2." in text(desk, f"{DESK}parcels/{office.uid}/")
    assert "Cần viết vài lời" in act(desk, office, "answer", 422, answer=" ")
    refused = act(desk, office, "move", 409, to="sanctioned")
    assert "không chuyển được sang bước này" in refused
    act(desk, office, "move", to="checking")
    assert "cán bộ vừa trả lời" not in text(desk, DESK)
    act(desk, office, "move", to="confirmed")
    tomorrow = (today + dt.timedelta(1)).isoformat()
    for wrong in ({}, {"decision_no": "1", "decision_date": tomorrow}):
        assert "Cần số và ngày" in act(desk, office, "move", 422, to="violation_recorded", **wrong)
    steps = {"violation_recorded": "12/BB", "sanctioned": "34/QĐ-XPHC", "remedied": "5/BB-NT"}
    for to, paper in steps.items():
        act(desk, office, "move", to=to, decision_no=paper, decision_date=f"{today:%d/%m/%Y}")
    page = text(desk, f"{DESK}parcels/{office.uid}/")
    for words in ("34/QĐ-XPHC", "Đã khắc phục", "Lấn, chiếm đất", "Chiều nay", "quanly"):
        assert words in page, words
    assert "CANARY-inner" not in page
    act(desk, office, "move", to="managed_vacant")
    assert "đã đóng" in text(desk, one)
    assert "CANARY-note" not in text(desk, DESK), "closed ones are asked for"
    assert "CANARY-note" in text(desk, f"{DESK}?state=closed&kind=encroachment&officer=canbo")
    assert "CANARY-note" in text(signed_in("quanly"), f"{DESK}?state=all&mine=on")
    told = office.phones[0].client.get("/officer/api/answers").json()
    assert [one["kind"] for one in told["answers"]] == ["answered"] + ["moved"] * 6
    assert told["answers"][0]["text"] == "Chiều nay tổ công tác đến."
    later = office.phones[0].client.get(f"/officer/api/answers?after={told['next']}").json()
    assert later["answers"] == []


def test_history_is_never_rewritten(office: Office) -> None:
    act(signed_in("canbo"), office, "move", to="checking")
    step = Step.objects.get(case=office.report)
    for forbidden in (step.delete, lambda: Step.objects.update(by="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM officer_desk_case")
    assert Case.objects.get().state == "checking"


@pytest.mark.parametrize("name", ["canbo-khac", "lap-quy-hoach", ""])
def test_others_see_nothing(office: Office, name: str) -> None:
    client = signed_in(name) if name else Client()
    one = f"{DESK}reports/{office.report}/"
    files = [f"{DESK}reports{ending}?state=all" for ending in (".geojson", ".csv", ".xlsx")]
    unknown = [one, f"{one}minutes.pdf", f"{one}place.geojson", f"{DESK}parcels/{office.uid}/"]
    rooms = [
        DESK,
        *(f"{DESK}{room}/" for room in ("proposals", "conflicts", "statistics", "devices")),
    ]
    for address in (*files, *unknown, *rooms, f"{DESK}readings/"):
        answer = client.get(address)
        shown = name == "canbo-khac" and address in (*files, *rooms)
        assert answer.status_code == (200 if shown else 404 if name else 302), address
        assert b"CANARY" not in answer.content, address
        assert b'canbo"' not in answer.content, address
    for what in ("move", "answer", "assign", "people"):
        answer = client.post(f"{one}{what}/", {"to": "checking", "answer": "x" * 9})
        assert answer.status_code == (404 if name else 302)
    assert not Case.objects.exists()


def test_the_map_and_the_files_hold_what_the_list_holds(office: Office) -> None:
    desk = signed_in("canbo")
    found = desk.get(f"{DESK}reports.geojson?kind=encroachment")
    assert "no-store" in found.headers["Cache-Control"]
    (feature,) = found.json()["features"]
    assert feature["geometry"]["coordinates"] == [107.1, 10.5]
    assert feature["properties"]["state"] == "Mới ghi nhận"
    drawn = desk.get(f"{DESK}reports/{office.report}/place.geojson").json()["features"]
    assert [one["geometry"]["type"] for one in drawn] == ["Point", "Polygon"]
    table = desk.get(f"{DESK}reports.csv?state=all").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["Nội dung"] for row in rows} == {NOTE, f"'{FORMULA}", "Mốc giới còn đủ."}
    mine = next(row for row in rows if row["Nội dung"] == NOTE)
    assert float(mine["Diện tích vẽ, m²"]) == pytest.approx(242, abs=2)
    assert (mine["Thửa đất"], mine["Số ảnh"]) == ("Lô A1", "1")
    assert NAME not in table
    book = openpyxl.load_workbook(io.BytesIO(desk.get(f"{DESK}reports.xlsx").content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert any(cell.value == FORMULA for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
    assert "3 báo cáo" in text(desk, f"{DESK}?since=2020-01-01&unit={office.here.pk}")
    for odd in (
        "since=9999-99-99&until=x",
        "unit=99999999999999",
        "parcel=x%00",
        "officer=%00&page=x",
    ):
        text(desk, f"{DESK}?{odd}")


def test_statistics_count_and_measure(office: Office) -> None:
    desk = signed_in("canbo")
    act(desk, office, "answer", answer="Đã nhận, cảm ơn.")
    page = text(desk, f"{DESK}statistics/")
    assert "Phường 90001" in page
    assert re.search(r"24[0-9],[0-9] m²", page)
    assert f'?state=all&amp;kind=encroachment&amp;unit={office.here.pk}">1</a>' in page
    assert re.search(r'<td class="right">0,0</td>', page), "answered within the hour"
    assert "state=new" in page


def test_minutes_say_what_was_recorded(office: Office, tmp_path: Path) -> None:
    desk, paper = signed_in("canbo"), tmp_path / "minutes.pdf"
    act(desk, office, "move", to="checking")
    came = f"/officer/api/photos/{office.report}/0"
    assert office.phones[0].patch(came, office.photo, 0, office.photo).status_code == 201
    address = f"{DESK}reports/{office.report}/minutes.pdf"
    answer = desk.get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    said = _printed(answer.content, paper)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "PHƯỜNG 90001",
        "BIÊN BẢN",
        "Về việc kiểm tra hiện trạng đất có dấu hiệu bị lấn, chiếm",
        "BẢN NHÁP – CHƯA KÝ",
        NOTE,
        "Đang kiểm tra",
        "NGƯỜI LẬP BIÊN BẢN",
        "NGƯỜI CHỨNG KIẾN",
        "Ảnh 1.",
        "hướng 90°",
    ):
        assert words in said, words
    assert NAME not in said
    corners = re.findall(r"1\.16\d\.\d{3},\d{3}", said)
    assert len(corners) >= 4, "the sketch's corners on the grid"
    typed = {
        "people": "Ông Nguyễn Văn Ghềnh, Phó Chủ tịch\nBà Trần Thị Ngọc Ẩn",
        "conclusion": "Buộc tháo dỡ.",
    }
    said = _printed(desk.post(address, typed).content, paper)
    for words in (
        "1. Ông Nguyễn Văn Ghềnh, Phó Chủ tịch",
        "2. Bà Trần Thị Ngọc Ẩn",
        "Buộc tháo dỡ.",
    ):
        assert words in said
    today = timezone.localdate()
    act(desk, office, "sign", minutes_no="07/BB-UBND", minutes_date=today.isoformat())
    said = _printed(desk.get(address).content, paper)
    assert "Số: 07/BB-UBND" in said
    assert f"ngày {today:%d} tháng {today:%m} năm {today.year}" in said
    assert "NHÁP" not in said


def _printed(pdf: bytes, paper: Path) -> str:
    paper.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-raw", paper, "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


def test_names_of_people_are_read_on_the_record(office: Office) -> None:
    reader = account("doc-ten", OFFICER, RESTRICTED_READER, units=(office.here,))
    one = f"{DESK}reports/{office.report}/"
    assert NAME not in text(signed_in("doc-ten"), one)
    assert NAME in signed_in("doc-ten").post(f"{one}people/").content.decode()
    assert NAME not in signed_in("canbo").post(f"{one}people/").content.decode()
    log = text(signed_in("quanly"), f"{DESK}readings/")
    assert reader.username in log
    assert NAME not in log


def test_a_steward_decides_on_proposals_and_conflicts(office: Office) -> None:
    one, two = (proposal(office.base, "code", "A1", new) for new in ("A1-mới", "=A1+1"))
    assert office.phones[0].send(one)[0]["state"] == "received"
    assert office.phones[1].send(two)[0]["state"] == "conflict"
    hidden = proposal(office.base, "paper", None, "CANARY-paper")
    office.phones[0].send(hidden)
    officer, steward = signed_in("canbo"), signed_in("quanly")
    alone = steward.post(f"{DESK}proposals/{one['id']}/", {"outcome": "take"})
    assert alone.status_code == 409
    assert "đang xung đột" in text(steward, f"{DESK}proposals/")
    page = text(officer, f"{DESK}conflicts/")
    assert "A1-mới" in page
    assert "=A1+1" in page
    assert "Ghi quyết định" not in page
    chosen = {**office.base, "field": "code", "take": two["id"], "note": "Đúng theo trích đo."}
    assert officer.post(f"{DESK}conflicts/choose/", chosen).status_code == 403
    assert steward.post(f"{DESK}conflicts/choose/", {**chosen, "take": ""}).status_code == 422
    assert steward.post(f"{DESK}conflicts/choose/", chosen).status_code == 302
    assert "Không có xung đột nào" in text(steward, f"{DESK}conflicts/")
    assert steward.post(f"{DESK}conflicts/choose/", chosen).status_code == 409
    settle = f"{DESK}proposals/{hidden['id']}/"
    assert officer.post(settle, {"outcome": "take"}).status_code == 403
    assert steward.post(settle, {"outcome": "refuse"}).status_code == 422
    assert steward.post(settle, {"outcome": "take"}).status_code == 302
    assert steward.post(settle, {"outcome": "take"}).status_code == 409
    decided = {str(s.proposal_id): s.outcome for s in Settlement.objects.all()}
    assert decided == {one["id"]: "declined", two["id"]: "taken", hidden["id"]: "taken"}
    page = text(officer, f"{DESK}proposals/?settled")
    assert "A1-mới" in page, "the side that was not chosen is still there"
    assert officer.get(f"{DESK}proposals.csv").status_code == 404
    table = steward.get(f"{DESK}proposals.csv").content.decode("utf-8-sig")
    rows = {row["field"]: row for row in csv.DictReader(io.StringIO(table))}
    assert (rows["code"]["key"], rows["code"]["new"]) == ("A1", "'=A1+1")
    page = text(officer, f"{DESK}parcels/{office.uid}/")
    assert "Đề xuất được nhận vào bản sau" in page


def test_devices_are_seen_and_ended(office: Office) -> None:
    steward, phone = signed_in("quanly"), office.phones[1]
    assert "Máy 2" in text(steward, f"{DESK}devices/")
    assert "Máy 2" in text(signed_in("canbo"), f"{DESK}devices/")
    end = f"{DESK}devices/{phone.device.pk}/"
    assert signed_in("canbo-khac").post(end).status_code == 404
    assert steward.post(end).status_code == 302
    assert "đã thu hồi" in text(steward, f"{DESK}devices/")
    answer = phone.client.get("/officer/api/answers")
    assert json.loads(answer.content)["code"] == "device-revoked"


def test_english(office: Office) -> None:
    desk = signed_in("quanly")
    desk.cookies["django_language"] = "en"
    rooms = ("", "proposals/", "conflicts/", "statistics/", "devices/", "readings/")
    for room in (*rooms, f"reports/{office.report}/", f"parcels/{office.uid}/"):
        page = text(desk, f"{DESK}{room}")
        assert '<html lang="en">' in page
    assert "Being checked" in text(desk, f"{DESK}?state=all")
