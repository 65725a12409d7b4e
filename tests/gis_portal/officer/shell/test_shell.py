"""The handbook's page: nobody's data, everything that it needs kept, nothing else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from gis_portal.officer.shell import precache
from gis_portal.officer.shell.facts import map_errors

MANIFEST: precache.Manifest = {
    "src/entries/officer.ts": {
        "file": "assets/officer-1.js", "css": ["assets/officer-1.css"], "imports": ["_a.js"],
        "dynamicImports": ["src/officer/map/map.ts"],
    },
    "_a.js": {"file": "assets/a-1.js", "imports": ["src/entries/officer.ts"]},
    "src/officer/map/map.ts": {
        "file": "assets/map-1.js",
        "assets": ["assets/worker-1.js", "assets/f.woff", "assets/f.woff2"],
    },
    "src/entries/steward.ts": {"file": "assets/steward-1.js"},
}  # fmt: skip


def test_the_list_holds_what_the_entry_may_ever_load_and_no_more() -> None:
    assert precache.files_of(MANIFEST, precache.ENTRY) == [
        "assets/a-1.js", "assets/f.woff2", "assets/map-1.js", "assets/officer-1.css",
        "assets/officer-1.js", "assets/worker-1.js",
    ]  # fmt: skip


def test_map_errors_are_those_of_the_circular() -> None:
    assert {row["scale"]: row["metres"] for row in map_errors()}[500] == 0.07
    assert {row["scale"]: row["agricultural"] for row in map_errors()}[2000] == 0.45


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of two files."""
    worker = {precache.WORKER: {"file": "assets/worker.js", "isEntry": True}}
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "worker.js").write_text("let built = true;", encoding="utf-8")
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST | worker), encoding="utf-8")
    vite: dict[str, Any] = {"default": {**settings.DJANGO_VITE["default"], "manifest_path": path}}
    monkeypatch.setattr(settings, "DJANGO_VITE", vite)
    monkeypatch.setattr(
        "gis_portal.officer.shell.views.render_page", lambda _request: "<p>", raising=True
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("built")
def test_the_worker_lists_addresses_without_anybody_s_answers(client: Client) -> None:
    user = User.objects.create_user("lan", password="x", last_name="CANARY")
    bare = client.get("/officer/sw.js").content.decode()
    client.force_login(user)
    answer = client.get("/officer/sw.js")
    body = answer.content.decode()
    assert body == bare, "the same for everybody, or each sign-in would be a new version"
    assert answer["Content-Type"].startswith("text/javascript")
    kept = json.loads(re.match(r"self\.KEPT = (.*);\n", body)[1])  # type: ignore[index]
    addresses = [kept["page"], *kept["files"], *kept["changing"]]
    assert "/officer/" in addresses
    assert not [address for address in addresses if address.startswith("/officer/api/")]
    assert body.endswith("let built = true;")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/officer/style-vi-dark.json", "/officer/manifest.webmanifest"])
def test_what_is_kept_is_public(client: Client, path: str) -> None:
    bare = client.get(path)
    assert bare.status_code == 200
    client.force_login(User.objects.create_superuser("chief", password="x"))
    assert client.get(path).content == bare.content
    assert client.get("/officer/style-fr-dark.json").status_code == 404
