"""Signing in with a name and a password, with a second factor, and what becomes of roles that need
one.
"""

import re
from typing import Any

import pytest
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from layers.permissions import APPROVER, OFFICER, PLANNER, STEWARD
from tests.gis_portal.officer.field.sending import account

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
PASSWORD = "một mật khẩu dài"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


@pytest.fixture
def officer() -> User:
    user = account("officer", OFFICER)
    user.set_password(PASSWORD)
    user.email = "officer@example.vn"
    user.save()
    return user


def signs_in(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": "officer", "password": password, **more})


def test_the_page_is_the_portals_own(officer: User) -> None:
    for address, words in ((LOGIN, "Quên mật khẩu"), (f"{LOGIN}?lang=en", "I forgot my password")):
        page = Client().get(address)
        text = page.content.decode()
        assert words in text
        assert "<script>" not in text
        assert not re.search(r"\son\w+=|\sstyle=", text)
        assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert "chưa gửi e-mail" in Client().get("/accounts/password/reset/").content.decode()


def test_name_and_password_lead_to_ones_work(officer: User) -> None:
    client = Client()
    assert signs_in(client).headers["Location"] == "/officer/desk/"
    assert signs_in(Client(), next="/layers/").headers["Location"] == "/layers/"
    assert signs_in(Client(), next="//elsewhere.example/").headers["Location"] == "/officer/desk/"
    account = client.get("/accounts/").content.decode()
    assert "cán bộ địa chính" in account
    assert "chưa được giao địa bàn nào" in account
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    asked = client.get("/accounts/")
    assert asked.headers["Location"] == f"{LOGIN}?next=/accounts/"
    officer.is_active = False
    officer.save()
    assert signs_in(Client()).status_code in (200, 302)
    assert Client().get("/accounts/").status_code == 302


def test_attempts_are_counted_for_all_processes(officer: User) -> None:
    wrong = [signs_in(Client(), "sai") for _attempt in range(6)]
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in wrong[0].content.decode()
    right = signs_in(Client())
    assert right.status_code == 200
    assert "Đã thử sai quá nhiều lần" in right.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_attempts")
        assert cursor.fetchone()[0] > 0


def test_signing_in_tells_nobody_which_names_there_are(officer: User) -> None:
    """Same page for a name that exists and one that does not, also once attempts are used up."""
    pages = {}
    for name in ("officer", "nobody1"):
        for attempt in range(6):
            said = {"login": name, "password": "sai"}
            page = Client(REMOTE_ADDR=f"192.0.2.{attempt}").post(LOGIN, said).content.decode()
            page = re.sub(r'value="[A-Za-z0-9]{64}"', "", page).replace(name, "")
            pages[name, attempt] = page
    for attempt in range(6):
        assert pages["officer", attempt] == pages["nobody1", attempt]


def test_a_session_from_before_signing_in_is_worth_nothing(officer: User) -> None:
    client = Client()
    client.get("/accounts/")
    session = client.session
    session["mine"] = True
    session.save()
    given = str(session.session_key)
    client.cookies[django_settings.SESSION_COOKIE_NAME] = given
    signs_in(client)
    assert client.session.session_key != given
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = given
    assert thief.get("/accounts/").status_code == 302
    # A new password ends what is open elsewhere.
    officer.set_password("mật khẩu khác hẳn")
    officer.save()
    assert client.get("/accounts/").status_code == 302


def test_passkeys_of_another_place_are_refused(settings: Any) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    request = RequestFactory().get("/", headers={"host": "testserver"})
    with request_context(request):
        verify = webauthn.get_server()._verify
    assert verify("https://testserver")
    for origin in ("https://testserver.evil.example", "http://testserver", "https://evil.example"):
        assert not verify(origin)


def test_too_many_of_everything_is_a_page_of_ours() -> None:
    last = [Client().post(LOGIN, {}) for _attempt in range(31)][-1]
    assert last.status_code == 429
    assert "Bạn đã thử quá nhiều lần" in last.content.decode()


def test_nobody_signs_up() -> None:
    for name in ("account_signup", "account_email", "socialaccount_signup"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in ("signup/", "email/", "3rdparty/", "social/connections/"):
        assert Client().get(f"/accounts/{path}").status_code == 404


def test_a_new_password_by_mail(officer: User, settings: Any) -> None:
    settings.PORTAL_ADDRESS, settings.EMAIL_HOST = "https://map.example.vn", "mail"
    settings.DEFAULT_FROM_EMAIL = "map@example.vn"
    client = Client()
    for address in ("officer@example.vn", "nobody@example.vn"):
        sent = client.post("/accounts/password/reset/", {"email": address}, follow=True)
        assert "Nếu địa chỉ này có tài khoản" in sent.content.decode()
    assert [letter.to for letter in mail.outbox] == [["officer@example.vn"]]
    link = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert link
    assert "Có người vừa xin đặt lại mật khẩu" in mail.outbox[0].body
    page = client.get(link[1], follow=True)
    new = {"password1": "mật khẩu khác hẳn", "password2": "mật khẩu khác hẳn"}
    done = client.post(page.redirect_chain[-1][0], new, follow=True)
    assert "Mật khẩu đã đổi" in done.content.decode()
    assert signs_in(Client(), "mật khẩu khác hẳn").status_code == 302
    assert "đã dùng rồi" in Client().get(link[1], follow=True).content.decode()


def with_an_app(client: Client) -> tuple[str, list[str]]:
    """Secret of the app and recovery codes of the one who has signed in."""
    asked = client.get("/accounts/2fa/totp/activate/")
    # Whoever finds a browser signed in cannot add a factor of their own.
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    back = client.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
    page = back.content.decode()
    secret = re.search(r'id="totp-secret">(\w+)<', page)
    assert secret, page
    assert 'src="data:image/svg+xml' in page
    code = code_of(secret[1])
    shown = client.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True)
    codes = re.findall(r"<li><code>([0-9]+)</code>", shown.content.decode())
    assert len(codes) == 10
    return secret[1], codes


def code_of(secret: str) -> str:
    code: str = totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )
    return code


