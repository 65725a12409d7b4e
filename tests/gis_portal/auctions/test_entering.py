"""Entering steps: what the life cycle allows, by whom, and that nothing is ever rewritten."""

import datetime as dt
import uuid
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gis_portal.auctions.entering import Wish, check_move, correct, enter, enter_all
from gis_portal.auctions.errors import (
    DatesDecide,
    EnteredMeanwhile,
    NotCorrectable,
    StageNotNext,
)
from gis_portal.auctions.lots import Lot, Row, lot
from gis_portal.auctions.models import Attachment, StageEntry
from gis_portal.auctions.stages import ANEW, STAGES, Entry, Said, allowed_next, said, stage_at
from layers.permissions import APPROVER, STEWARD
from tests.gis_portal.auctions.made import NOW, at, lots_live, person

TODAY = NOW.date()
NO_DATES = {"reg_start": None, "reg_end": None, "auction_time": None}
MOVES = [(stage.value, after) for stage in STAGES.values() for after in stage.next]


def _standing_at(value: str) -> Lot:
    file = Said(value)
    row = Row(uuid4(), 1, None, 0, 0, "DG", "L", file, None, None, None, None, "", "", "")
    return Lot(row, (), file, STAGES[value], NOW)


@pytest.mark.parametrize("here", list(STAGES))
def test_every_move_that_is_not_allowed_is_refused(here: str) -> None:
    for there in [*STAGES, "", "nowhere"]:
        if (here, there) in MOVES:
            check_move(_standing_at(here), Wish(there, TODAY, "1/QĐ"))
        else:
            with pytest.raises(StageNotNext):
                check_move(_standing_at(here), Wish(there, TODAY, "1/QĐ"))


@given(st.lists(st.integers(0, 3), max_size=25), st.sampled_from(list(STAGES)))
def test_any_walk_along_the_moves_leads_where_it_goes(turns: list[int], start: str) -> None:
    lot_, entries, here, round_ = Said(start), list[Entry](), start, 1
    for number, turn in enumerate(turns, 1):
        after = allowed_next(here)
        if not after:
            break
        there = after[turn % len(after)].value
        round_ += (here, there) in ANEW
        entries.append(Entry(number, there, round_, NOW))
        here = there
        assert stage_at(lot_, entries, NOW).value == here
        assert said(lot_, entries).round == round_


@pytest.fixture
def steward() -> User:
    return person("steward", STEWARD)[0]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is NOW."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def _step(uid: UUID, stage: str, by: User, **more: object) -> StageEntry:
    last = StageEntry.objects.filter(uid=uid).order_by("-pk").values_list("pk", flat=True).first()
    return enter(uid, Wish(stage, TODAY, "12/QĐ", **more), by, last=last or 0)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_every_allowed_move_works(steward: User, clock: None) -> None:
    over = {**NO_DATES, "auction_time": "2026-06-20T08:00:00+07:00"}
    uids = lots_live(
        {
            f"{here}-{there}": {"status": "live", **over}
            if here == "session_over"
            else {"status": here, **NO_DATES}
            for here, there in MOVES
        }
    )
    for here, there in MOVES:
        uid = uids[f"{here}-{there}"]
        assert lot(uid, NOW).stage.value == here
        entry = _step(uid, there, steward)
        assert lot(uid, NOW).stage.value == there, (here, there)
        assert entry.round == 2 if (here, there) in ANEW else 1
        assert entry.by == steward


@pytest.mark.django_db
def test_dates_are_not_entered_against(steward: User, clock: None) -> None:
    uid = lots_live({"A": {"reg_start": "2026-07-02T07:30:00+07:00"}})["A"]
    with pytest.raises(DatesDecide) as told:
        _step(uid, "registration", steward)
    assert "Đã niêm yết" in str(told.value.detail)
    assert not StageEntry.objects.exists()
    _step(uid, "", steward, dates={"reg_start": NOW - dt.timedelta(hours=1)})
    assert lot(uid, NOW).stage.value == "registration"


