"""Maps of planners on paper: what stands on the sheets, of which places, and who may print them."""

import json
from typing import Any

import numpy as np
import pytest
import shapely
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from gis_portal.planner.compositions import painting
from gis_portal.planner.compositions.classes import classes_of
from gis_portal.planner.compositions.models import Composition
from gis_portal.planner.compositions.painting import painted
from gis_portal.planner.compositions.paper import frame_of, wish_of
from gis_portal.planner.printing.drawing import Painted, svg
from gis_portal.planner.printing.frame import Frame, bar, frame_around
from gis_portal.planner.printing.ground import ground_of
from gis_portal.planner.printing.scene import placed, with_land
from layers.catalogue import save_definition
from layers.crs import VN2000, by_code
from layers.definition import parse_definition
from layers.models import AdminUnit, Layer, LayerVersion
from tests.gis_portal.parcels.extract.reading import opened, squeezed
from tests.gis_portal.planner.engine.made import EAST, NORTH, Row, box, commune, layer, version
from tests.gis_portal.planner.results.made import planner

pytestmark = pytest.mark.django_db
SIDE = 9
GRID = VN2000[5899]
THEME = {"field": "number", "method": "equal", "n": 3, "palette": "sea"}
FRAME = Frame(EAST + 200, NORTH + 200, 200.0, 181.0, 5_000)


def live(made: Layer, rows: list[Row]) -> Layer:
    """With these features for everybody to read."""
    number = version(made, rows)
    LayerVersion.objects.filter(pk=number).update(state=LayerVersion.PUBLISHED)
    Layer.objects.filter(pk=made.pk).update(live_version=number)
    cache.clear()
    return Layer.objects.select_related("live_version").get(pk=made.pk)


@pytest.fixture
def land(db: None) -> Layer:
    """A commune with 81 parcels of 10 m that have numbers but for one, and a road through it."""
    unit = commune("90211", box(-100, -100, 500, 500))
    AdminUnit.objects.filter(pk=unit.pk).update(name_en="Commune 90211")
    _roads()
    rows = [
        Row(box(x * 40, y * 40, x * 40 + 10, y * 40 + 10), "ODT" if x else "CLN", None, x * 10 + y)
        for x in range(SIDE)
        for y in range(SIDE)
    ]
    rows[40] = Row(rows[40].wkt, None, None, None)
    return live(layer("paper-parcels", "polygon"), rows)


def _roads() -> Layer:
    raw: dict[str, Any] = {
        "slug": "paper-roads",
        "sector": "transport",
        "geometry": "line",
        "title": {"vi": "Đường thử", "en": "Trial roads"},
        "near": {"kind": "road"},
        "label": {"template": "{kind}"},
        "style": {"by": "kind", "min_zoom": 6, "working_zoom": 13},
        "field": [
            {
                "name": "kind",
                "type": "choice",
                "label": {"vi": "Cấp", "en": "Class"},
                "choices": [
                    {
                        "value": "Quốc lộ 51",
                        "label": {"vi": "Quốc lộ", "en": "National"},
                        "width": 3,
                    }
                ],
            }
        ],
    }
    line = f"LINESTRING({EAST - 100} {NORTH + 200}, {EAST + 500} {NORTH + 200})"
    made = save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)
    return live(made, [Row(line, "Quốc lộ 51")])


def entry(slug: str, **more: Any) -> dict[str, Any]:
    usual = {"layer": slug, "on": True, "opacity": 1, "group": "", "filter": None, "theme": None}
    return {**usual, **more}


def saved(*sides: list[dict[str, Any]], **more: Any) -> Composition:
    document = {
        "mode": "swipe" if len(sides) > 1 else "one",
        "cut": 0.5,
        "view": None,
        "sides": [*sides, []][:2],
    }
    usual = {"title": "Đất và đường", "document": document, "owner": planner("paper-owner")}
    return Composition.objects.create(**{**usual, **more})


def reader(name: str = "") -> Client:
    client = Client()
    if name:
        client.force_login(planner(name))
    return client


def pages(pdf: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in opened(pdf).pages]


