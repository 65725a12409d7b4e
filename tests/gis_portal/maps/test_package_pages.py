"""Packages as pages, without JavaScript: size and state on the layer's page, asking, waiting."""

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client

from layers.models import AdminUnit, LayerVersion
from tests.layers.rows import plots_layer, published
from tiles.packages.model import Package
from tiles.packages.tasks import make_package

pytestmark = pytest.mark.django_db
LAYER, FORM = "/layers/test-plots/", "/layers/test-plots/package/"
BUTTON = "Tải gói bản đồ ngoại tuyến (PMTiles)"


@pytest.fixture
def version() -> LayerVersion:
    style = {"min_zoom": 7, "working_zoom": 14}
    return published(plots_layer(style=style), ["A1", "A2"])


@pytest.fixture
def unit() -> AdminUnit:
    return AdminUnit.objects.create(
        code="99001",
        level="commune",
        kind="Xã",
        name="Xã Thử",
        short_name="Thử",
        name_en="Thu",
        valid_from="2025-07-01",
        geom=MultiPolygon(Polygon.from_bbox((107.1, 10.49, 107.12, 10.51))),
    )


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_layer_page_says_size_and_state(client: Client, version: LayerVersion) -> None:
    page = text(client, LAYER)
    assert BUTTON in page
    assert "Chưa có ai yêu cầu gói này." in page
    assert client.post(FORM).status_code == 302
    assert "Đang chờ đến lượt." in text(client, LAYER)
    Package.objects.update(state="building", tiles_done=30, tiles_total=120)
    assert "được 25 %" in text(client, LAYER)
    Package.objects.update(state="waiting")
    make_package.call()
    package = Package.objects.get()
    page = text(client, LAYER)
    assert f"/api/packages/{package.pk}/{package.name}" in page
    assert "KB" in page or "bytes" in page


def test_a_waiting_page_loads_itself_again_and_ends_with_the_file(
    client: Client, version: LayerVersion
) -> None:
    page = client.post(FORM, follow=True)
    assert page.headers["Refresh"] == "5"
    assert "Đang chờ đến lượt." in page.content.decode()
    make_package.call()
    path = page.redirect_chain[-1][0]
    page = client.get(path)
    assert "Refresh" not in page.headers
    assert BUTTON in page.content.decode()


def test_an_area_is_chosen_by_its_name(
    client: Client, version: LayerVersion, unit: AdminUnit
) -> None:
    assert "Xã Thử" in text(client, FORM)
    client.post(FORM, {"unit": "99001", "max_zoom": "14"})
    package = Package.objects.get()
    assert (package.unit, package.max_zoom) == (unit, 14)


def test_what_cannot_be_is_said_on_the_page(client: Client, version: LayerVersion) -> None:
    for given in ({"max_zoom": "99"}, {"unit": "00000"}, {"bbox": "x"}, {"unit": "1\x00"}):
        response = client.post(FORM, given)
        assert response.status_code == 400
        assert "Yêu cầu làm gói bản đồ chưa đúng" in response.content.decode()


def test_a_failure_is_said_by_name(client: Client, version: LayerVersion) -> None:
    client.post(FORM)
    Package.objects.update(state="failed", error_code="package-too-large")
    package = Package.objects.get()
    assert "Gói bản đồ quá lớn" in text(client, f"/packages/{package.pk}/")
    assert "Package too large" in text(client, f"/packages/{package.pk}/?lang=en")


def test_unknown_ones_are_a_page(client: Client, version: LayerVersion) -> None:
    response = client.get("/packages/00000000-0000-0000-0000-000000000000/")
    assert response.status_code == 404
    assert "Không có gói bản đồ này" in response.content.decode()
