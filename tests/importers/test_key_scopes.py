"""Keys of programs do what they were made for, for the layers they were made for, until they
expire.
"""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from importers.api.models import ACTIONS, CANCEL, CHECK, MOST_DAYS, READ, STAGE, ApiKey
from importers.models import ImportRun
from layers.models import Layer
from layers.permissions import STEWARD
from tests.importers.made import plots, plots_geojson
from tests.importers.test_import_api import IMPORTS

pytestmark = pytest.mark.django_db
KEYS = "/steward/keys/"


@pytest.fixture(autouse=True)
def _confined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether this host can confine readers is tried elsewhere."""
    monkeypatch.setattr("importers.sandbox.available", lambda: True)


@pytest.fixture
def steward() -> User:
    user = User.objects.create_user("steward")
    user.groups.add(Group.objects.get(name=STEWARD))
    return user


@pytest.fixture
def page(steward: User) -> Client:
    client = Client()
    client.force_login(steward)
    return client


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def send(text: str, file: Path, **said: str) -> Any:
    with file.open("rb") as opened:
        return Client().post(
            IMPORTS, {"layer": "test-plots", "file": opened, **said}, headers=bearer(text)
        )


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_key_does_only_what_it_was_made_for(steward: User, tmp_path: Path) -> None:
    run = ImportRun.objects.create(layer=plots(), file_name="a")
    file = plots_geojson(tmp_path / "a.geojson")
    address = f"{IMPORTS}/{run.pk}"
    for action in ACTIONS:
        text = ApiKey.make(steward, action, actions=[action])[1]
        asked = {
            CHECK: send(text, file, mode="check").status_code,
            STAGE: send(text, file).status_code,
            READ: Client().get(address, headers=bearer(text)).status_code,
            "issues": Client().get(f"{address}/issues", headers=bearer(text)).status_code,
            CANCEL: Client().post(f"{address}/cancel", headers=bearer(text)).status_code,
        }
        allowed = {name for name, status in asked.items() if status != 403}
        expected = {READ, "issues"} if action == READ else {action}
        assert allowed == expected
    assert code(send(text, file)) == (403, "key-not-allowed")


def test_a_key_knows_only_its_layers(steward: User, tmp_path: Path) -> None:
    layer, other = plots(), Layer.objects.exclude(slug="test-plots").first()
    assert other is not None
    file = plots_geojson(tmp_path / "a.geojson")
    own = ApiKey.make(steward, "own", layers=[layer])[1]
    another = ApiKey.make(steward, "another", layers=[other])[1]
    assert send(own, file).status_code == 202
    assert code(send(another, file)) == (403, "key-not-allowed")
    run = ImportRun.objects.get()
    assert Client().get(f"{IMPORTS}/{run.pk}", headers=bearer(own)).status_code == 200
    hidden = Client().get(f"{IMPORTS}/{run.pk}", headers=bearer(another))
    assert code(hidden) == (404, "unknown-import")


def test_a_key_for_a_layer_that_is_gone_is_for_none(steward: User, tmp_path: Path) -> None:
    layer = plots()
    other = Layer.objects.exclude(slug="test-plots").first()
    assert other is not None
    key, text = ApiKey.make(steward, "one", layers=[other])
    key.layers.clear()
    assert not key.reaches(layer)
    assert code(send(text, plots_geojson(tmp_path / "a.geojson"))) == (403, "key-not-allowed")


def test_a_key_expires(steward: User) -> None:
    run = ImportRun.objects.create(layer=plots(), file_name="a")
    key, text = ApiKey.make(steward, "short", days=1)
    address = f"{IMPORTS}/{run.pk}"
    assert Client().get(address, headers=bearer(text)).status_code == 200
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    answer = Client().get(address, headers=bearer(text))
    assert code(answer) == (401, "key-expired")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_key_lasts_for_ever(steward: User) -> None:
    key = ApiKey.make(steward, "long", days=100_000)[0]
    assert key.expires_at <= timezone.now() + dt.timedelta(days=MOST_DAYS)


def test_what_the_owner_may_no_longer_do_the_key_may_not(steward: User, tmp_path: Path) -> None:
    plots()
    text = ApiKey.make(steward, "all")[1]
    steward.groups.clear()
    assert code(send(text, plots_geojson(tmp_path / "a.geojson"))) == (404, "unknown-import")


def test_the_page_makes_a_key_of_what_was_chosen(page: Client) -> None:
    plots()
    said = {"name": "máy đo", "actions": [CHECK, READ], "layers": ["test-plots"], "days": "30"}
    answer = page.post(KEYS, said).content.decode()
    assert "nap_" in answer
    key = ApiKey.objects.get()
    assert (key.actions, key.every_layer) == ([READ, CHECK], False)
    assert [layer.slug for layer in key.layers.all()] == ["test-plots"]
    days = (key.expires_at - timezone.now()).total_seconds() / 86400
    assert 29.9 < days <= 30
    shown = page.get(KEYS).content.decode()
    assert "nap_" not in shown
    assert "Gửi tệp để kiểm tra" in shown


@pytest.mark.parametrize(
    "said",
    [
        {"name": "x"},
        {"name": "x", "actions": ["publish"]},
        {"name": " ", "actions": [READ]},
        {"name": "x", "actions": [READ], "layers": ["no-such-layer"]},
    ],
)
def test_a_form_that_says_too_little_makes_no_key(page: Client, said: dict[str, Any]) -> None:
    answer = page.post(KEYS, said)
    assert answer.status_code == 200
    assert "field-error" in answer.content.decode()
    assert not ApiKey.objects.exists()
