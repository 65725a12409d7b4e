"""The dashboard: every number equals what its own link counts, and nothing forbidden is told."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis_portal.figures import declared, remembered, tally
from gis_portal.figures.headline import headlines
from gis_portal.figures.models import Tally
from layers import identity, measure, partitions, publish
from layers.catalogue import save_definition, shipped_definitions
from layers.definition import parse_definition
from layers.models import AdminUnit, Layer, LayerVersion, UnitSuccession
from tests.gis_portal.auctions.made import lots_live
from tests.gis_portal.parcels.published import commune
from tests.layers.rows import square

pytestmark = pytest.mark.django_db
FIELDS: list[dict[str, Any]] = [
    {"name": "code", "type": "text", "label": {"vi": "Mã"}, "filterable": True},
    {
        "name": "status",
        "type": "choice",
        "label": {"vi": "Trạng thái", "en": "Status"},
        "choices": [
            {"value": "free", "label": {"vi": "Trống", "en": "Vacant"}},
            {"value": "let", "label": {"vi": "Cho thuê", "en": "Let"}},
        ],
    },
    {"name": "crop", "type": "text", "label": {"vi": "Cây trồng"}},
    {"name": "price", "type": "money", "unit": "đồng", "label": {"vi": "Giá"}},
    {"name": "old_commune", "type": "text", "label": {"vi": "Xã cũ"}},
    {"name": "owner", "type": "text", "label": {"vi": "Chủ"}, "visibility": "restricted"},
]
DEFINITION: dict[str, Any] = {
    "slug": "test-stock",
    "sector": "land",
    "geometry": "polygon",
    "title": {"vi": "Quỹ thử", "en": "Test stock"},
    "counted": {"vi": "thửa", "en": "parcels"},
    "key": ["code"],
    "home": True,
    "field": FIELDS,
}
INDICATORS = {
    "by-status": 'group = "status"\narea = true\nold_unit = "old_commune"',
    "by-crop": """group = "crop"\nwhere = "crop <> 'cỏ'\"""",
    "by-price": 'group = "price"\nbounds = [100, 1000]\namount = "price"',
    "by-owner": 'group = "owner"',
}
# unit, status, crop, price, former commune
ROWS = [
    ("10001", "free", "lúa", 50, "Xã Một"),
    ("10001", "let", "cà phê 'đặc biệt'", 100, "Xã Một"),
    ("10001", "let", "cỏ", 999, "Xã Hai"),
    ("10002", "free", "lúa", 1000, None),
    ("10002", None, "tiêu", None, "Xã Ba"),
    (None, "free", "=điều", 7, None),
    ("10003", "old-value", "lúa", 5000, "Xã Bốn"),
]
NUMBER = re.compile(r'<a href="(/api/collections/test-stock/items[^"]*)">([\d.]+)</a>')