def test_a_code_besides_the_password(officer: User) -> None:
    client = Client()
    signs_in(client)
    secret, recovery = with_an_app(client)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    cache.clear()
    again = Client()
    assert signs_in(again).headers["Location"] == "/accounts/2fa/authenticate/"
    assert again.get("/accounts/").status_code == 302
    wrong = again.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Mã không đúng." in wrong.content.decode()
    cache.clear()
    done = again.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert done.headers["Location"] == "/officer/desk/"
    # What was read over a shoulder opens nothing, also when allauth has forgotten it.
    seen = Client()
    signs_in(seen)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_attempts WHERE cache_key LIKE '%%totp.used%%'")
    answer = seen.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert "Mã không đúng." in answer.content.decode()
    # A recovery code works once.
    for expected in (302, 200):
        cache.clear()
        once = Client()
        signs_in(once)
        answer = once.post("/accounts/2fa/authenticate/", {"code": recovery[0]})
        assert answer.status_code == expected


def test_a_role_that_needs_a_second_factor(officer: User, settings: Any) -> None:
    settings.PORTAL_SECOND_FACTOR_ROLES = [OFFICER]
    client = Client()
    signs_in(client)
    assert client.get("/").headers["Location"] == "/accounts/2fa/"
    refused = client.post("/officer/api/devices", {"name": "x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "second-factor-needed")
    assert "cần xác thực hai lớp" in client.get("/accounts/").content.decode()
    with_an_app(client)
    assert client.get("/layers/").status_code == 200
    planner = Client()
    planner.force_login(account("planner", PLANNER))
    assert planner.get("/layers/").status_code == 200
    assert Client().get("/layers/").status_code == 200


def test_the_administration_has_no_page_of_its_own_to_sign_in_at(officer: User) -> None:
    asked = Client().get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == f"{LOGIN}?next=/admin/"
    client = Client()
    signs_in(client)
    # Officers are no staff and miss nothing.
    assert client.get("/admin/", follow=True).status_code == 404
    assert client.get("/steward/reports/").status_code == 200
    for role in (STEWARD, APPROVER):
        staff = Client()
        staff.force_login(account(role, role))
        assert staff.get("/steward/").status_code == 200


def test_a_provider_without_tls_is_refused(settings: Any) -> None:
    for address, expected in (
        ("http://login.example.vn", ["accounts.E001"]),
        ("https://login.example.vn", []),
        ("http://127.0.0.1:9400", []),
    ):
        settings.PORTAL_OIDC_URL = address
        assert [e.id for e in run_checks(tags=["security"]) if e.id == "accounts.E001"] == expected
