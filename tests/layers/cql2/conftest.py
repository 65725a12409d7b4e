"""A published layer with a field of every type, and a row whose values are of other types."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from layers.cql2 import Sql, compile_filter, evaluating, queryables_of
from layers.crs import WGS84, Crs
from layers.models import AdminUnit, LayerVersion
from layers.publish import publish
from tests.layers.api.conftest import load

MARKETS: dict[str, Any] = {
    "slug": "test-markets",
    "sector": "land",
    "geometry": "polygon",
    "key": ["name"],
    "title": {"vi": "Chợ thử", "en": "Test markets"},
    "popup": {"title": {"vi": "{name}", "en": "{name}"}},
    "field": [
        {"name": "name", "type": "text", "label": "Tên", "filterable": True},
        {"name": "name_ascii", "type": "text", "label": "Tên không dấu"},
        {"name": "stalls", "type": "integer", "label": "Sạp", "filterable": True},
        {"name": "rent", "type": "money", "label": "Tiền thuê"},
        {"name": "floor", "type": "decimal", "label": "Sàn", "filterable": True},
        {"name": "yard", "type": "decimal", "label": "Sân"},
        {"name": "roofed", "type": "boolean", "label": "Có mái", "filterable": True},
        {"name": "checked", "type": "boolean", "label": "Đã xem"},
        {"name": "built", "type": "date", "label": "Ngày xây", "filterable": True},
        {"name": "begins", "type": "datetime", "label": "Mở", "filterable": True},
        {"name": "ends", "type": "datetime", "label": "Đóng"},
        {
            "name": "sells",
            "type": "choices",
            "label": "Bán",
            "choices": [
                {"value": word, "label": {"vi": word, "en": word}}
                for word in ("fish", "rice", "cloth")
            ],
        },
        {"name": "owner", "type": "text", "label": "Chủ", "visibility": "restricted"},
    ],
}


def _square(west: float, south: float, side: float = 0.01) -> str:
    east, north = west + side, south + side
    return f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"


# Three squares in a row that touch, a line through the first two, a point in the first.
ROWS: list[dict[str, Any]] = [
    {
        "wkt": _square(107.0, 10.4),
        "properties": {
            "name": "Chợ Bà Rịa",
            "name_ascii": "Cho Ba Ria",
            "stalls": 120,
            "rent": 500_000,
            "floor": 2159.6,
            "yard": 10.5,
            "roofed": True,
            "checked": True,
            "built": "1998-05-20",
            "begins": "2026-07-01T05:00:00+07:00",
            "ends": "2026-07-01T11:00:00+07:00",
            "sells": ["fish", "rice"],
        },
    },
    {
        "wkt": _square(107.01, 10.4),
        "properties": {
            "name": "Chợ Đất Đỏ",
            "name_ascii": "Cho Dat Do",
            "stalls": 60,
            "rent": 400_000,
            "floor": 800,
            "yard": 0,
            "roofed": False,
            "checked": False,
            "built": "2010-01-01",
            "begins": "2026-07-02T05:00:00+07:00",
            "ends": "2026-07-02T18:30:00+07:00",
            "sells": ["cloth"],
        },
    },
    {
        "wkt": _square(107.02, 10.4),
        "properties": {"name": "100% Việt_Nam", "stalls": 0, "sells": []},
    },
    {
        "wkt": "LINESTRING(106.995 10.405, 107.015 10.405)",
        "properties": {"name": "đường", "name_ascii": "đường", "stalls": -5, "floor": -4},
    },
    {
        "wkt": "POINT(107.005 10.405)",
        # As a version keeps them whose fields had other types; the indexed ones cannot be wrong.
        "properties": {
            "name": "cũ",
            "rent": "many",
            "yard": ["x"],
            "checked": "perhaps",
            "built": "yesterday",
            "begins": "",
            "sells": "fish",
        },
    },
]
Find = Callable[..., set[str]]


def unit(code: str, name: str, parent: AdminUnit | None = None) -> AdminUnit:
    """A unit in force."""
    return AdminUnit.objects.create(
        code=code,
        level=AdminUnit.PROVINCE if parent is None else AdminUnit.COMMUNE,
        kind="Xã",
        name=name,
        short_name=name,
        name_en=name,
        parent=parent,
        valid_from=dt.date(2025, 7, 1),
    )


@pytest.fixture
def markets(db: None) -> LayerVersion:
    """The five markets, published; the first lies in commune 90001 of province 97."""
    commune = unit("90001", "Phường Thử", unit("97", "Tỉnh Thử"))
    rows = [{"unit_id": None, **row} for row in ROWS]
    rows[0]["unit_id"] = commune.pk
    return publish(load(MARKETS, rows), as_operator=True)


def run(version: LayerVersion, condition: Sql) -> set[str]:
    """Names of the features that match."""
    statement = (
        "SELECT f.properties ->> 'name' FROM layers_feature f "
        f"WHERE f.version_id = %s AND ({condition.text})"
    )
    with evaluating(condition), connection.cursor() as cursor:
        cursor.execute(statement, [version.pk, *condition.values])
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def find(markets: LayerVersion) -> Find:
    """`find("stalls > 5")` → keys of the matching features."""
    queryables = queryables_of(markets.layer.parsed)

    def find_(text: str, crs: Crs = WGS84, *, axis_swapped: bool = False) -> set[str]:
        lang: Any = "cql2-json" if text.startswith("{") else "cql2-text"
        condition = compile_filter(
            text, lang, queryables, filter_crs=crs, axis_swapped=axis_swapped
        )
        return run(markets, condition)

    return find_
