"""The search box against known units and plots: parcels, places, codes, words, coordinates,
nothing.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from layers.models import AdminUnit, LayerVersion, UnitSuccession
from layers.values import fold
from tests.layers.api.conftest import plot

pytestmark = pytest.mark.django_db


def ask(client: Client, text: str, **query: str) -> dict[str, Any]:
    """The answer; fails when it is a problem."""
    response = client.get("/api/search", {"q": text, **query})
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def titles(found: dict[str, Any]) -> list[str]:
    return [one["title"] for one in found["results"]]


def codes(found: dict[str, Any]) -> list[str]:
    return [note["code"] for note in found["notes"]]


def unit(
    name: str, code: str, *, former: bool = False, parent: AdminUnit | None = None
) -> AdminUnit:
    kind, _space, short = name.partition(" ")
    return AdminUnit.objects.create(
        code=code,
        level="commune",
        kind=kind,
        name=name,
        short_name=short,
        name_en=short,
        valid_from="2004-01-01" if former else "2025-07-01",
        valid_to="2025-07-01" if former else None,
        centre=Point(107.2, 10.5, srid=4326),
        search=fold(name),
        parent=parent,
    )


@pytest.fixture
def register(publish_plots: Callable[..., LayerVersion]) -> LayerVersion:
    """Two communes with the same sheet and number; one came from a former commune."""
    here, there = unit("Xã Thử Điền", "99101"), unit("Xã Khác", "99102")
    old = unit("Xã Cũ Phước", "99001", former=True)
    UnitSuccession.objects.create(old=old, new=here)
    first = plot(1, sheet_no="5", parcel_no="12", sheet_no_old="3", parcel_no_old="77",
                 old_commune="Xã Cũ Phước", name="Chợ Thử Điền", code="TD-0012")  # fmt: skip
    second = plot(2, sheet_no="05", parcel_no="12", name="Kho Khác")
    third = plot(3, sheet_no="TĐ03-2014", parcel_no="7")
    return publish_plots(
        [
            {**first, "unit_id": here.pk},
            {**second, "unit_id": there.pk},
            {**third, "unit_id": there.pk},
        ]
    )


@pytest.mark.parametrize(
    "text",
    [
        "tờ 5 thửa 12 Thử Điền",
        "thửa 12 tờ 05, xã thu dien",
        "5/12 Thử Điền",
        "tờ 5 thửa 12 Cũ Phước",
        "tờ 3 thửa 77",
        "tờ cũ 3 thửa cũ 77 xã Cũ Phước",
    ],
)
def test_a_parcel_by_new_or_old_number_and_place(
    client: Client, register: LayerVersion, text: str
) -> None:
    found = ask(client, text)
    first = found["results"][0]
    assert (first["kind"], first["title"]) == ("parcel", "Thửa 12, tờ 5")
    assert "Xã Thử Điền" in first["subtitle"]
    at = f"17/{first['lat']:.6f}/{first['lon']:.6f}"
    assert first["url"] == f"/?layers=test-plots&at={at}&sel=test-plots/{first['uid']}"


def test_without_a_place_every_such_parcel_is_shown(client: Client, register: LayerVersion) -> None:
    assert sorted(titles(ask(client, "tờ 5 thửa 12"))) == ["Thửa 12, tờ 05", "Thửa 12, tờ 5"]
    assert titles(ask(client, "thửa 7 tờ tđ03-2014")) == ["Thửa 7, tờ TĐ03-2014"]


def test_a_parcel_that_is_elsewhere_or_nowhere_is_explained(
    client: Client, register: LayerVersion
) -> None:
    elsewhere = ask(client, "tờ 3 thửa 77 xã Khác")
    assert (len(elsewhere["results"]), codes(elsewhere)) == (1, ["parcel-elsewhere"])
    nowhere = ask(client, "tờ 9 thửa 999 Thử Điền")
    assert (nowhere["results"], codes(nowhere)) == ([], ["parcel-not-found"])
    assert "tờ 9 thửa 999" in nowhere["notes"][0]["message"]
    assert "place-unknown" in codes(ask(client, "tờ 5 thửa 12 Atlantis"))
    assert codes(ask(client, "tờ 3 thửa 77")) == ["matched-old-number"]
    assert codes(ask(client, "thửa 12 Thử Điền")) == ["parcel-incomplete"]


def test_places_by_new_and_old_name_without_accents(client: Client, register: LayerVersion) -> None:
    new = ask(client, "thu dien")["results"][0]
    assert (new["kind"], new["title"], new["lon"]) == ("unit", "Xã Thử Điền", 107.2)
    old = ask(client, "xa cu phuoc")["results"][0]
    assert old["title"] == "Xã Thử Điền"
    assert "Xã Cũ Phước" in old["subtitle"]


def test_codes_words_and_slips_of_the_finger(client: Client, register: LayerVersion) -> None:
    assert titles(ask(client, "td-0012"))[0] == "Thửa 12, tờ 5"
    by_name = ask(client, "cho thu")["results"][0]
    assert by_name["title"] == "Thửa 12, tờ 5"
    assert by_name["subtitle"].startswith("Chợ Thử Điền · Thửa thử")
    assert "Thửa 12, tờ 05" in titles(ask(client, "kho khac"))
    assert "Thửa 12, tờ 5" in titles(ask(client, "cho thu dienn"))


def test_private_words_are_not_searched(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    publish_plots([plot(1, occupier="Nguyễn Văn Kín")])
    assert ask(client, "Nguyễn Văn Kín")["results"] == []


def test_internal_layers_are_found_by_staff_only(
    client: Client, publish_plots: Callable[..., LayerVersion], django_user_model: Any
) -> None:
    publish_plots([plot(1, name="Kho kín")], visibility="internal")
    assert codes(ask(client, "kho kín")) == ["not-found"]
    client.force_login(django_user_model.objects.create_user("officer"))
    assert len(ask(client, "kho kín")["results"]) == 1


@pytest.mark.parametrize(
    "text", ["X 1144200.498 Y 426902.367", "1144200,498 426902,367", "426902.367 1144200.498"]
)
def test_grid_coordinates_in_the_zone_of_the_province(client: Client, db: None, text: str) -> None:
    found = ask(client, text)
    (only,) = found["results"]
    # Vũng Tàu by EPSG:6960 in EPSG:5899; 1e-7° is about 1 cm.
    assert (only["lon"], only["lat"]) == pytest.approx((107.0843, 10.346), abs=1.1e-7)
    assert "107°45′" in only["subtitle"]
    assert codes(found) == (["coordinate-swapped"] if text.startswith("4") else [])


def test_the_other_zone_is_taken_where_only_it_is_in_the_province(client: Client, db: None) -> None:
    (only,) = ask(client, "1144428.860 645936.483")["results"]
    assert (only["lon"], only["lat"]) == pytest.approx((107.0843, 10.346), abs=1.1e-7)
    assert "105°45′" in only["subtitle"]


def test_a_pair_that_fits_two_zones_is_shown_in_both(client: Client, settings: Any) -> None:
    settings.PORTAL_EXTENT = (104.0, 8.0, 109.0, 12.0)
    found = ask(client, "1144200 426902")
    assert [one["subtitle"].count("107°45′") for one in found["results"]] == [1, 0]
    assert codes(found) == ["coordinate-ambiguous"]


def test_degrees(client: Client, db: None) -> None:
    (only,) = ask(client, "10.346, 107.084")["results"]
    assert (only["kind"], only["lon"], only["lat"]) == ("coordinate", 107.084, 10.346)
    assert only["url"] == "/?at=17/10.346000/107.084000"
    assert codes(ask(client, "48.85 2.35")) == ["coordinate-outside"]


def test_nothing_found_says_what_to_try(client: Client, register: LayerVersion) -> None:
    found = ask(client, "zzzzqqq")
    assert (found["results"], codes(found)) == ([], ["not-found"])
    assert "thửa" in found["notes"][0]["message"]


@pytest.mark.parametrize(
    "text", ["%", "_", "'; drop table x; --", "\\", "a" * 200, "🙂", "((((", "5/12/", "tờ thửa"]
)
def test_odd_text_is_answered(client: Client, register: LayerVersion, text: str) -> None:
    assert ask(client, text)["query"] == text


def test_cost(client: Client, register: LayerVersion) -> None:
    for text in ("tờ 5 thửa 12 Thử Điền", "thu dien", "TD-0012", "cho thu"):
        with CaptureQueriesContext(connection) as queries:
            ask(client, text)
        assert len(queries) <= 14, text
    for text in ("thu dienn", "zzzzqqq", "tờ 5 thửa 12 Thuw Dienn"):
        with CaptureQueriesContext(connection) as queries:
            ask(client, text)
        assert len(queries) <= 30, text


def test_limit(client: Client, register: LayerVersion) -> None:
    assert len(ask(client, "tờ 5 thửa 12", limit="1")["results"]) == 1


LOTS: dict[str, Any] = {
    "popup": {
        "title": {"vi": "Lô {parcel_no}", "en": "Lot {parcel_no}"},
        "summary": ["{area_measured}", {"vi": "trước {decided}", "en": "before {decided}"}],
    },
    "search": {
        "words": ["đấu giá", "lô đất"],
        "first": {"field": "status", "values": ["leased"], "then": "decided"},
    },
}


@pytest.fixture
def lots(publish_plots: Callable[..., LayerVersion]) -> LayerVersion:
    """Three lots in Xã Thử Điền (once Phường 7): over, open late, open soon."""
    here = unit("Xã Thử Điền", "99101")
    UnitSuccession.objects.create(old=unit("Phường 7", "99007", former=True), new=here)
    rows = [
        plot(1, name="Đấu giá Thử Điền", status="vacant", decided="2026-01-01"),
        plot(2, name="Đấu giá Thử Điền", status="leased", decided="2026-12-31"),
        plot(3, name="Đấu giá Thử Điền", status="leased", decided="2026-11-30"),
    ]
    return publish_plots([{**row, "unit_id": here.pk} for row in rows], **LOTS)


@pytest.mark.parametrize(
    "text", ["đấu giá Thử Điền", "lô đất thử điền", "dau gia thu dien", "đấu giá phường 7"]
)
def test_what_is_open_and_ends_soonest_comes_first(
    client: Client, lots: LayerVersion, text: str
) -> None:
    found = ask(client, text)
    assert titles(found)[:3] == ["Lô 4", "Lô 3", "Lô 2"]
    assert found["results"][0]["subtitle"] == "103 · trước 30/11/2026 · Xã Thử Điền"


def test_a_former_place_of_a_layer_is_explained(client: Client, lots: LayerVersion) -> None:
    found = ask(client, "đấu giá phường 7")
    assert codes(found) == ["place-renamed"]
    assert found["notes"][0]["message"] == "Phường 7 nay là Xã Thử Điền."
    assert codes(ask(client, "tờ 9 thửa 1 phường 7")) == ["parcel-not-found", "place-renamed"]


def test_a_layer_is_found_by_its_words(client: Client, lots: LayerVersion) -> None:
    unit("Xã Lổ Đất", "99103")
    found = ask(client, "lô đất")
    first = found["results"][0]
    assert (first["kind"], first["layer"], first["uid"]) == ("layer", "test-plots", None)
    assert first["url"] == "/?layers=test-plots"
    assert titles(found) == ["Thửa thử", "Lô 4", "Lô 3", "Lô 2"]
    assert ask(client, "thửa", lang="en")["results"][0]["url"] == "/?layers=test-plots&lang=en"


@pytest.mark.parametrize(
    ("text", "title", "zone"),
    [("Hoàng Sa", "Quần đảo Hoàng Sa", "Đà Nẵng"), ("quan dao truong sa", "Quần đảo Trường Sa",
      "Khánh Hòa")],
)  # fmt: skip
def test_the_archipelagos_come_before_streets(
    client: Client, publish_plots: Callable[..., LayerVersion], text: str, title: str, zone: str
) -> None:
    publish_plots([plot(1, name="Đường Hoàng Sa"), plot(2, name="Quán Dao Trường Sa")])
    first, *others = ask(client, text)["results"]
    assert (first["kind"], first["zoom"]) == ("place", 5.5)
    assert first["title"].startswith(title)
    assert zone in first["subtitle"]
    assert others
    assert ask(client, "đường Hoàng Sa")["results"][0]["kind"] == "parcel"


def test_units_outside_of_the_map_come_last_and_say_so(client: Client, db: None) -> None:
    far = unit("Xã Giả Định", "99104")
    AdminUnit.objects.filter(pk=far.pk).update(centre=Point(105.0, 21.0, srid=4326))
    unit("Xã Giả Định Đông", "99105")
    inside, outside = ask(client, "giả định")["results"]
    assert (inside["title"], outside["title"]) == ("Xã Giả Định Đông", "Xã Giả Định")
    assert "ngoài phạm vi bản đồ" in outside["subtitle"]
    assert "ngoài phạm vi" not in inside["subtitle"]
