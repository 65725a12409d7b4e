"""Files of a layer as people ask for them, without JavaScript."""

import html

import pytest
from django.conf import settings
from django.test import Client

from layers.exports.tasks import make_export
from layers.models import Export, LayerVersion
from tests.layers.exports.files import SLUG, body, exports_layer, published

pytestmark = pytest.mark.django_db
PAGE, FORM = f"/layers/{SLUG}/", f"/layers/{SLUG}/exports/"


@pytest.fixture
def version() -> LayerVersion:
    return published(exports_layer())


def text(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


def test_the_page_of_a_layer_has_its_files_with_sizes(
    client: Client, version: LayerVersion
) -> None:
    page = text(client, PAGE)
    for key, title in (("gpkg", "GeoPackage"), ("xlsx", "Excel"), ("shp.zip", "Shapefile")):
        address = f"/api/collections/{SLUG}/export.{key}"
        assert f'href="{address}"' in page
        assert title in page
        assert client.get(address).status_code == 200
    assert "(khoảng " in page
    assert f'href="{FORM}"' in page


def test_a_selection_in_a_grid_is_a_form_away(client: Client, version: LayerVersion) -> None:
    page = text(client, FORM)
    assert "kinh tuyến trục 107°45′" in page
    chosen = {"format": "csv.zip", "crs": "EPSG:5899", "unit": ""}
    response = client.post(FORM, chosen)
    assert response.status_code == 302
    assert response.url == f"/api/collections/{SLUG}/export.csv.zip?crs=EPSG%3A5899"  # type: ignore[attr-defined] # a redirect
    assert client.get(response.url).status_code == 200  # type: ignore[attr-defined] # a redirect


def test_a_large_layer_is_made_and_waited_for(
    client: Client, version: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PORTAL_EXPORT_DIRECT", 1)
    page = text(client, PAGE)
    assert f'action="{FORM}"' in page
    assert f"/api/collections/{SLUG}/export.gpkg" not in page
    there = client.post(FORM, {"format": "gpkg"}).url  # type: ignore[attr-defined] # a redirect
    waiting = client.get(there)
    assert waiting.headers["Refresh"] == "5"
    assert "Đang chờ đến lượt" in text(client, there)
    make_export.call()
    export = Export.objects.get()
    done = client.get(there)
    assert "Refresh" not in done.headers
    assert f"/api/exports/{export.pk}/{export.name}" in text(client, there)
    assert body(client.get(f"/api/exports/{export.pk}/{export.name}")).startswith(b"SQLite")


def test_what_cannot_be_is_said_on_the_page(client: Client, version: LayerVersion) -> None:
    for wish in (
        {"format": "kml", "crs": "EPSG:5899"},
        {"format": "dwg"},
        {"format": "gpkg", "unit": "\x00"},
        {"format": "gpkg", "unit": "x"},
        {},
    ):
        response = client.post(FORM, wish)
        assert 400 <= response.status_code < 500, wish
        assert 'role="alert"' in response.content.decode()


def test_a_failure_is_said_by_name(client: Client, version: LayerVersion) -> None:
    asked = f"/api/collections/{SLUG}/exports"
    assert client.post(asked, '{"format": "csv"}', content_type="application/json").status_code
    Export.objects.update(state="failed", error_code="export-impossible")
    page = text(client, f"/exports/{Export.objects.get().pk}/")
    assert "Định dạng này không chứa được" in page
    assert client.get("/exports/00000000-0000-0000-0000-000000000000/").status_code == 404