@pytest.mark.django_db
def test_a_lot_that_failed_comes_again_with_dates_of_its_own(steward: User, clock: None) -> None:
    uid = lots_live({"A": {"status": "failed"}})["A"]
    new = {"reg_start": at("2026-08-01 08:00"), "reg_end": at("2026-08-20 00:00")}
    _step(uid, "announced", steward, dates=new)
    found = lot(uid, at("2026-08-20 23:59"))
    assert (found.said.round, found.stage.value) == (2, "registration")
    assert lot(uid, at("2026-08-21 00:00")).stage.value == "closed"
    assert found.said.auction_time is None


@pytest.mark.django_db
def test_two_stewards_at_once(steward: User, clock: None) -> None:
    uids = lots_live({"A": {"status": "won"}, "B": {"status": "won"}})
    _step(uids["A"], "recognised", steward)
    with pytest.raises(EnteredMeanwhile):
        enter_all(dict.fromkeys(uids.values(), 0), Wish("recognised", TODAY, "1/QĐ"), steward)
    assert lot(uids["B"], NOW).stage.value == "won"


@pytest.mark.django_db
def test_the_register_only_grows(steward: User, clock: None) -> None:
    entry = _step(
        lots_live({"A": {"status": "won"}})["A"], "recognised", steward, link="https://a.vn"
    )
    for table in ("auctions_attachment", "auctions_stageentry"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
            with (
                pytest.raises(DatabaseError, match="only grows"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    assert StageEntry.objects.get() == entry


@pytest.mark.django_db
def test_corrections(steward: User, clock: None) -> None:
    uid = lots_live({"A": {"status": "live", **NO_DATES}})["A"]
    won = _step(uid, "won", steward, winning_price=5)
    recognised = _step(uid, "recognised", steward)
    wish = Wish("failed", TODAY, "2/BB")
    with pytest.raises(StageNotNext):
        correct(uid, won.pk, wish, steward, reason="nhầm", last=recognised.pk)
    with pytest.raises(NotCorrectable):
        correct(uid, won.pk, None, steward, reason="nhầm", last=recognised.pk)
    dearer = Wish("won", TODAY, "1/BB", winning_price=6)
    instead = correct(uid, won.pk, dearer, steward, reason="giá", last=recognised.pk)
    assert lot(uid, NOW).stage.value == "recognised"
    assert lot(uid, NOW).winning_price == 6
    with pytest.raises(NotCorrectable):
        correct(uid, won.pk, dearer, steward, reason="lại", last=instead.pk)
    back = correct(uid, recognised.pk, None, steward, reason="chưa ký", last=instead.pk)
    assert lot(uid, NOW).stage.value == "won"
    last = correct(uid, instead.pk, wish, steward, reason="không ký", last=back.pk)
    assert (lot(uid, NOW).stage.value, last.note) == ("failed", "không ký")
    assert lot(uid, NOW).winning_price is None


# --- The pages ------------------------------------------------------------------------------------


def _fields(**said: object) -> dict[str, object]:
    return {"document": "125/QĐ-UBND", "happened_on": "2026-06-30", "last": 0, **said}


@pytest.mark.django_db
def test_only_stewards_come_in(clock: None) -> None:
    uid = lots_live({"A": {}})["A"]
    form = f"/steward/auctions/{uid}/"
    for path in ("/steward/auctions/", form, f"{form}correct/1/"):
        asked = Client().get(path)
        assert (asked.status_code, asked.headers["Location"]) == (
            302,
            f"/accounts/login/?next={path}",
        )
    approver = person("approver", APPROVER)[1]
    assert approver.get("/steward/auctions/").status_code == 404
    assert approver.post(form, _fields(what="cancelled")).status_code == 404
    assert "/steward/" not in Client().get(f"/auctions/{uid}/").content.decode()
    assert not StageEntry.objects.exists()


@pytest.mark.django_db
def test_the_form_offers_the_next_stages_and_keeps_a_document(clock: None, tmp_path: Path) -> None:
    uids = lots_live({"A": {"status": "won"}, "B": {"status": "won"}, "C": {"status": "live"}})
    client, form = person("steward", STEWARD)[1], f"/steward/auctions/{uids['A']}/"
    page = client.get(form).content.decode()
    offered = [value for value in STAGES if f'<option value="{value}">' in page]
    assert offered == ["recognised", "failed"]
    assert "Nhập cả cho 1 lô khác của cuộc DG-1" in page
    paper = SimpleUploadedFile("../..\\Quyết định <b>.exe", b"%PDF-1.7\n...\n%%EOF\n")
    said = _fields(what="recognised", winning_price="3,7 tỷ", others="1", file=paper)
    answer = client.post(form, said, follow=True)
    assert "Đã nhập cho 2 lô" in answer.content.decode()
    assert StageEntry.objects.count() == 2
    page = Client().get(f"/auctions/{uids['B']}/").content.decode()
    assert "3.700.000.000 đồng" in page
    assert "Ba tỷ bảy trăm triệu đồng" in page
    document = Attachment.objects.filter(entry__uid=uids["B"]).get()
    got = Client().get(f"/auctions/documents/{document.pk}/")
    assert got.getvalue() == b"%PDF-1.7\n...\n%%EOF\n"
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Disposition"].startswith("attachment; filename")
    assert ".exe" not in got.headers["Content-Disposition"]
    assert "sandbox" in got.headers["Content-Security-Policy"]
    entry = document.entry
    taken_back = _fields(what="take-back", note="gửi nhầm tệp", last=entry.pk)
    client.post(f"/steward/auctions/{uids['B']}/correct/{entry.pk}/", taken_back)
    assert lot(uids["B"], NOW).stage.value == "won"
    assert Client().get(f"/auctions/documents/{document.pk}/").status_code == 404
    assert client.get(f"/auctions/documents/{document.pk}/").status_code == 200
    assert "Đã đính chính ở bước sau" in Client().get(f"/auctions/{uids['B']}/").content.decode()
    # Its numbers are counted up: the papers of a lot that is not published are not read either.
    said = {"happened_on": entry.happened_on, "document": "1", "by": entry.by}
    gone = StageEntry.objects.create(uid=uuid.uuid4(), stage="failed", **said)
    lost = Attachment.objects.create(entry=gone, name="a.pdf", kind="pdf", sha256=document.sha256)
    assert Client().get(f"/auctions/documents/{lost.pk}/").status_code == 404
    assert client.get(f"/auctions/documents/{lost.pk}/").getvalue().startswith(b"%PDF")


@pytest.mark.django_db
def test_a_form_that_is_wrong_says_what(clock: None, tmp_path: Path) -> None:
    uid = lots_live({"A": {"status": "won"}})["A"]
    client, form = person("steward", STEWARD)[1], f"/steward/auctions/{uid}/"
    Image.new("RGB", (40, 40), "red").save(tmp_path / "a.png")
    picture = (tmp_path / "a.png").read_bytes()
    refused: list[tuple[dict[str, object], str]] = [
        ({"what": "paid"}, "paid"),
        ({"what": "recognised", "happened_on": "2026-07-02"}, "Ngày này còn ở phía trước"),
        ({"what": "failed", "winning_price": "2 tỷ"}, "chưa có giá trúng"),
        ({"what": "recognised", "winning_price": "nhiều"}, "Viết số tiền"),
        ({"what": "recognised", "link": "javascript:alert(1)"}, "error-link"),
        ({"what": "recognised", "document": ""}, "error-document"),
        (
            {"what": "recognised", "reg_start": "2026-08-02T08:00", "reg_end": "2026-08-01T08:00"},
            "theo thứ tự",
        ),
    ]
    files = {
        "Tệp rỗng": b"",
        "Chỉ nhận PDF": b"<html><script>alert(1)</script>",
        "Chỉ nhận PDF, JPEG": b"GIF89a" + b"0" * 50,
        "bị cắt ngang": b"%PDF-1.4 " + b"0" * 5000,
        "Tệp ảnh bị hỏng": picture[:-30],
        "Tệp lớn hơn 10 MB": b"%PDF-1.4 " + b"0" * (10 * 2**20),
    }
    for words, content in files.items():
        sent = SimpleUploadedFile("a.pdf", content, content_type="application/pdf")
        refused.append(({"what": "recognised", "file": sent}, words))
    for sent_fields, words in refused:
        answer = client.post(form, _fields(**sent_fields))
        assert answer.status_code == 422, sent_fields
        assert words in answer.content.decode(), sent_fields
    assert not StageEntry.objects.exists()
    assert client.post(form, _fields(what="recognised", last=99)).status_code == 409
    late = client.post(form, _fields(what="recognised", note="a\x00b"))
    assert late.status_code == 400
