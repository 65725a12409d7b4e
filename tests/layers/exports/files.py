"""A layer with every kind of field, and its exports as a caller gets them."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import shapely
from django.db import connection
from django.test import Client

from layers import identity, measure, partitions, publish
from layers.catalogue import save_definition
from layers.crs import VN2000
from layers.definition import parse_definition
from layers.models import Layer, LayerVersion

SLUG = "test-exports"
EXPORT = f"/api/collections/{SLUG}/export."
EXPORTS = f"/api/collections/{SLUG}/exports"
LONG = "Thửa đất ở tại khu phố Long Phượng, " * 12


def text(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


FIELDS: list[dict[str, Any]] = [
    {"name": "code", "type": "text", "label": text("Mã", "Code"), "filterable": True},
    {"name": "sheet_number_old", "type": "text", "label": text("Số tờ cũ", "Old sheet")},
    {"name": "sheet_number_new", "type": "text", "label": text("Số tờ mới", "New sheet")},
    {"name": "area", "type": "decimal", "label": text("Diện tích", "Area"), "unit": "m²"},
    {"name": "price", "type": "money", "label": text("Giá", "Price")},
    {"name": "floors", "type": "integer", "label": text("Số tầng", "Floors"), "filterable": True},
    {"name": "leased", "type": "boolean", "label": text("Cho thuê", "Leased")},
    {"name": "signed", "type": "date", "label": text("Ngày ký", "Signed")},
    {"name": "opens", "type": "datetime", "label": text("Mở lúc", "Opens")},
    {
        "name": "uses",
        "type": "choices",
        "label": text("Mục đích", "Uses"),
        "choices": [
            {"value": "ONT", "label": text("Đất ở nông thôn", "Rural housing")},
            {"value": "CLN", "label": text("Cây lâu năm", "Perennial crops")},
        ],
    },
    {"name": "note", "type": "text", "label": text("Ghi chú", "Note")},
    {
        "name": "owner",
        "type": "text",
        "label": text("Chủ sử dụng", "Owner"),
        "visibility": "restricted",
    },
]
ROWS: list[dict[str, Any]] = [
    {
        "code": "0012",
        "sheet_number_old": "05",
        "sheet_number_new": "117",
        "area": 235.4,
        "price": 3_619_200_000_000,
        "floors": 2,
        "leased": True,
        "signed": "2026-06-30",
        "opens": "2026-07-01T08:30:00+07:00",
        "uses": ["ONT", "CLN"],
        "note": 'Đường Nguyễn Huệ, "góc phố"; giáp rạch',
    },
    {"code": "0013", "note": '=HYPERLINK("http://a.example";"x")', "area": -1.5, "floors": 0},
    {"code": "0014", "sheet_number_old": "+84 254 3", "leased": False, "note": LONG, "uses": []},
    {"code": "0015", "note": "dòng một\ndòng hai", "signed": "2025-12-31"},
]
# On both sides of the seam where PROJ changes its mind about VN-2000 (107.1111 degrees east).
WEST, EAST = 107.05, 107.2


def square(place: int) -> str:
    west = (WEST, EAST)[place % 2] + place * 0.002
    box = shapely.box(west, 10.4, west + 0.0012345, 10.4011111)
    return str(box.wkt)


def exports_layer(**changes: Any) -> Layer:
    raw = {
        "slug": SLUG,
        "sector": "land",
        "geometry": "polygon",
        "title": text("Lô xuất thử", "Plots to export"),
        "description": text("Để thử xuất tệp", "To try exports"),
        "licence": "CC-BY-4.0",
        "owner_org": text("Sở Nông nghiệp và Môi trường", "Department"),
        "key": ["code"],
        "label": {"template": "{code}"},
        "field": FIELDS,
        **changes,
    }
    return save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)


def published(
    layer: Layer, rows: list[dict[str, Any]] | None = None, shapes: list[str] | None = None
) -> LayerVersion:
    """A live version of these rows, with a private value each."""
    rows = ROWS if rows is None else rows
    shapes = shapes or [square(place) for place in range(len(rows))]
    layer.refresh_from_db()
    version = LayerVersion.objects.create(
        layer=layer,
        number=layer.versions.count() + 1,
        base_version=layer.live_version,
        data_date="2026-06-30",
        decision_no="12/QĐ-UBND",
        source_org="Văn phòng đăng ký đất đai",
        is_illustrative=True,
    )
    partitions.stage(version.pk)
    uids = identity.assign_uids(layer, [row["code"] for row in rows])
    with connection.cursor() as cursor:
        for uid, row, shape in zip(uids, rows, shapes, strict=True):
            cursor.execute(
                f"INSERT INTO {partitions.feature_table(version.pk)} "
                "(version_id, uid, key, geom, area_m2, search, properties) "
                "VALUES (%s, %s, %s, ST_GeomFromText(%s, 4326), 100.04, '', %s)",
                [version.pk, uid, row["code"], shape, json.dumps(row)],
            )
            cursor.execute(
                f"INSERT INTO {partitions.private_table(version.pk)} "
                "(version_id, uid, visibility, values) VALUES (%s, %s, 'restricted', %s)",
                [version.pk, uid, json.dumps({"owner": "Nguyễn Văn Kín"})],
            )
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.removal_reason = "thử"
    version.save()
    return publish.publish(version, as_operator=True)


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else bytes(response.content)


def exported(client: Client, ending: str, folder: Path, query: str = "") -> Path:
    """The file as a browser would keep it; a zip is unpacked, its folder answered."""
    response = client.get(f"{EXPORT}{ending}{query}")
    content = body(response)
    assert response.status_code == 200, content
    assert response.headers["Content-Length"] == str(len(content))
    if ending.endswith(".zip"):
        place = folder / ending.replace(".", "-")
        zipfile.ZipFile(io.BytesIO(content)).extractall(place)
        return place
    path = folder / f"got.{ending}"
    path.write_bytes(content)
    return path


def in_grid(epsg: int) -> list[Any]:
    """The shapes in that grid, as the database has them by the pinned definition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsBinary(ST_Transform(f.geom, %s)) FROM layers_feature f "
            "JOIN layers_layer l ON l.live_version_id = f.version_id "
            "WHERE l.slug = %s ORDER BY f.id",
            [VN2000[epsg].srid if epsg in VN2000 else epsg, SLUG],
        )
        return [shapely.from_wkb(bytes(row[0])) for row in cursor.fetchall()]
