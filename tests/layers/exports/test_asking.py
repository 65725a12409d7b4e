"""Exports by programs: at once, or made in the background by a worker; who may have them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from layers.exports import queue
from layers.exports.rows import Source
from layers.models import Export, Layer, LayerVersion
from layers.models.export import folder
from tests.layers.exports.asked import address, ask, django_on_commit, made, work
from tests.layers.exports.files import (
    EXPORT,
    EXPORTS,
    ROWS,
    SLUG,
    body,
    exported,
    exports_layer,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def layer() -> Layer:
    return exports_layer()


@pytest.fixture
def version(layer: Layer) -> LayerVersion:
    return published(layer)


def test_a_large_one_is_made_in_the_background(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PORTAL_EXPORT_DIRECT", 2)
    refused = client.get(f"{EXPORT}geojson")
    assert (refused.status_code, refused.json()["code"]) == (422, "export-too-large")
    (link,) = refused.json()["links"]
    assert link["href"].endswith(EXPORTS)
    assert client.get(f"{EXPORT}geojson?code=0012").status_code == 200
    found = made(client, format="geojson", crs="EPSG:5899")
    assert found["name"] == f"{SLUG}-v1-2026-06-30-chon-loc.geojson"
    assert (found["features_done"], found["features_total"]) == (0, 4)
    response = client.get(address(found))
    content = body(response)
    assert len(content) == found["size"]
    assert len(json.loads(content)["features"]) == len(ROWS)
    assert response.headers["Accept-Ranges"] == "bytes"
    part = client.get(address(found), headers={"Range": "bytes=10-19"})
    assert (part.status_code, body(part)) == (206, content[10:20])


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp.zip", "csv.zip", "xlsx", "kml"])
def test_a_worker_makes_what_is_sent_at_once(
    client: Client, version: LayerVersion, tmp_path: Path, ending: str
) -> None:
    found = made(client, format=ending)
    later = body(client.get(address(found)))
    now = body(client.get(f"{EXPORT}{ending}"))
    assert abs(len(later) - len(now)) < 100
    assert later[:4] == now[:4]
    assert [path.name for path in folder().iterdir()] == [f"{found['id']}.{ending}"]


def test_a_host_with_a_port_of_many_digits_is_no_failure(
    client: Client, version: LayerVersion
) -> None:
    wish = json.dumps({"format": "csv"})
    host = {"host": f"testserver:{'0' * 500}80"}
    response = client.post(EXPORTS, wish, content_type="application/json", headers=host)
    assert response.status_code == 202


def test_the_same_wish_gives_the_same_file(client: Client, version: LayerVersion) -> None:
    first = ask(client, format="csv", filter="area > 1", lang="en")[1]
    assert ask(client, filter="area > 1", format="csv")[1]["id"] == first["id"]
    assert ask(client, format="csv", filter="area > 2")[1]["id"] != first["id"]
    work()
    status, again = ask(client, format="csv", filter="area > 1")
    assert (status, again["state"]) == (200, "ready")


def test_a_selection_is_what_items_select(
    client: Client, version: LayerVersion, tmp_path: Path
) -> None:
    for query in (
        "code=0012",
        "filter=area+IS+NULL",
        "bbox=107.0,10.3,107.1,10.5",
        "bbox=107.0,10.3,107.1,10.5&filter=leased=true",
        "properties=code",
    ):
        items = client.get(f"/api/collections/{SLUG}/items?{query}").json()["features"]
        found = json.loads(exported(client, "geojson", tmp_path, f"?{query}").read_text())
        assert [one["id"] for one in found["features"]] == [one["id"] for one in items]
        assert [one["properties"] for one in found["features"]] == [
            one["properties"] for one in items
        ]
        assert [one["geometry"] for one in found["features"]] == [one["geometry"] for one in items]


def test_a_former_version_is_exported_as_it_was(
    client: Client, layer: Layer, version: LayerVersion
) -> None:
    then = timezone.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    published(layer, [{"code": "new"}])
    now = json.loads(body(client.get(f"{EXPORT}geojson")))
    past = json.loads(body(client.get(f"{EXPORT}geojson?datetime={then}")))
    assert (now["version"], len(now["features"])) == (2, 1)
    assert (past["version"], len(past["features"])) == (1, 4)
    early = client.get(f"{EXPORT}geojson?datetime=2020-01-01")
    assert early.json()["code"] == "layer-not-published"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("gpkg?colour=red", "bad-filter"),
        ("gpkg?owner=x", "bad-filter"),
        ("gpkg?filter=owner='x'", "bad-filter"),
        ("gpkg?properties=owner", "bad-properties"),
        ("gpkg?limit=3", "bad-export"),
        ("gpkg?sortby=code", "bad-export"),
        ("gpkg?crs=EPSG:32648", "unknown-crs"),
        ("gpkg?coordinates=xy", "bad-export"),
        ("kml?crs=EPSG:5899", "bad-export"),
        ("geojsonl?crs=EPSG:5899", "bad-export"),
        ("csv?coordinates=utm", "bad-export"),
        ("csv?coordinates=xy&crs=EPSG:3857", "bad-export"),
        ("csv?coordinates=lonlat&crs=EPSG:5899", "bad-export"),
        ("xlsx?coordinates=wkt", "bad-export"),
        ("gpkg?bbox=1,2,3", "bad-bbox"),
        ("gpkg?code=1&code=2", "bad-filter"),
        ("gpkg?filter=" + "(" * 500, "filter-too-large"),
        ("dwg", "unknown-format"),
        ("GPKG", "unknown-format"),
        ("%00", "unknown-format"),
    ],
)
def test_what_cannot_be_is_named(
    client: Client, version: LayerVersion, query: str, code: str
) -> None:
    response = client.get(EXPORT + query)
    assert response.json()["code"] == code
    assert 400 <= response.status_code < 500
    ending, _mark, parameters = query.partition("?")
    given = dict(part.split("=", 1) for part in parameters.split("&") if part)
    status, told = ask(client, format=ending, **given)
    assert status == response.status_code or "code=1" in query or ending == "%00", told


@pytest.mark.parametrize(
    "text",
    [
        *("{", "[1]", "7", "null", "[" * 100_000, '{"format": ' + "[" * 100_000, "{}"),
        *('{"format": 1}', r'{"format": "gpkg", "code": "\ud800"}'),
        '{"format": "gpkg", "code": {"a": 1}}',
    ],
)
def test_a_wish_that_is_none_is_named(client: Client, version: LayerVersion, text: str) -> None:
    response = client.post(EXPORTS, text, content_type="application/json")
    assert response.status_code in (400, 404)
    assert response.json()["code"] in ("bad-export", "unknown-format", "bad-filter")


def test_internal_layers_leave_for_staff_only(client: Client, layer: Layer) -> None:
    published(layer)
    exports_layer(visibility="internal")
    for path in (f"{EXPORT}csv", EXPORTS):
        assert client.get(path).json()["code"] == "unknown-layer"
    assert ask(client, format="csv")[1]["code"] == "unknown-layer"
    staff = Client()
    staff.force_login(User.objects.create_user("staff", is_staff=True))
    response = staff.get(f"{EXPORT}csv")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    found = made(staff, format="csv")
    for path in (f"/api/exports/{found['id']}", address(found)):
        assert client.get(path).json()["code"] == "unknown-export"
    there = staff.get(address(found))
    assert (there.status_code, there.headers["Cache-Control"]) == (200, "private, no-store")
    assert "Access-Control-Allow-Origin" not in there.headers


@pytest.mark.parametrize(
    "ending", ["gpkg", "fgb", "shp.zip", "geojson", "geojsonl", "csv", "xlsx", "kml"]
)
def test_private_values_never_leave(client: Client, version: LayerVersion, ending: str) -> None:
    staff = Client()
    staff.force_login(User.objects.create_superuser("all"))
    content = body(staff.get(f"{EXPORT}{ending}"))
    for word in ("Nguyễn Văn Kín", "Chủ sử dụng"):
        assert word.encode() not in content


def test_a_field_that_becomes_private_takes_its_files_along(
    client: Client, layer: Layer, version: LayerVersion
) -> None:
    found = made(client, format="csv")
    assert client.get(address(found)).status_code == 200
    hidden = [
        {**one, "visibility": "restricted"} if one["name"] == "note" else one
        for one in layer.definition["field"]
    ]
    exports_layer(field=hidden)
    assert client.get(address(found)).json()["code"] == "version-retired"
    with django_on_commit():
        queue.keep_house()
    assert not Export.objects.exists()
    assert b"note" not in body(client.get(f"{EXPORT}csv"))


def test_a_layer_that_becomes_internal_takes_its_files_along(
    client: Client, version: LayerVersion
) -> None:
    found = made(client, format="csv")
    exports_layer(visibility="internal")
    assert client.get(address(found)).json()["code"] == "unknown-export"


def test_one_batch_follows_the_other(
    client: Client, version: LayerVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exported(client, "csv", tmp_path).read_bytes()
    former = Source.batches
    monkeypatch.setattr(Source, "batches", lambda self, shape: former(self, shape, size=1))
    assert exported(client, "csv", tmp_path).read_bytes() == whole


def test_an_unchanged_layer_is_not_sent_again(client: Client, version: LayerVersion) -> None:
    first = client.get(f"{EXPORT}csv")
    again = client.get(f"{EXPORT}csv", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert b"".join(client.head(f"{EXPORT}csv")) == b""


def test_a_collection_leads_to_its_files(client: Client, version: LayerVersion) -> None:
    links = client.get(f"/api/collections/{SLUG}").json()["links"]
    for link in [link for link in links if link["rel"] == "enclosure"]:
        response = client.get(link["href"].removeprefix("http://testserver"))
        assert response.status_code == 200
        assert response.headers["Content-Type"] == link["type"]
    assert len([link for link in links if link["rel"] in ("enclosure", "exports")]) == 11


def test_sizes_are_about_right(client: Client, layer: Layer) -> None:
    rows = [{**ROWS[0], "code": str(number)} for number in range(400)]
    published(layer, rows)
    for one in client.get(EXPORTS).json()["formats"]:
        size = len(body(client.get(f"{EXPORT}{one['format']}")))
        # Rows that are all alike pack better than real ones; empty tables alone are 100 kB.
        most = 5 if one["media_type"] == "application/zip" or one["format"] == "xlsx" else 2.5
        if one["format"] != "gpkg":
            assert 0.4 < one["estimated_size"] / size < most, (one, size)


def test_no_statement_holds_what_was_asked(client: Client, version: LayerVersion) -> None:
    said: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        client.get(f"{EXPORT}shp.zip?code=0012&filter=note='tuyetmat'&crs=EPSG:9210")
    assert said
    assert not [sql for sql in said if "0012" in sql or "tuyetmat" in sql or "990210" in sql]