def test_two_sides_are_two_sheets_of_one_place(land: Layer) -> None:
    only = {"op": ">=", "args": [{"property": "number"}, 40]}
    left, right = [entry(land.slug, theme=THEME)], [entry(land.slug, filter=only, group="Đất đai")]
    made = saved(left, right)
    wish = "paper=a4&scale=5000&box=107.166,10.5,107.176,10.51"
    answer = reader("paper-owner").get(f"/planner/map/{made.pk}/map.pdf?{wish}")
    assert answer.headers["Cache-Control"] == "private, no-store"
    first, second = pages(answer.content)
    for page, side in ((first, "1/2,bêntrái"), (second, "2/2,bênphải")):
        assert f"Đấtvàđường·{side}" in page
        assert "Tỷlệ1:5.000" in page
        assert "Nguồndữliệupaper-parcels:Phiênbản1" in page
        assert "Inngày" in page
        assert f"/planner/map/{made.pk}/" in page
    assert "paper-parcels:Số" in first
    assert "Chỉnhữngđốitượngcó:Sốtừ40trởlên." in second
    assert "Đấtđai" in second
    english = reader("paper-owner").get(f"/planner/map/{made.pk}/map.pdf?paper=a3&side=1&lang=en")
    (page,) = pages(english.content)
    assert "Onlyfeatureswith:Number" in page
    assert "Commune90211" in page


def test_every_feature_is_painted_once_in_the_colour_of_its_class(land: Layer) -> None:
    classes = classes_of(land, "number", method="equal", count=3, palette="sea", language="vi")
    found = painted(entry(land.slug, theme=THEME, opacity=0.5), land, FRAME, GRID, "vi")
    counts = {layer.fill: len(layer.shapes) for layer in found.layers}
    assert counts == {line.colour: line.count for line in classes.lines} | {classes.unknown: 1}
    assert sum(counts.values()) == SIDE * SIDE
    areas = classes_of(land, "area_m2", method="equal", count=3, palette="sea", language="vi")
    assert (areas.label, areas.lines[0].label) == ("Diện tích (ha)", "0,010 – 0,010")
    lines = found.block["entries"]
    assert [line["label"] for line in lines] == [
        *(line.label for line in classes.lines),
        "Không có giá trị",
    ]
    assert {line["opacity"] for line in lines} == {layer.opacity for layer in found.layers}


def test_more_than_a_sheet_holds_is_summed_and_said(
    land: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painting, "MOST_SHAPES", 10)
    far = Frame(FRAME.east, FRAME.north, 200.0, 181.0, 500_000)
    for frame in (FRAME, far):
        found = painted(entry(land.slug), land, frame, GRID, "vi")
        assert any(note.startswith("Ô vuông") for note in found.block["notes"])
        assert found.layers


def test_roads_and_names_lie_under_every_print(land: Layer) -> None:
    ground = ground_of(FRAME, by_code(settings.PORTAL_GRID))
    assert [words for _x, _y, _turn, words in ground.road_names] == ["Quốc lộ 51"]
    assert [words for _x, _y, words in ground.names] == ["Xã 90211"]
    (x, _y, turn, _words), (other, _y2, _name) = ground.road_names[0], ground.names[0]
    assert turn == pytest.approx(0, abs=1)
    assert abs(x - other) > 10
    picture = svg(FRAME, ground, painted(entry(land.slug), land, FRAME, GRID, "vi").layers)
    roads, areas = picture.index('stroke-linecap="round"'), picture.index("fill-opacity")
    assert roads < areas < picture.rindex('stroke-linecap="round"')
    strip = shapely.from_wkt([box(0, 180, 400, 181), box(0, 0, 90, 90)])
    drawn = svg(FRAME, ground, [Painted(strip, "#00aa00")])
    assert drawn.count('stroke="#00aa00"') == 1
    Layer.objects.filter(slug="paper-roads").update(visibility=Layer.INTERNAL)
    assert not ground_of(FRAME, GRID).roads


def test_a_saved_view_without_a_place_shows_the_main_land(land: Layer) -> None:
    commune("90212", box(300_000, -200_000, 300_300, -199_700))
    wish = wish_of({"paper": "a3"}, {"mode": "one", "view": None})
    west, south, east, north = frame_of(wish, GRID).ground
    assert west < EAST - 100 < EAST + 500 < east
    assert south < NORTH - 100 < NORTH + 500 < north
    assert east - west < 2_000
    asked = wish_of({"scale": "5000"}, {"mode": "one", "view": {"lon": 107, "lat": 10, "zoom": 9}})
    assert frame_of(asked, GRID).scale == 5_000


