"""Layers with a handful of known features, loaded by `layers.partitions` as an import does, and
published.

Used by the tests of the API and of search.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from layers import identity, partitions
from layers.catalogue import save_definition
from layers.definition import parse_definition
from layers.models import Layer, LayerVersion
from layers.publish import publish
from layers.values import fold

Row = dict[str, Any]
PLOTS: dict[str, Any] = {
    "slug": "test-plots",
    "sector": "land",
    "geometry": "polygon",
    "key": ["sheet_no", "parcel_no"],
    "title": {"vi": "Thửa thử", "en": "Test plots"},
    "description": {"vi": "Chỉ để thử.", "en": "For tests only."},
    "licence": "CC-BY-4.0",
    "owner_org": {"vi": "Sở Thử", "en": "Test office"},
    "popup": {"title": {"vi": "Thửa {parcel_no}, tờ {sheet_no}", "en": "Parcel {parcel_no}"}},
    "field": [
        {
            "name": "sheet_no",
            "type": "text",
            "label": "Tờ",
            "searchable": "exact",
            "filterable": True,
        },
        {"name": "parcel_no", "type": "text", "label": "Thửa", "searchable": "exact"},
        {"name": "sheet_no_old", "type": "text", "label": "Tờ cũ", "searchable": "exact"},
        {"name": "parcel_no_old", "type": "text", "label": "Thửa cũ", "searchable": "exact"},
        {"name": "old_commune", "type": "text", "label": "Xã cũ", "searchable": "text"},
        {"name": "name", "type": "text", "label": "Tên", "searchable": "text"},
        {"name": "code", "type": "text", "label": "Mã", "searchable": "exact"},
        {"name": "area_measured", "type": "decimal", "label": "Diện tích", "filterable": True},
        {"name": "fenced", "type": "boolean", "label": "Rào", "filterable": True},
        {"name": "decided", "type": "date", "label": "Ngày", "filterable": True},
        {
            "name": "status",
            "type": "choice",
            "label": "Trạng thái",
            "filterable": True,
            "choices": [
                {"value": "leased", "label": {"vi": "Đang cho thuê", "en": "Leased"}},
                {"value": "vacant", "label": {"vi": "Đất trống", "en": "Vacant"}},
            ],
        },
        {
            "name": "uses",
            "type": "choices",
            "label": "Dùng làm",
            "filterable": True,
            "choices": [
                {"value": "market", "label": {"vi": "Chợ", "en": "Market"}},
                {"value": "school", "label": {"vi": "Trường", "en": "School"}},
            ],
        },
        {"name": "dispute", "type": "boolean", "label": "Tranh chấp", "visibility": "officer"},
        {"name": "occupier", "type": "text", "label": "Người dùng", "visibility": "restricted"},
    ],
}


def square(lon: float, lat: float, size: float = 0.0005) -> str:
    """WKT of a square with its south-west corner there."""
    east, north = lon + size, lat + size
    return f"POLYGON(({lon} {lat},{east} {lat},{east} {north},{lon} {north},{lon} {lat}))"


def plot(number: int, **properties: Any) -> Row:
    """The n-th plot of a grid 40 wide from 107.0, 10.4, 0.001° apart; every tenth is leased."""
    lon, lat = 107.0 + (number % 40) * 0.001, 10.4 + (number // 40) * 0.001
    values = {
        "sheet_no": str(number // 100 + 1),
        "parcel_no": str(number % 100 + 1),
        "status": "vacant" if number % 10 else "leased",
        "area_measured": 100 + number,
        "fenced": number % 2 == 0,
        "decided": "2026-01-31",
        "uses": ["market", "school"] if number < 3 else ["market"],
        **properties,
    }
    return {"wkt": square(lon, lat), "properties": values, "unit_id": None}


def load(definition: dict[str, Any], rows: Iterable[Row]) -> LayerVersion:
    """A sealed version of the layer; the layer is made when it is new."""
    parsed = parse_definition(definition)
    layer = save_definition(definition, parsed, origin=Layer.PLANNER)
    number = LayerVersion.objects.filter(layer=layer).count() + 1
    version = LayerVersion.objects.create(
        layer=layer, number=number, data_date="2026-06-30", base_version=layer.live_version
    )
    partitions.stage(version.pk)
    count = _insert(version, list(rows))
    partitions.seal(version.pk, parsed)
    with connection.cursor() as cursor:
        table = partitions.feature_table(version.pk)
        cursor.execute(
            f"SELECT ST_AsText(ST_Envelope(ST_Extent(geom)::geometry)), sum(area_m2) FROM {table}"
        )
        extent, area = cursor.fetchone()
    version.area_m2, version.feature_count = area, count
    version.state = LayerVersion.STAGED
    version.extent = cast(Polygon, GEOSGeometry(extent, srid=4326))
    version.save()
    version.refresh_from_db()
    return version


def _insert(version: LayerVersion, rows: list[Row]) -> int:
    parsed = version.layer.parsed
    keys = identity.number_duplicates(
        [identity.join_key(row["properties"].get(name) for name in parsed.key) for row in rows]
    )
    uids = identity.assign_uids(version.layer, keys)
    properties = [row["properties"] for row in rows]
    texts = [
        " ".join(str(own.get(f.name) or "") for f in parsed.searchable_fields) for own in properties
    ]
    # Whole, as an import writes them: an index made after an update waits for another transaction.
    statement = (
        f"INSERT INTO {partitions.feature_table(version.pk)} "
        "(version_id, uid, key, unit_id, geom, geom_3857, area_m2, search, properties) "
        "SELECT %s, uid, key, unit_id, shape, ST_ForcePolygonCW(ST_Transform(shape, 3857)), "
        "ST_Area(shape::geography), search, properties::jsonb FROM unnest(%s::uuid[], %s::text[], "
        "%s::bigint[], %s::text[], %s::text[], %s::text[]) "
        "AS made (uid, key, unit_id, wkt, search, properties), ST_GeomFromText(wkt, 4326) AS shape"
    )
    columns = [
        [str(uid) for uid in uids],
        [*keys],
        [row["unit_id"] for row in rows],
        [row["wkt"] for row in rows],
        [fold(text).strip() for text in texts],
        [json.dumps(own) for own in properties],
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [version.pk, *columns])
    return len(rows)


@pytest.fixture(scope="module")
def plots_of_the_file(db_of_the_file: DjangoDbBlocker) -> LayerVersion:
    """250 plots, published once for the tests of a file that want them."""
    with db_of_the_file.unblock():
        return publish(load(PLOTS, (plot(number) for number in range(250))), as_operator=True)


@pytest.fixture
def plots(plots_of_the_file: LayerVersion, db: None) -> LayerVersion:
    """250 plots, published."""
    return LayerVersion.objects.select_related("layer").get(pk=plots_of_the_file.pk)


@pytest.fixture
def publish_plots(request: pytest.FixtureRequest, db: None) -> Callable[..., LayerVersion]:
    """Publish another version of the plots: `publish_plots(rows)`; the first one where the test
    does not ask for `plots`.
    """
    if "plots" not in request.fixturenames:
        others = Layer.objects.filter(slug=PLOTS["slug"])
        others.update(slug="plots-of-other-tests", live_version=None)
    return lambda rows, **changes: publish(load({**PLOTS, **changes}, rows), as_operator=True)
