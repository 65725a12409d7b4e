"""A report's whole way as its people go it: citizen, officer, steward, everybody."""

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from gis_portal.demo.reports import INVENTED, MARK, ensure_reports
from gis_portal.reports import contacts, filing
from gis_portal.reports.models import Event, Photo, Report
from layers.models import AdminUnit
from layers.permissions import OFFICER, PLANNER, RESTRICTED_READER, STEWARD
from tests.gis_portal.officer.field.sending import account, unit
from tests.gis_portal.reports.test_pieces import bomb, photo, with_position
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db
NAME, PHONE, EMAIL, TEXT = "CANARY-name", "0900 111 222", "canary@example.vn", "CANARY-text of it"
CANARIES = ("CANARY", PHONE, EMAIL)
SENT = {
    "category": "encroachment",
    "text": f"Hàng rào lấn ra bãi biển. {TEXT}",
    "position": "10.346, 107.084",
    "name": NAME,
    "phone": PHONE,
    "email": EMAIL,
    "token": "0" * 32,
}


@pytest.fixture
def here() -> AdminUnit:
    """The commune of the reports here."""
    return unit("90001", 107.0)


def person(name: str, *roles: str, units: tuple[AdminUnit, ...] = ()) -> Client:
    client = Client()
    client.force_login(account(name, *roles, units=units))
    return client


def send(client: Client | None = None, *photos: bytes, **changes: str) -> Any:
    files = [SimpleUploadedFile(f"{n}.jpg", content) for n, content in enumerate(photos)]
    given = {**SENT, **changes, "photos": files}
    return (client or Client()).post("/reports/new/", given)


def sent(*photos: bytes, **changes: str) -> Report:
    """A report that was taken."""
    answer = send(None, *photos, **changes)
    assert answer.status_code == 302, re.findall(r'role="alert".*?</div>', answer.content.decode())
    digits = re.sub(r"\D", "", answer.headers["Location"])
    return Report.objects.get(reference=digits)


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return re.sub(r"\s+", " ", answer.content.decode())


def status_page(report: Report) -> str:
    return text(Client(), f"/reports/{report.reference}/".replace(report.reference, dashed(report)))


def dashed(report: Report) -> str:
    return report.number.replace(" ", "-")


def test_from_the_form_to_the_public_page(here: AdminUnit) -> None:
    page = text(Client(), "/reports/new/?lon=107.084&lat=10.346")
    assert 'value="10.346000, 107.084000"' in page
    assert "không bắt buộc" in page

    answer = send(None, with_position())
    followed = Client().get(answer.headers["Location"])
    report = Report.objects.get()
    assert report.number in followed.content.decode()
    assert "Đã nhận phản ánh" in followed.content.decode()
    assert (report.unit, report.has_contact, report.photos.count()) == (here, True, 1)
    assert "mới nhận" in status_page(report)

    officer = person("officer", OFFICER, units=(here,))
    inbox = "/steward/reports/"
    assert TEXT in text(officer, inbox)
    one = f"{inbox}{report.reference}/"
    assert officer.post(f"{one}move/", {"to": "checking"}).status_code == 302
    officer.post(f"{one}note/", {"note": "CANARY-note gọi tổ trưởng"})
    officer.post(f"{one}assign/", {"assignee": "officer"})
    told = "Đã tháo dỡ hàng rào ngày 20/11."
    officer.post(f"{one}move/", {"to": "answered", "answer": told, "public": "on"})
    assert told in status_page(report)
    assert told not in text(Client(), "/reports/"), "nothing shows before it is released"

    shown = report.photos.get()
    refused = officer.post(f"{one}release/", {"public_text": " "})
    assert refused.status_code == 409
    moderated = "Hàng rào lấn bãi biển."
    released = {"public_text": moderated, "answer": "on", "photo": [str(shown.pk)]}
    assert officer.post(f"{one}release/", released).status_code == 302
    everybody = text(Client(), "/reports/")
    assert moderated in everybody
    assert told in everybody
    assert Client().get(f"/reports/photos/{shown.pk}.jpg").status_code == 200
    place = Client().get("/reports/handled.geojson").json()["features"][0]
    assert place["geometry"]["coordinates"] == [107.0825, 10.3475]
    history = text(officer, one)
    for line in ("Nhận phản ánh", "Đang kiểm tra", "Ghi chú nội bộ", "Giao cho", "Đã trả lời"):
        assert line in history

    officer.post(f"{one}move/", {"to": "checking"})
    assert moderated not in text(Client(), "/reports/"), "opened again: off the public page"
    assert Client().get(f"/reports/photos/{shown.pk}.jpg").status_code == 404


