"""Following by mail, the whole way: form, mail server, confirmation, news, out again."""

import datetime as dt
import logging
import re
from collections.abc import Iterator
from email.message import EmailMessage
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from gis_portal.auctions.models import StageEntry
from gis_portal.follow import housekeeping
from gis_portal.follow.letters import letter
from gis_portal.follow.models import Change, Follow, Mail, Telling
from gis_portal.follow.sending import MOST_TRIES, send_due
from layers.models import Layer
from layers.permissions import RESTRICTED_READER, STEWARD
from tests.gis_portal.auctions.made import NOW, at, lots_live, person
from tests.gis_portal.parcels.published import commune
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
CANARY = "Canary.Address@example.vn"
CLOCK = {"now": NOW}


@pytest.fixture
def mailbox(settings: LazySettings) -> Iterator[Mailbox]:
    """The server that the portal's settings name."""
    box = Mailbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    settings.DEFAULT_FROM_EMAIL = "Cổng đất <map@example.vn>"
    settings.PORTAL_ADDRESS = "http://testserver"
    yield box
    if box._thread.is_alive():
        box.stop()


@pytest.fixture
def uids(monkeypatch: pytest.MonkeyPatch) -> dict[str, UUID]:
    """Two lots in two communes; the portal's clock stands at NOW, everything has been noticed."""
    CLOCK["now"] = NOW
    monkeypatch.setattr("django.utils.timezone.now", lambda: CLOCK["now"])
    later = {"reg_end": "2026-07-20T17:00:00+07:00", "auction_time": "2026-07-25T08:30:00+07:00"}
    made = lots_live(
        {
            "A": {"unit": commune("99901", "Xã Mới")},
            "B": {"unit": commune("99902", "Xã Khác"), **later},
        }
    )
    housekeeping.keep_house()
    return made


def ask(query: str, address: str = CANARY, status: int = 200, client: Client | None = None) -> str:
    answer = (client or Client()).post(f"/follow/new/?{query}", {"email": address})
    assert answer.status_code == status, query
    return answer.content.decode()


def link(mail: EmailMessage, kind: str) -> str:
    found = re.search(rf"http://testserver(/follow/{kind}/\S+)", mail.get_content())
    assert found, mail.get_content()
    return found[1]


def follow(mailbox: Mailbox, query: str, address: str = CANARY) -> None:
    """Ask and confirm."""
    ask(query, address)
    send_due()
    assert Client().post(link(mailbox.mails.pop(), "confirm")).status_code == 200


def move_on(text: str) -> None:
    CLOCK["now"] = at(text)
    housekeeping.keep_house()


def test_the_whole_way(uids: dict[str, UUID], mailbox: Mailbox) -> None:
    form = Client().get(f"/follow/new/?lot={uids['A']}").content.decode()
    assert "Lô A" in form
    assert "webcal://testserver/auctions/calendar.ics?lot=" in form
    page = ask(f"lot={uids['A']}")
    assert "Hãy xem hộp thư của bạn" in page
    assert send_due() == 1
    asking = mailbox.mails.pop()
    assert asking["To"] == CANARY
    assert "Có người, có lẽ là bạn, muốn nhận tin về: Lô A, Xã Mới." in asking.get_content()
    # A mail scanner opens every link: nothing comes of it.
    address = link(asking, "confirm")
    assert "Đúng, gửi tin cho tôi" in Client().get(address).content.decode()
    assert Follow.objects.get().confirmed_at is None
    assert "Đã theo dõi" in Client().post(address).content.decode()
    # Both changes of the lot in one mail, once; the other lot is not in it.
    move_on("2026-07-08 09:00")
    digest = mailbox.mails.pop()
    text = digest.get_content()
    assert digest["Subject"] == "2 tin về lô đấu giá"
    assert "* Lô A, Xã Mới: Hết hạn đăng ký" in text
    assert "* Lô A, Xã Mới: Đang đấu giá" in text
    assert "Lô B" not in text
    move_on("2026-07-08 12:00")
    assert not mailbox.mails
    assert Telling.objects.count() == 2
    # One click out: a GET asks, the mail program's POST (RFC 8058) does it, twice as well as once.
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # As it goes over the wire: a folded line, no encoded words.
    assert re.search(rb"\r\nList-Unsubscribe:\s+<http://testserver/\S+>\r\n", mailbox.raw[-1])
    out = str(digest["List-Unsubscribe"]).strip(" <>").removeprefix("http://testserver")
    assert "Thôi nhận mọi thư" in Client().get(out).content.decode()
    assert Follow.objects.count() == 1
    for _again in range(2):
        strict = Client(enforce_csrf_checks=True)
        done = strict.post(out, {"List-Unsubscribe": "One-Click"})
        assert "Địa chỉ của bạn đã bị xóa" in done.content.decode()
    assert not Follow.objects.exists()
    assert not Telling.objects.exists()
    move_on("2026-07-10 09:00")
    assert not mailbox.mails
    assert Client().get(address).status_code == 410


