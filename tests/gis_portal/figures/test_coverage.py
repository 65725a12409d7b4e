"""Shares of ground within reach of points, and the page of places: by declaration alone."""

import csv
import io
import json
import math
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection
from django.test import Client

from gis_portal.figures import coverage
from gis_portal.figures.models import Tally
from layers import identity, measure, partitions, publish
from layers.catalogue import save_definition, shipped_definitions
from layers.cql2 import compile_filter, queryables_of
from layers.definition import parse_definition
from layers.errors import DefinitionError
from layers.models import AdminUnit, Layer, LayerVersion
from tests.layers.rows import square

pytestmark = pytest.mark.django_db
KINDS = [
    {"value": "relic", "label": {"vi": "Di tích", "en": "Relic"}, "color": "#9c2f2f"},
    {"value": "food", "label": {"vi": "Ẩm thực", "en": "Food"}, "color": "#d9480f"},
]
RANKS = [
    {"value": "national", "label": {"vi": "Quốc gia", "en": "National"}},
    {"value": "provincial", "label": {"vi": "Cấp tỉnh", "en": "Provincial"}},
]
FILTERED = {"filterable": True}
DEFINITION: dict[str, Any] = {
    "slug": "test-places",
    "sector": "tourism",
    "geometry": "point",
    "title": {"vi": "Nơi thử", "en": "Test places"},
    "key": ["name"],
    "popup": {"title": {"vi": "{name}", "en": "{name_en}"}},
    "coverage": {"radius_field": "radius", "where": "kind = 'relic'"},
    "gallery": {
        "kind": "kind",
        "rank": "rank",
        "text_vi": "text",
        "text_en": "text_en",
        "photo": "photo",
        "link": "web",
        "details": ["fee"],
    },
    "field": [
        {"name": "name", "type": "text", "label": {"vi": "Tên"}},
        {"name": "name_en", "type": "text", "label": {"vi": "Tên tiếng Anh"}},
        {"name": "kind", "type": "choice", "label": {"vi": "Loại"}, "choices": KINDS, **FILTERED},
        {"name": "rank", "type": "choice", "label": {"vi": "Hạng"}, "choices": RANKS, **FILTERED},
        {"name": "radius", "type": "decimal", "unit": "m", "label": {"vi": "Bán kính"}},
        {"name": "text", "type": "text", "label": {"vi": "Mô tả"}},
        {"name": "text_en", "type": "text", "label": {"vi": "Mô tả tiếng Anh"}},
        {"name": "photo", "type": "url", "label": {"vi": "Ảnh"}},
        {"name": "web", "type": "url", "label": {"vi": "Trang web"}},
        {"name": "fee", "type": "text", "label": {"vi": "Giá vé", "en": "Fee"}},
        {"name": "keeper", "type": "text", "label": {"vi": "Người"}, "visibility": "restricted"},
    ],
}  # fmt: skip
ROWS: list[tuple[float, float, dict[str, Any]]] = [
    (107.05, 10.55, {"name": "Đình Một", "name_en": "One", "kind": "relic", "radius": 1000}),
    (107.051, 10.55, {"name": "Đình Hai", "kind": "relic", "radius": 1000, "rank": "national"}),
    (107.15, 10.55, {"name": "Quán Ba", "kind": "food", "radius": 5000, "fee": "<b>0</b>"}),
    (107.16, 10.55, {"name": "Đình Bốn", "kind": "relic"}),
]
ROWS[0][2].update(
    rank="provincial", text="Mô tả bằng tiếng Việt", text_en="Told in English",
    photo="https://example.org/anh.jpg", web="javascript:alert(1)",
)  # fmt: skip