@pytest.fixture(autouse=True)
def own_indicators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Indicators of the test layer only."""
    for position, (key, text) in enumerate(INDICATORS.items()):
        head = f'layer = "test-stock"\nposition = {position}\n'
        words = (
            f'title = {{ vi = "Chỉ tiêu {key}", en = "{key}" }}\nabout = {{ vi = "", en = "" }}\n'
        )
        (tmp_path / f"{key}.toml").write_text(f"{head}{words}{text}\n", encoding="utf-8")
    monkeypatch.setattr(declared, "FOLDER", tmp_path)
    declared.indicators.cache_clear()
    remembered.forget()
    yield
    declared.indicators.cache_clear()
    remembered.forget()


@pytest.fixture
def units() -> dict[str, AdminUnit]:
    """Three communes of today; the third came from both former districts."""

    def unit(code: str, level: str, parent: AdminUnit | None = None, **more: Any) -> AdminUnit:
        return AdminUnit.objects.create(
            code=code,
            level=level,
            kind="Xã",
            name=f"Đơn vị {code}",
            short_name=code,
            name_en=f"Unit {code}",
            parent=parent,
            valid_from="2025-07-01" if "valid_to" not in more else "2000-01-01",
            **more,
        )

    province = unit("97", "province")
    districts = [unit(code, "district", valid_to="2025-07-01") for code in ("901", "902")]
    found = {}
    for place, code in enumerate(("10001", "10002", "10003")):
        shape = f"SRID=4326;MULTI{square(107 + place / 10, 10.5, 0.1).replace('((', '(((')})"
        found[code] = unit(code, "commune", province, geom=shape)
    origins = [("10001", 0, "Xã Một"), ("10002", 0, "Xã Ba"), ("10003", 0, "X"), ("10003", 1, "Y")]
    for number, (code, district, name) in enumerate(origins):
        old = unit(f"2000{number}", "commune", districts[district], valid_to="2025-07-01")
        AdminUnit.objects.filter(pk=old.pk).update(name=name)
        UnitSuccession.objects.create(old=old, new=found[code])
    return found


@pytest.fixture
def layer(units: dict[str, AdminUnit]) -> Layer:
    """The layer with one published version."""
    layer = save_definition(DEFINITION, parse_definition(DEFINITION), origin=Layer.PLANNER)
    publish_rows(layer, units, ROWS)
    return layer


def publish_rows(layer: Layer, units: dict[str, AdminUnit], rows: list[tuple[Any, ...]]) -> None:
    layer.refresh_from_db()
    version = LayerVersion.objects.create(
        layer=layer,
        number=layer.versions.count() + 1,
        base_version=layer.live_version,
        data_date="2026-06-30",
    )
    partitions.stage(version.pk)
    uids = identity.assign_uids(layer, [str(place) for place in range(len(rows))])
    with connection.cursor() as cursor:
        for place, (unit, status, crop, price, old) in enumerate(rows):
            values = {"code": str(place), "status": status, "crop": crop, "price": price}
            values["old_commune"] = old
            told = {name: value for name, value in values.items() if value is not None}
            cursor.execute(
                f"INSERT INTO {partitions.feature_table(version.pk)} (version_id, uid, key,"
                " unit_id, geom, area_m2, search, properties)"
                " VALUES (%s, %s, %s, %s, ST_GeomFromText(%s, 4326), %s, '', %s)",
                [
                    version.pk,
                    uids[place],
                    str(place),
                    units[unit].pk if unit else None,
                    square(107 + place / 100, 10.5),
                    10_000 * (place + 1),
                    json.dumps(told),
                ],
            )
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    publish.publish(version, as_operator=True)
    layer.refresh_from_db()


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return unescape(response.content.decode())


def counted(client: Client, href: str) -> int:
    answer = client.get(f"{href}{'&' if '?' in href else '?'}f=json")
    assert answer.status_code == 200, (href, answer.content)
    return int(answer.json()["numberMatched"])


def test_every_number_is_what_its_link_counts(client: Client, layer: Layer) -> None:
    paths = ["/figures/?unit=10001", "/figures/by-status/?units=old&unit=20000"]
    paths += [f"/figures/{key}/?units=district" for key in ("by-status", "by-crop", "by-price")]
    paths += ["/figures/by-status/?unit=~&value=free", "/figures/by-status/?value=~"]
    paths += ["/figures/by-crop/?value=l%C3%BAa", "/figures/by-price/?value=2"]
    checked: dict[str, int] = {}
    for path in paths:
        found = NUMBER.findall(page(client, path))
        assert found, path
        for href, number in found:
            if href not in checked:
                checked[href] = counted(client, href)
            assert int(number.replace(".", "")) == checked[href], (path, href)
    assert len(checked) > 30


def test_what_is_rare_is_counted_together(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "MOST_CLASSES", 1)
    text = page(client, "/figures/by-crop/")
    href, number = dict(re.findall(r"(Các giá trị khác).*?(/api/[^\"]*\">\d+)", text, re.DOTALL))[
        "Các giá trị khác"
    ].split('">')
    assert counted(client, href) == int(number) == 3


def test_sums_are_those_of_the_listed_features(client: Client, layer: Layer) -> None:
    text = page(client, "/figures/by-status/?unit=10001")
    href = next(h for h, _n in NUMBER.findall(text) if "status=let" in h and "10001" in h)
    areas = [f["properties"]["area_m2"] for f in client.get(f"{href}&f=json").json()["features"]]
    assert sum(areas) == 50_000
    assert f'<td class="right">{"5,00"}</td>' in text


def test_the_csv_says_the_same(client: Client, layer: Layer) -> None:
    for kind in ("new", "district", "old"):
        answer = client.get(f"/figures/by-status.csv?units={kind}")
        body = answer.content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(body)))
        assert sum(int(row["thửa"]) for row in rows) == len(ROWS)
        assert sum(float(row["Diện tích (ha)"]) for row in rows) == pytest.approx(28)
        for row in rows:
            href = row["Truy vấn"].removeprefix("http://testserver")
            assert counted(client, href) == int(row["thửa"]), row
            assert (row["Phiên bản"], row["Ngày dữ liệu"]) == ("1", "2026-06-30")
    crops = client.get("/figures/by-crop.csv").content.decode()
    assert "'=điều" in crops
    assert ",=điều" not in crops


def test_old_and_new_units(client: Client, layer: Layer) -> None:
    new = page(client, "/figures/by-status/")
    assert "Đơn vị 10001" in new
    assert "Chưa rõ đơn vị" in new
    assert new.count('class="ramp-') > 3
    former = page(client, "/figures/by-status/?units=district")
    assert "nay là Đơn vị 10001, Đơn vị 10002" in former
    assert "Đất của nhiều huyện: Đơn vị 901, Đơn vị 902" in former
    old = page(client, "/figures/by-status/?units=old")
    assert "Xã Một (Đơn vị 901)" in old
    assert "nay thuộc Đơn vị 10001" in old
    assert "Xã, phường cũ" not in page(client, "/figures/by-crop/")


def test_a_field_that_is_not_public_is_no_indicator(client: Client, layer: Layer) -> None:
    assert "by-owner" not in page(client, "/figures/")
    page(client, "/figures/by-owner/", 404)
    page(client, "/figures/by-owner.csv", 404)
    private = [{**f, "visibility": "officer"} if f["name"] == "status" else f for f in FIELDS]
    raw = {**DEFINITION, "field": private}
    save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)
    text = page(client, "/figures/")
    assert "by-status" not in text
    assert "Trống" not in text
    page(client, "/figures/by-status/", 404)


def test_a_layer_that_is_not_public_never_appears(client: Client, layer: Layer) -> None:
    assert "Quỹ thử" in page(client, "/figures/")
    raw = {**DEFINITION, "visibility": "internal"}
    save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)
    text = page(client, "/figures/") + page(client, "/layers/")
    for words in ("Quỹ thử", "by-status", "test-stock"):
        assert words not in text
    page(client, "/figures/by-status/", 404)
    page(client, "/figures/by-status.csv", 404)
    assert "test-stock" not in client.get("/figures/freshness.csv").content.decode()
    assert not headlines(None, "vi")


def test_nothing_published_is_said(client: Client, units: dict[str, AdminUnit]) -> None:
    save_definition(DEFINITION, parse_definition(DEFINITION), origin=Layer.PLANNER)
    for path in ("/figures/", "/figures/by-status/"):
        assert "chưa có dữ liệu công bố nên chưa có số liệu" in page(client, path)
    lines = client.get("/figures/by-status.csv").content.decode().strip().splitlines()
    assert len(lines) == 1


def test_counted_once_a_version_and_again_for_the_next(
    client: Client,
    layer: Layer,
    units: dict[str, AdminUnit],
    django_assert_max_num_queries: Any,
) -> None:
    page(client, "/figures/")
    kept = Tally.objects.count()
    assert kept == 3
    remembered.forget()
    with django_assert_max_num_queries(5):  # units, layers, tallies; the lots' layer, its marks
        page(client, "/figures/?unit=10001")
    publish_rows(layer, units, ROWS[:2])
    text = page(client, "/figures/by-status/")
    assert "phiên bản 2" in text
    assert {n for _h, n in NUMBER.findall(text)} <= {"0", "1", "2"}
    remembered.keep_house()
    assert set(Tally.objects.values_list("version_id", flat=True)) == {layer.live_version_id}


def test_a_large_version_is_left_to_the_worker(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "AT_ONCE", 3)
    assert "máy chủ đang tính số liệu" in page(client, "/figures/by-status/")
    assert layer.live_version_id is not None
    assert remembered.count_version(layer.live_version_id) == "3 counted"
    assert NUMBER.findall(page(client, "/figures/by-status/"))


def test_headlines_lead_to_their_query(client: Client, layer: Layer) -> None:
    (one,) = headlines(None, "vi")
    assert (one.number, one.counted, one.area, one.version) == ("7", "thửa", "28,0 ha", 1)
    assert counted(client, one.href) == 7
    assert f'<a href="{one.href}">7 thửa</a>' in page(client, "/figures/")


def test_stages_are_counted_as_the_auction_pages_count(client: Client) -> None:
    assert "theo giai đoạn lúc này" not in page(client, "/figures/")
    here = commune("99901", "Xã Mới")
    lots_live({"L1": {"unit": here}, "L2": {"status": "planned", "unit": here}, "L3": {}})
    for path, lots in (("/figures/", 3), ("/figures/?unit=99901", 2)):
        text = page(client, path)
        found = re.findall(r'<a href="(/auctions/[^"]*)">([\d.]+)(?: lô)?</a>', text)
        assert (str(lots)) in dict(found).values()
        for href, number in found:
            assert client.get(href).context["total"] == int(number), href
    assert [one.href for one in headlines(None, "vi")][-1] == "/auctions/?stage=open"
    assert "theo giai đoạn lúc này" not in page(client, "/figures/?sector=tourism")


def test_bad_wishes_are_answered(client: Client, layer: Layer) -> None:
    assert "UnknownUnit" not in page(client, "/figures/?unit=99999", 404)
    page(client, "/figures/by-status/?units=no&unit=%00&value=x")
    page(client, "/figures/?sector=no")
    page(client, "/figures/no-such/", 404)


def test_shipped_indicators_fit_their_layers() -> None:
    folder = Path(declared.__file__).parent / "indicators"
    definitions = {parsed.slug: parsed for _raw, parsed in shipped_definitions()}
    found = [declared.read(path) for path in folder.glob("*.toml")]
    assert len(found) >= 12
    for one in found:
        assert one.fits(definitions[one.layer]), one.key
        assert one.title.vi != one.title.en
