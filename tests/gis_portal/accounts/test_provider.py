"""Signing in through an OpenID Connect provider: a real one, in a process of its own, by HTTP."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client, RequestFactory

from gis_portal.accounts.adapters import OfTheProvider
from gis_portal.errors import PageNotFound
from layers.permissions import OFFICER, roles_of
from tests.gis_portal.officer.field.sending import account

pytestmark = pytest.mark.django_db
PEOPLE: tuple[dict[str, Any], ...] = (
    {"sub": "p1", "preferred_username": "officer", "email": "o@example.vn", "email_verified": True},
    {"sub": "p2", "preferred_username": "pretender", "email": "o@example.vn"},
    {"sub": "p3", "preferred_username": "newcomer", "department": ["land", "roads"]},
    {"sub": "p4", "preferred_username": "Officer", "department": "land"},
    {"sub": "p5", "preferred_username": "second", "department": "land", "email": "O@example.vn"},
)
START = "/accounts/provider/province/login/"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows PEOPLE."""
    program = Path(sys.executable).with_name("oidc-provider-mock")
    people = [word for claims in PEOPLE for word in ("--user-claims", json.dumps(claims))]
    command = [str(program), "-p", "0", "--require-nonce", "false", *people]
    with subprocess.Popen(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        lines = (line.decode() for line in process.stdout)
        found = next(m[1] for line in lines if (m := re.search(r"running on (http://\S+)", line)))
        yield found
        process.terminate()
        process.stdout.read()


@pytest.fixture(autouse=True)
def province(provider: str, settings: Any) -> Any:
    """The portal of a province that has this provider."""
    cache.clear()
    settings.PORTAL_OIDC_URL = provider
    app = {
        "provider_id": "province",
        "name": "VNeID (thử)",
        "client_id": "portal",
        "secret": "secret",
        "settings": {"server_url": provider, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.PORTAL_OIDC_MATCH = "preferred_username"
    settings.PORTAL_OIDC_NEW_ACCOUNTS = ""
    return settings


@pytest.fixture
def officer() -> User:
    return account("officer", OFFICER)


def comes_back(client: Client, sub: str, start: str = START, **said: str) -> Any:
    """The page on which somebody lands who is `sub` for the provider, or `said` something else."""
    asked = client.get(start)
    assert asked.status_code == 302
    assert "code_challenge=" in asked.headers["Location"]
    form = urllib.parse.urlencode(said or {"sub": sub}).encode()
    opener = urllib.request.build_opener(_Stay)
    with pytest.raises(urllib.error.HTTPError) as answered:
        opener.open(asked.headers["Location"], form)
    with answered.value as redirection:
        back = urllib.parse.urlsplit(redirection.headers["Location"])
    assert back.path == f"{START}callback/"
    return client.get(f"{back.path}?{back.query}")


def who(client: Client) -> str:
    """User name of whoever has signed in; empty for nobody."""
    page = client.get("/accounts/")
    found = re.search(r"Tên đăng nhập</dt><dd>(\w+)<", page.content.decode())
    return found[1] if found else ""


def test_an_officer_whom_the_province_knows(officer: User) -> None:
    client = Client()
    page = client.get("/accounts/login/?next=/layers/").content.decode()
    assert "Đăng nhập bằng VNeID (thử)" in page
    link = re.search(rf'href="({START}[^"]*)"', page)
    assert link
    landed = comes_back(client, "p1", link[1])
    assert landed.headers["Location"] == "/layers/"
    assert who(client) == "officer"
    # Known from now on by what names the person for good, whatever they are called.
    User.objects.filter(pk=officer.pk).update(username="renamed")
    again = Client()
    comes_back(again, "p1")
    assert who(again) == "renamed"


def test_an_account_that_is_closed_stays_closed(officer: User) -> None:
    comes_back(Client(), "p1")
    User.objects.filter(pk=officer.pk).update(is_active=False)
    client = Client()
    comes_back(client, "p1")
    assert who(client) == ""


def test_nobody_is_let_in_whom_no_setting_names(officer: User, province: Any) -> None:
    for match, sub in (("", "p1"), ("preferred_username", "p3"), ("email", "p2")):
        province.PORTAL_OIDC_MATCH = match
        client = Client()
        landed = comes_back(client, sub)
        assert "chưa có tài khoản nào của bạn" in landed.content.decode()
        assert who(client) == ""
    assert User.objects.count() == 1


def test_an_address_counts_when_it_is_verified(officer: User, province: Any) -> None:
    User.objects.filter(pk=officer.pk).update(email="O@example.vn")
    province.PORTAL_OIDC_MATCH = "email"
    client = Client()
    comes_back(client, "p1")
    assert who(client) == "officer"
    account("double", OFFICER)
    User.objects.filter(username="double").update(email="o@example.vn")
    SocialAccount.objects.all().delete()
    other = Client()
    comes_back(other, "p1")
    assert who(other) == "", "two accounts have it: neither is meant"


def test_new_accounts_for_those_whom_the_setting_names(officer: User, province: Any) -> None:
    province.PORTAL_OIDC_NEW_ACCOUNTS = "department=land"
    client = Client()
    comes_back(client, "p3")
    assert who(client) == "newcomer"
    made = User.objects.get(username="newcomer")
    assert roles_of(made) == frozenset()
    assert not made.is_staff
    assert not made.has_usable_password()
    # Of the right department, but the name, or the address, is somebody's.
    User.objects.filter(pk=officer.pk).update(email="o@example.vn")
    for taken in ("p4", "p5"):
        landed = comes_back(Client(), taken)
        assert "chưa có tài khoản nào của bạn" in landed.content.decode()
    assert set(User.objects.values_list("username", flat=True)) == {"officer", "newcomer"}


def test_token_and_page_of_two_people(officer: User) -> None:
    """The provider's word on a person is one word, or none."""
    told = {"id_token": {"sub": "p1"}, "userinfo": {"sub": "p2", "preferred_username": "officer"}}
    account = SocialAccount(provider="province", uid="p1", extra_data=told)
    coming = SocialLogin(user=User(), account=account)
    coming.state = {"process": "login"}
    with pytest.raises(PageNotFound):
        OfTheProvider().pre_social_login(RequestFactory().get("/"), coming)


def test_a_link_ties_no_accounts(officer: User) -> None:
    client = Client()
    client.force_login(officer)
    for process in ("connect", "redirect"):
        assert client.get(f"{START}?process={process}").status_code == 404
    assert client.post(START, {"process": "connect"}).status_code == 404
    assert Client().get("/accounts/provider/unknown/login/").status_code == 404


def test_what_goes_wrong_there_is_said_here(officer: User) -> None:
    # This provider forgets to send back the state, so it may be anybody's answer.
    refused = comes_back(Client(), "", action="deny").content.decode()
    assert "Không đăng nhập được" in refused
    stopped = Client().get("/accounts/provider/cancelled/").content.decode()
    assert "Bạn đã dừng đăng nhập" in stopped
    forged = Client().get(f"{START}callback/?code=x&state=y").content.decode()
    assert "Không đăng nhập được" in forged