def test_units_and_circles_in_english(
    uids: dict[str, UUID], mailbox: Mailbox, settings: LazySettings
) -> None:
    settings.PORTAL_EXTENT = (106.0, 8.0, 109.0, 12.0)
    place = Client().get("/auctions/lots.geojson").json()["features"][0]
    lon, lat = place["geometry"]["coordinates"][0][0]
    follow(mailbox, "unit=99902&lang=en")
    follow(mailbox, f"lon={lon}&lat={lat}&radius=500&lang=en")
    ask("unit=99902", CANARY.lower())
    assert Follow.objects.count() == 2
    move_on("2026-07-21 09:00")
    (digest,) = mailbox.mails
    text = digest.get_content()
    assert text.count("* Lot B, Xã Khác: Registration closed") == 1
    assert "- Lots in Xã Khác. Stop following:" in text
    assert "- Lots within 500 m of" in text
    # One of both is stopped.
    Client().post(link(digest, "stop"))
    assert Follow.objects.count() == 1
    for query in ("unit=nowhere", "lot=1", "lon=1&lat=1&radius=500"):
        ask(query, status=400)
    for address in ("", "x", "a@b", "a@example.vn\nBcc: b@example.vn"):
        ask("unit=99901", address, status=422)
    # More than one thing, or all of them, is for feeds only.
    ask(f"unit=99901&lot={uids['A']}&stage=open")
    assert Follow.objects.count() == 1


def killed_now(_mail: Mail) -> None:
    raise SystemExit