def test_a_wide_result_shows_all_land_and_the_small_map_covers_none(land: Layer) -> None:
    commune("90214", box(300_000, -200_000, 300_300, -199_700))
    wide = EAST, NORTH, EAST + 300, NORTH + 480
    shown = with_land(wide, GRID)
    assert shown == pytest.approx((EAST - 100, NORTH - 100, EAST + 500, NORTH + 500), abs=2)
    small = EAST, NORTH, EAST + 90, NORTH + 90
    assert with_land(small, GRID) == pytest.approx(small)
    # Land fills the frame but for what a smaller scale gives.
    frame, ground, corner = placed(shown, (200.0, 181.0, 54.0), np.array([wide]), GRID)
    assert frame.scale > frame_around(shown, 200.0, 181.0).scale
    metres = frame.scale / 1000
    west = frame.east - 100 * metres if corner.endswith("left") else frame.east + 37 * metres
    south = frame.north + (-90.5 if corner.startswith("bottom") else 27.5) * metres
    hidden = shapely.box(west, south, west + 63 * metres, south + 63 * metres)
    assert shapely.area(shapely.intersection(ground.land, hidden)).sum() < 0.02 * hidden.area
    assert bar(frame.scale, 24.0)[0] <= 24


def test_what_cannot_be_printed_is_said(land: Layer) -> None:
    made, client = saved([entry(land.slug)]), reader("paper-owner")
    for asked in ("paper=a9", "side=2", "scale=7", "scale=-500", "box=1,2,3", "box=9,9,1,1",
                  "box=nan,0,inf,1"):  # fmt: skip
        answer = client.get(f"/planner/map/{made.pk}/map.pdf?{asked}")
        assert answer.status_code == 400, asked
        assert "Không in được" in answer.content.decode()


def test_only_who_may_open_a_map_prints_it_and_only_what_they_see(land: Layer) -> None:
    made = saved([entry(land.slug), entry("paper-roads")])
    address = f"/planner/map/{made.pk}/map.pdf?paper=a4"
    assert reader("paper-owner").get(address).status_code == 200
    assert {reader(name).get(address).status_code for name in ("", "paper-other")} == {404}
    Composition.objects.update(shared=Composition.PLANNERS)
    assert [reader(n).get(address).status_code for n in ("paper-other", "")] == [200, 404]
    Composition.objects.update(shared=Composition.LINK)
    Layer.objects.filter(pk=land.pk).update(visibility=Layer.INTERNAL)
    cache.clear()
    (page,) = pages(reader().get(address).content)
    assert "Đườngthử" in page
    assert "paper-parcels" not in page


def test_an_unsaved_map_is_printed_for_planners_alone(land: Layer) -> None:
    document = saved([entry(land.slug)]).document
    sent = {"document": json.dumps(document), "title": "<b>Nháp</b>", "paper": "a4"}
    answer = reader("paper-other").post("/planner/map/print/", sent)
    assert "<b>Nháp</b>" in pages(answer.content)[0]
    assert reader().post("/planner/map/print/", sent).status_code in (302, 404)
    for bad in ("", "[]", "{", '{"sides": [[], []], "mode": "one", "cut": "x"}'):
        answer = reader("paper-other").post("/planner/map/print/", {**sent, "document": bad})
        assert answer.status_code == 400, bad


def test_a_map_is_changed_by_its_owner_alone_and_copied_by_colleagues(land: Layer) -> None:
    made = saved([entry(land.slug)], shared=Composition.PLANNERS)
    address = f"/planner/map/{made.pk}/"
    body = {"title": "Bản khác", "shared": "private", "document": made.document}

    def sent(name: str, to: str = address) -> Any:
        return reader(name).post(to, body, content_type="application/json")

    copied = sent("paper-other").json()["address"]
    assert copied != address
    assert {sent("", to).status_code for to in (address, copied)} == {404}
    assert sent("paper-owner", copied).status_code == 404
    assert sent("paper-owner").json()["address"] == address
    made.refresh_from_db()
    assert (made.title, made.shared) == ("Bản khác", "private")
    assert reader("paper-other").get(address).status_code == 404
    assert reader("paper-other").post(f"{address}delete/").status_code == 404
    assert reader("paper-owner").post(f"{address}delete/").status_code == 302
    assert not Composition.objects.filter(pk=made.pk).exists()


def test_a_new_map_opens_on_the_main_land_with_legends(land: Layer) -> None:
    commune("90213", box(300_000, -200_000, 300_300, -199_700))
    page = reader("paper-owner").get("/planner/map/").context["map_config"]
    west, south, east, north = page["home"]
    assert west < 107.17 < east
    assert (east - west, north - south) == (pytest.approx(0.0055, 0.1), pytest.approx(0.0054, 0.1))
    assert page["legends"][land.slug] == [{"label": land.slug, "colour": land.parsed.style.color}]