@pytest.fixture
def layer() -> Layer:
    """Four places in two communes, one published version."""
    coverage.forget()
    for place, code in enumerate(("10001", "10002")):
        AdminUnit.objects.create(
            code=code, level="commune", kind="Xã", name=f"Xã {code}", short_name=code,
            name_en=f"Commune {code}", valid_from="2025-07-01",
            geom=MultiPolygon(GEOSGeometry(square(107 + place / 10, 10.5, 0.1), srid=4326)),
        )  # fmt: skip
    layer = save_definition(DEFINITION, parse_definition(DEFINITION), origin=Layer.PLANNER)
    version = LayerVersion.objects.create(layer=layer, number=1)
    partitions.stage(version.pk)
    uids = identity.assign_uids(layer, [row[2]["name"] for row in ROWS])
    with connection.cursor() as cursor:
        for uid, (lon, lat, values) in zip(uids, ROWS, strict=True):
            cursor.execute(
                f"INSERT INTO {partitions.feature_table(version.pk)} (version_id, uid, key,"
                " unit_id, geom, search, properties) SELECT %s, %s, %s, u.id, p, '', %s"
                " FROM ST_SetSRID(ST_MakePoint(%s, %s), 4326) p"
                " JOIN layers_adminunit u ON ST_Covers(u.geom, p)",
                [version.pk, uid, values["name"], json.dumps(values), lon, lat],
            )
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    publish.publish(version, as_operator=True)
    layer.refresh_from_db()
    return layer


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_share_of_ground_within_reach(client: Client, layer: Layer) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(client.get("/layers/test-places/coverage.csv").content.decode("utf-8-sig"))
        )
    )
    first, second = ([float(row["Trong vùng phủ (ha)"]) for row in rows], rows)
    # Two circles of 1,000 m whose middles are 109.5 m apart: one, and a band beside it.
    both = (math.pi * 1000**2 + 2 * 1000 * 109.5) / 10_000
    assert first[0] == pytest.approx(both, rel=0.01)
    assert first[1] == 0
    whole = float(second[0]["Diện tích (ha)"])
    assert float(second[0]["%"]) == pytest.approx(first[0] / whole * 100, abs=0.01)
    text = unescape(page(client, "/layers/test-places/coverage/"))
    href = re.search(r'href="([^"]*items\?unit=10001[^"]*)"', text)
    assert href
    assert client.get(f"{href[1]}&f=json").json()["numberMatched"] == 2
    assert Tally.objects.filter(key=coverage.KEY).count() == 1
    assert "Xã 10002" in text


def test_reach_is_told_only_where_it_is_declared(client: Client, layer: Layer) -> None:
    page(client, "/layers/public-land-parcels/coverage/", 404)
    page(client, "/layers/public-land-parcels/places/", 404)
    Layer.objects.filter(pk=layer.pk).update(visibility=Layer.INTERNAL)
    for path in ("coverage/", "coverage.csv", "places/"):
        page(client, f"/layers/test-places/{path}", 404)
    assert "chưa có dữ liệu công bố" in page(client, "/layers/traffic-cameras/coverage/")
    for wrong in ({"radius_field": "keeper"}, {"radius": 0}, {"radius": 5, "more": 1}):
        with pytest.raises(DefinitionError):
            parse_definition({**DEFINITION, "coverage": wrong})


def test_shipped_conditions_compile() -> None:
    declared = [parsed for _raw, parsed in shipped_definitions() if parsed.shown.coverage]
    assert len(declared) == 3
    for definition in declared:
        where = definition.shown.coverage.where if definition.shown.coverage else ""
        if where:
            compile_filter(where, "cql2-text", queryables_of(definition))


def test_places_by_kind_rank_and_unit(client: Client, layer: Layer) -> None:
    text = page(client, "/layers/test-places/places/")
    titles = re.findall(r'places-title"><a[^>]*>([^<]*)<', text)
    assert titles == ["Đình Hai", "Đình Một", "Đình Bốn", "Quán Ba"]
    assert "Di tích (3)" in text
    assert 'href="https://example.org/anh.jpg" rel="noopener noreferrer nofollow"' in text
    assert "<img" not in text
    assert "javascript:" not in text
    assert "<b>0</b>" not in text
    assert "Mô tả bằng tiếng Việt" in text
    ranked = page(client, "/layers/test-places/places/?kind=relic&rank=provincial&unit=10001")
    assert re.findall(r'places-title"><a[^>]*>([^<]*)<', ranked) == ["Đình Một"]
    assert "Không có nơi nào" in page(
        client, "/layers/test-places/places/?rank=national&unit=10002"
    )
    english = page(client, "/layers/test-places/places/?lang=en")
    assert "Told in English" in english
    assert ">One<" in english
    assert ">Đình Bốn<" in english
    page(client, "/layers/test-places/places/?kind=x&after=9999999&unit=%27")


def test_places_go_on(client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_portal.maps.places_page.PAGE", 3)
    text = unescape(page(client, "/layers/test-places/places/"))
    following = re.search(r'class="button" href="(\?after=\d+)"', text)
    assert following
    rest = page(client, f"/layers/test-places/places/{following[1]}")
    assert re.findall(r'places-title"><a[^>]*>([^<]*)<', rest) == ["Quán Ba"]