def test_killed_between_sending_and_noting(
    uids: dict[str, UUID], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(mailbox, f"lot={uids['A']}")
    with monkeypatch.context() as killed:
        killed.setattr("gis_portal.follow.sending._note", killed_now)
        with pytest.raises(SystemExit):
            move_on("2026-07-06 09:00")
    move_on("2026-07-06 09:10")
    # At least once, and to be known as the same.
    first, again = mailbox.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert first.get_content() == again.get_content()
    move_on("2026-07-06 12:00")
    assert len(mailbox.mails) == 2


def test_a_server_that_is_dead_or_refuses(
    uids: dict[str, UUID], mailbox: Mailbox, caplog: pytest.LogCaptureFixture,
    settings: LazySettings,
) -> None:  # fmt: skip
    follow(mailbox, f"lot={uids['A']}")
    mailbox.refusal = "451 try later"
    move_on("2026-07-06 09:00")
    mail = Mail.objects.get(confirms=None)
    assert (mail.tries, mail.due_at) == (1, CLOCK["now"] + dt.timedelta(minutes=10))
    mailbox.refusal = "550 nobody here"
    move_on("2026-07-06 09:10")
    assert Mail.objects.get(confirms=None).given_up_at is not None
    mailbox.refusal = ""
    Mail.objects.update(given_up_at=None, tries=MOST_TRIES - 1)
    mailbox.stop()
    with caplog.at_level(logging.DEBUG):
        move_on("2026-07-06 09:20")
    # Nothing was tried, so nothing is counted; all waits.
    assert Mail.objects.get(confirms=None).tries == MOST_TRIES - 1
    assert "The mail server does not take mails: ConnectionRefusedError" in caplog.text
    assert "canary" not in caplog.text.lower()
    back = Mailbox()
    settings.EMAIL_PORT = back.port
    housekeeping.keep_house()
    back.stop()
    assert [each["Subject"] for each in back.mails] == ["Lô A, Xã Mới: Hết hạn đăng ký"]


def test_never_what_is_not_public(uids: dict[str, UUID], mailbox: Mailbox) -> None:
    follow(mailbox, f"lot={uids['A']}")
    layer = Layer.objects.filter(slug="auction-lots")
    layer.update(visibility=Layer.INTERNAL)
    user, _client = person("steward", STEWARD)
    CLOCK["now"] = at("2026-07-06 09:00")
    StageEntry.objects.create(
        uid=uids["A"], stage="failed", happened_on=NOW.date(), document="1", by=user
    )
    housekeeping.keep_house()
    assert not mailbox.mails
    assert not Change.objects.filter(stage="failed").exists()
    # Noticed while it was public, sent when it is not any more.
    layer.update(visibility=Layer.PUBLIC)
    with pytest.MonkeyPatch.context() as nobody:
        nobody.setattr("gis_portal.follow.housekeeping.send_due", lambda: 0)
        housekeeping.keep_house()
    assert Mail.objects.filter(confirms=None).count() == 1
    layer.update(visibility=Layer.INTERNAL)
    housekeeping.keep_house()
    assert not mailbox.mails
    assert not Mail.objects.filter(confirms=None).exists()


def test_bounds_and_deletion(
    uids: dict[str, UUID], mailbox: Mailbox, settings: LazySettings
) -> None:
    settings.PORTAL_FOLLOWS_HOST = 5
    for code in ("99901", "99902", "99901", "99902"):
        ask(f"unit={code}", "victim@example.vn")
    # Three mails to confirm a day, whoever asks; the page says the same.
    assert send_due() == 3
    ask("unit=99901", "other@example.vn")
    ask("unit=99902", "other@example.vn")
    assert "Đã nhận quá nhiều đăng ký" in ask("unit=99901", "third@example.vn", status=429)
    late = link(mailbox.mails[0], "confirm")
    settings.PORTAL_FOLLOW_CONFIRM_HOURS = 0
    assert Client().get(late).status_code == 410
    settings.PORTAL_FOLLOW_CONFIRM_HOURS = 48
    assert Client().get(late).status_code == 200
    assert Client().get(late[:-3] + "xx/").status_code == 410
    move_on("2026-07-03 10:01")
    assert not Follow.objects.exists()
    assert Client().post(late).status_code == 410
    settings.PORTAL_ADDRESS = ""
    assert "chưa gửi e-mail" in Client().get("/follow/new/").content.decode()


def test_a_stranger_s_mailbox_is_not_filled(
    uids: dict[str, UUID], mailbox: Mailbox, settings: LazySettings
) -> None:
    settings.PORTAL_FOLLOWS_HOST = 100
    for tag in ("", "+a", "+b", "+c", "+d"):
        ask("unit=99901", f"Victim{tag}@example.vn")
    assert send_due() == 3
    # Its owner presses the link out: nobody has it asked again, and the count is not lost with it.
    for mail in (mailbox.mails[0], mailbox.mails[1]):
        page = Client().post(link(mail, "stop")).content.decode()
    assert "Trong 7 ngày tới cổng không gửi thư hỏi" in page
    ask("unit=99902", "victim+e@example.vn")
    CLOCK["now"] += dt.timedelta(days=6)
    ask("unit=99902", "victim@example.vn")
    assert send_due() == 0
    CLOCK["now"] += dt.timedelta(days=2)
    housekeeping.keep_house()
    ask("unit=99902", "victim@example.vn")
    assert send_due() == 1
    # Not of this machine, nor of a form that mail servers read in different ways.
    for address in ("root@localhost", "a@[127.0.0.1]", '"a@example.vn,b"@example.vn'):
        ask("unit=99901", address, status=422)


def test_one_mail_holds_up_no_other(
    uids: dict[str, UUID], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        ask("unit=99901", f"{name}@example.vn")
    oldest = Mail.objects.order_by("due_at", "pk")[0]

    def written(mail: Mail) -> object:
        if mail == oldest:
            connection.cursor().execute("SELECT 1 / 0")
        return letter(mail)

    monkeypatch.setattr("gis_portal.follow.sending.letter", written)
    assert send_due() == 1
    oldest.refresh_from_db()
    assert (oldest.tries, oldest.sent_at) == (1, None)


def test_addresses_are_shown_to_nobody(uids: dict[str, UUID], mailbox: Mailbox) -> None:
    follow(mailbox, f"lot={uids['A']}")
    move_on("2026-07-06 09:00")
    mail = mailbox.mails[0]
    steward = person("all", STEWARD, RESTRICTED_READER)[1]
    pages = [f"/follow/new/?lot={uids['A']}", f"/auctions/{uids['A']}/", "/auctions/",
             "/auctions/feed.rss", "/auctions/calendar.ics", link(mail, "stop")]  # fmt: skip
    for page in pages:
        for client in (Client(), steward):
            assert "canary" not in client.get(page).content.decode().lower(), page
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM follow_address")
        assert cursor.fetchone() == (0,)
        for change in ("UPDATE follow_address SET address = ''", "DELETE FROM follow_address"):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(change)
        for table in ("follow", "mail", "telling", "change"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM follow_{table} t")
            assert "canary" not in str(cursor.fetchone()).lower()
    with transaction.atomic(), connection.cursor() as cursor:
        pk = Follow.objects.get().pk
        cursor.execute("SELECT set_config('portal.send_to', %s, true)", [str(pk)])
        cursor.execute("SELECT address FROM follow_address")
        assert cursor.fetchall() == [(CANARY,)]
        Follow.objects.all().delete()
        cursor.execute("SELECT address FROM follow_address")
        assert cursor.fetchall() == []
