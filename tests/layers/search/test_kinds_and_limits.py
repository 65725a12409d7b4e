"""What results are called, units by code, codes in every spelling, and what a search may cost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from layers.definition import parse_definition
from layers.errors import DefinitionError
from layers.models import LayerVersion, UnitSuccession
from layers.search import answer
from tests.layers.api.conftest import PLOTS, plot
from tests.layers.search.test_answer import ask, codes, titles, unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["parcel", "lot", "place", "station", "feature"])
def test_a_layer_says_what_its_features_are(
    client: Client, publish_plots: Callable[..., LayerVersion], kind: str
) -> None:
    publish_plots([plot(1, name="Bãi Trước")], search={"kind": kind})
    assert [one["kind"] for one in ask(client, "bai truoc")["results"]] == [kind]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"search\.kind"):
        parse_definition({**PLOTS, "search": {"kind": "thing"}})


@pytest.mark.parametrize("text", ["99101", "mã xã 99101", "Mã đơn vị hành chính 99101"])
def test_a_unit_by_its_code(client: Client, text: str) -> None:
    unit("Xã Thử Điền", "99101")
    (only,) = ask(client, text)["results"]
    assert (only["kind"], only["title"]) == ("unit", "Xã Thử Điền")
    assert only["subtitle"].startswith("Mã 99101")


def test_a_code_that_was_used_again_leads_to_both(client: Client) -> None:
    now = unit("Xã Khác", "99102")
    UnitSuccession.objects.create(old=unit("Xã Cũ Phước", "99101", former=True), new=now)
    unit("Xã Thử Điền", "99101")
    assert titles(ask(client, "99101")) == ["Xã Thử Điền", "Xã Khác"]
    assert "Tên cũ: Xã Cũ Phước" in ask(client, "99101")["results"][1]["subtitle"]


@pytest.mark.parametrize("text", ["xã Thử Điền", "thi xa thu dien", "p thử điền", "TP. Thử Điền"])
def test_a_unit_of_another_kind_is_the_place_that_is_meant(client: Client, text: str) -> None:
    unit("Phường Thử Điền", "99101")
    assert titles(ask(client, text)) == ["Phường Thử Điền"]


def test_a_former_province_comes_before_its_communes(client: Client) -> None:
    def province(name: str, code: str, **more: Any) -> Any:
        found = unit(name, code, **more)
        found.level = "province"
        found.save()
        return found

    old = province("Tỉnh Thử - Nghiệm", "97", former=True)
    UnitSuccession.objects.create(old=old, new=province("Thành phố Lớn", "98"))
    for number in range(8):
        commune = unit(f"Xã Nhỏ {number}", f"9910{number}")
        commune.search = f"xa nho {number}, tinh thu - nghiem"
        commune.save()
    found = ask(client, "thử nghiệm")
    assert found["results"][0]["title"] == "Thành phố Lớn"
    assert "Tỉnh Thử - Nghiệm" in found["results"][0]["subtitle"]


@pytest.mark.parametrize(
    "text", ["LK-2026-014", "lk-2026-014", "LK 2026 014", "lk2026014", "LK2026-014", "lk 2026014"]
)
def test_a_code_in_every_spelling(
    client: Client, publish_plots: Callable[..., LayerVersion], text: str
) -> None:
    publish_plots([plot(1, code="LK-2026-014"), plot(2, code="LK-2026-015")])
    assert titles(ask(client, text)) == ["Thửa 2, tờ 1"]


def test_a_road_by_its_number(client: Client, publish_plots: Callable[..., LayerVersion]) -> None:
    publish_plots([plot(1, code="QL51", name="Quốc lộ 51"), plot(2, name="Đường 30/4")])
    for text in ("QL51", "QL 51", "ql.51", "quốc lộ 51"):
        assert titles(ask(client, text))[0] == "Thửa 2, tờ 1", text
    assert titles(ask(client, "đường 30/4")) == ["Thửa 3, tờ 1"]


def test_short_forms_both_ways(client: Client, publish_plots: Callable[..., LayerVersion]) -> None:
    publish_plots([plot(1, name="UBND xã Hòa"), plot(2, name="Khu công nghiệp Mỹ Xuân")])
    assert titles(ask(client, "uỷ ban nhân dân hoà")) == ["Thửa 2, tờ 1"]
    assert titles(ask(client, "kcn mỹ xuân")) == ["Thửa 3, tờ 1"]


def test_an_unknown_house_number_leads_to_the_street(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    publish_plots([plot(1, name="Đường Trần Phú")])
    for text in ("12 Trần Phú", "số nhà 12/5A trần phú", "12/5 Trần Phú"):
        found = ask(client, text)
        assert (titles(found), codes(found)) == (["Thửa 2, tờ 1"], ["without-number"]), text


def test_who_types_accents_means_them(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    publish_plots(
        [plot(1, name="Chợ Lớn"), plot(2, name="Chỗ Lộn xộn chợ cũ"), plot(3, name="Chờ")]
    )
    assert titles(ask(client, "chờ"))[0] == "Thửa 4, tờ 1"
    assert titles(ask(client, "chợ"))[-1] == "Thửa 4, tờ 1"


def test_stretches_of_a_street_are_shown_once(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    popup = {"title": {"vi": "{name}", "en": "{name}"}}
    publish_plots([plot(number, name="Đường Trần Phú") for number in range(5)], popup=popup)
    assert titles(ask(client, "tran phu")) == ["Đường Trần Phú"]


def too_slow(*_args: object, **_named: object) -> Any:
    """A question that the database itself cancels."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


def test_what_was_found_in_time_is_shown(
    client: Client,
    publish_plots: Callable[..., LayerVersion],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    publish_plots([plot(1, name="Chợ")], search={"words": ["chợ"]})
    settings.PORTAL_SEARCH_MS = 200
    monkeypatch.setattr(answer, "by_words", too_slow)
    found = ask(client, "chợ")
    assert [one["kind"] for one in found["results"]] == ["layer"]
    assert codes(found) == ["search-incomplete"]


def test_nothing_found_in_time_has_a_name(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PORTAL_SEARCH_MS = 20
    monkeypatch.setattr(answer, "find_places", too_slow)
    response = client.get("/api/search", {"q": "chợ"})
    assert response.status_code == 503
    assert json.loads(response.content)["code"] == "search-too-slow"
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "text",
    [
        "a " * 100,
        "ab" * 100,
        "1 " * 100,
        "đ" * 200,
        "vungtau" * 28,
        "x9" * 100,
        "tờ " * 60,
        "-" * 200,
    ],
)
def test_the_longest_texts_are_answered(
    client: Client, publish_plots: Callable[..., LayerVersion], text: str
) -> None:
    unit("Phường Vũng Tàu", "99102")
    publish_plots([plot(1, name="Chợ")])
    assert ask(client, text)["query"] == text.strip()


def test_a_units_whole_name_is_not_looked_for_in_large_layers(
    client: Client,
    publish_plots: Callable[..., LayerVersion],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit("Xã Thử Điền", "99101")
    publish_plots([plot(1, name="UBND xã Thử Điền")])
    assert titles(ask(client, "thử điền")) == ["Xã Thử Điền", "Thửa 2, tờ 1"]
    monkeypatch.setattr(answer, "LARGE", 0)
    assert titles(ask(client, "thử điền")) == ["Xã Thử Điền"]
    assert titles(ask(client, "ubnd thử điền")) == ["Thửa 2, tờ 1"]