def test_a_report_about_an_object_takes_its_place_and_its_name(here: AdminUnit) -> None:
    layer = plots_layer()
    published(layer, ["7"], unit_id=here.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT uid FROM layers_feature")
        uid = str(cursor.fetchone()[0])
    about = {"layer": layer.slug, "uid": uid}
    assert "Lô 7" in text(Client(), f"/reports/new/?layer={layer.slug}&uid={uid}")
    report = sent(position="", category="wrong-boundary", **about)
    assert (report.layer_slug, str(report.uid), report.unit) == (layer.slug, uid, here)
    assert "Lô 7" in text(person("steward", STEWARD), f"/steward/reports/{report.reference}/")
    whole = {"layer": layer.slug, "position": "", "text": f"{TEXT} cả lớp"}
    assert sent(category="wrong-attribute", **whole).point is None
    assert send(None, category="dumping", **whole).status_code == 422, "on which ground?"
    for strange in ("\x00", "nothing", "x" * 900):
        assert Client().get("/reports/new/", {"layer": strange, "uid": strange}).status_code == 200


def test_sent_twice_is_one_and_a_changed_word_is_another(here: AdminUnit) -> None:
    content = photo()
    first = sent(content)
    assert sent(content) == first
    assert sent(content, text=SENT["text"] + " Thêm.") != first
    assert Report.objects.count() == 2


def test_a_refusal_writes_nothing_and_keeps_the_words(here: AdminUnit) -> None:
    cases: list[tuple[tuple[bytes, ...], dict[str, str], int, str]] = [
        ((photo(), bomb()), {}, 422, "Ảnh thứ 2: ảnh có quá nhiều điểm ảnh."),
        ((b"",), {}, 422, "Ảnh thứ 1: tệp rỗng."),
        ((photo(),) * 4, {}, 422, "Nhiều nhất ba ảnh"),
        ((b"\xff\xd8\xff" + bytes(12 * 2**20),), {}, 422, "tệp lớn hơn 12 MB"),
        ((), {"category": "x"}, 422, "id_category"),
        ((), {"position": "21.03, 105.85"}, 422, "ngoài tỉnh"),
        ((), {"position": ""}, 422, "Cho biết chỗ đó ở đâu"),
        ((), {"phone": "<b>"}, 422, "Viết số điện thoại"),
        ((), {"website": "http://spam.example"}, 422, "Để trống ô này"),
        ((), {"text": "\x00 mười ký tự"}, 422, "field-bad"),
    ]
    for photos, changes, status, words in cases:
        answer = send(None, *photos, **changes)
        page = answer.content.decode()
        assert answer.status_code == status, changes
        assert words in page, (changes, words)
        assert NAME in page
        assert 'role="alert"' in page
    for model in (Report, Photo, Event):
        assert not model.objects.exists()


def test_bounds_on_how_many(here: AdminUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PORTAL_REPORTS_EACH", 2)
    for number in range(2):
        sent(text=f"{TEXT} {number}")
    refused = send(None)
    assert refused.status_code == 429
    assert "quá nhiều phản ánh" in refused.content.decode()
    assert NAME in refused.content.decode(), "what was typed is kept"
    assert "Đã nhận" in text(Client(), send_again_location(number=1))
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert send(elsewhere).status_code == 302
    monkeypatch.setattr(settings, "PORTAL_REPORTS_ALL", 3)
    assert send(Client(REMOTE_ADDR="203.0.113.10"), text=f"{TEXT} x").status_code == 429
    Report.objects.update(sent_at=timezone.now() - dt.timedelta(days=2))
    filing.forget_hosts()
    assert not Report.objects.exclude(host="").exists()
    sent(text=f"{TEXT} again")


def send_again_location(number: int) -> str:
    """A double sending is answered with its report also at the bound."""
    answer = send(None, text=f"{TEXT} {number}")
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_photos_that_are_refused_are_counted_too(
    here: AdminUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "MOST_REFUSED", 2)
    assert [send(None, b"GIF89a").status_code for _turn in range(3)] == [422, 422, 429]
    # Without photos the form is as good as before, and so is another host's.
    assert send(None, photo()).status_code == 429
    assert send(Client(REMOTE_ADDR="203.0.113.9"), photo()).status_code == 302
    assert send().status_code == 302


def test_who_sees_what_in_the_inbox(here: AdminUnit) -> None:
    report, nowhere = sent(photo()), sent(position="", place="ngã ba", text=f"{TEXT} ở đâu đó")
    one = f"/steward/reports/{report.reference}/"
    shown = f"/reports/photos/{report.photos.get().pk}.jpg"
    assert Client().get(one).status_code == 302, "asked to sign in"
    assert Client().get(shown).status_code == 404
    there = unit("90002", 106.0)
    other = person("other", OFFICER, units=(there,))
    for client in (other, person("planner", PLANNER)):
        assert client.get(one).status_code == 404
        assert client.post(f"{one}move/", {"to": "checking"}).status_code == 404
        assert client.post(f"{one}contact/").status_code == 404
        assert client.get(shown).status_code == 404
    assert TEXT not in text(other, "/steward/reports/")
    officer = person("officer", OFFICER, units=(here,))
    assert officer.get(shown).headers["Cache-Control"] == "private, no-store"
    assert nowhere.number not in text(officer, "/steward/reports/")
    steward = person("steward", STEWARD)
    assert nowhere.number in text(steward, "/steward/reports/?unit=none")
    forwarded = {"unit": there.code}
    steward.post(f"/steward/reports/{nowhere.reference}/forward/", forwarded)
    assert nowhere.number in text(other, "/steward/reports/")
    for query in ("state=answered", "unit=x", "unit=99999999999999999999", "mine", "page=zz"):
        assert steward.get(f"/steward/reports/?{query}").status_code == 200


def test_moves_that_are_not_allowed_change_nothing(here: AdminUnit) -> None:
    report = sent()
    steward, one = person("steward", STEWARD), f"/steward/reports/{report.reference}/"
    for to, status in (("answered", 409), ("new", 409), ("x\x00", 400), ("", 409)):
        answer = steward.post(f"{one}move/", {"to": to, "answer": "Đã xem xét."})
        assert answer.status_code == status
    steward.post(f"{one}move/", {"to": "checking"})
    needed = steward.post(f"{one}move/", {"to": "rejected", "answer": "  "})
    assert needed.status_code == 422
    assert "Cần viết trả lời" in needed.content.decode()
    assert steward.post(f"{one}burn/").status_code == 404
    report.refresh_from_db()
    assert report.state == "checking"
    assert report.events.count() == 2


def test_a_contact_is_read_by_few_on_the_record_and_forgotten(here: AdminUnit) -> None:
    report = sent()
    one = f"/steward/reports/{report.reference}/"
    steward = person("steward", STEWARD)
    assert PHONE not in steward.post(f"{one}contact/").content.decode()
    reader = person("reader", OFFICER, RESTRICTED_READER, units=(here,))
    assert PHONE not in text(reader, one)
    assert not report.events.filter(kind=Event.CONTACT_READ).exists()
    assert PHONE in reader.post(f"{one}contact/").content.decode()
    assert report.events.get(kind=Event.CONTACT_READ).by == "reader"
    far = person("far", OFFICER, RESTRICTED_READER, units=(unit("90002", 106.0),))
    assert contacts.read_contact(report, User.objects.get(username="far")) is None
    assert far.post(f"{one}contact/").status_code == 404

    def gone_after(**changes: object) -> bool:
        Report.objects.update(**changes)
        return contacts.forget_contacts() == 1

    assert not gone_after(contact_until=None)
    assert not gone_after(contact_until=timezone.now() + dt.timedelta(days=1))
    assert "Có liên hệ" in text(reader, one)
    assert gone_after(contact_until=timezone.now() - dt.timedelta(minutes=1))
    assert "đã được xóa" in text(reader, one)
    steward.post(f"{one}move/", {"to": "checking"})
    steward.post(f"{one}move/", {"to": "rejected", "answer": "Không thuộc địa bàn."})
    report.refresh_from_db()
    assert report.contact_until is not None
    days = (report.contact_until - timezone.now()).total_seconds() / 86_400
    assert round(days) == settings.PORTAL_REPORT_CONTACT_DAYS


def test_a_contact_goes_at_once_when_its_person_wishes_so(here: AdminUnit) -> None:
    report, kept = sent(), sent(text=f"{TEXT} của người khác")
    officer = person("officer", OFFICER, RESTRICTED_READER, units=(here,))
    one = f"/steward/reports/{report.reference}/"
    assert officer.post(f"{one}forget/").status_code == 302
    assert PHONE not in officer.post(f"{one}contact/").content.decode()
    assert PHONE in officer.post(f"/steward/reports/{kept.reference}/contact/").content.decode()


def test_the_database_itself_keeps_contacts_and_history(here: AdminUnit) -> None:
    report = sent()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reports_contact")
        assert cursor.fetchone() == (0,), "no context, no rows"
    for statement in (
        "UPDATE reports_event SET text = ''",
        "DELETE FROM reports_event",
        "UPDATE reports_contact SET name = ''",
        "DELETE FROM reports_report",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert "CANARY" not in repr(contacts.Contact(NAME, PHONE, EMAIL))
    assert "CANARY" not in str(report)


def test_canaries_show_nowhere(here: AdminUnit) -> None:
    report = sent(with_position())
    for state in ("new", "checking", "confirmed", "answered"):
        Report.objects.update(state=state, is_public=state != "new", public_text="Tóm tắt.")
        addresses = ["/reports/", "/reports/handled.geojson", f"/reports/{dashed(report)}/"]
        addresses += ["/reports/new/", "/", "/layers/", "/panel/place/?lon=107.084&lat=10.346"]
        for address in (*addresses, "/api/search?q=hàng rào", "/api/collections"):
            page = text(Client(), address)
            found = [word for word in CANARIES if word in page]
            assert not found, (address, found)
    assert "Tóm tắt." in text(Client(), "/reports/?category=encroachment")
    assert "Tóm tắt." not in text(Client(), "/reports/?category=dumping")


def test_a_number_that_was_heard_wrong(here: AdminUnit) -> None:
    report = sent()
    said = {"number": f" {report.number} "}
    assert Client().get("/reports/", said).headers["Location"] == f"/reports/{dashed(report)}/"
    wrong = "1" + report.reference[1:] if report.reference[0] != "1" else "2" + report.reference[1:]
    answer = Client().get("/reports/", {"number": wrong})
    assert answer.status_code == 404
    assert wrong in answer.content.decode()
    assert "16 chữ số" in text(Client(), f"/reports/{wrong}/", 404)
    assert Client().get(f"/reports/{report.reference}/").status_code == 302


def test_the_form_is_guarded_and_never_kept() -> None:
    assert Client(enforce_csrf_checks=True).post("/reports/new/", SENT).status_code == 403
    answer = Client().get("/reports/new/")
    assert "no-store" in answer.headers["Cache-Control"]
    english = text(Client(), "/reports/new/?lang=en")
    assert "Report a mistake or a problem" in english


def test_the_demo_s_reports_are_sent_and_handled_as_any(here: AdminUnit) -> None:
    assert ensure_reports() == 0, "nobody is there to handle them"
    person("steward", STEWARD)
    assert ensure_reports() == Report.objects.count() > 3
    assert ensure_reports() == 0
    page = text(Client(), "/reports/")
    assert page.count(MARK) == sum(bool(invented.summary) for invented in INVENTED)
