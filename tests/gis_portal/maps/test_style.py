"""The map's style from the catalogue: order, ground, islands, no secrets, and MapLibre's own
validator.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_portal.maps.style import build_style
from layers.catalogue import shipped_definitions
from layers.legend import class_values, legend
from layers.models import Layer, LayerVersion
from layers.sovereignty import ARCHIPELAGOS
from tests.layers.rows import plots_layer, published

VALIDATOR = Path(settings.BASE_DIR) / (
    "gis_portal/frontend/node_modules/@maplibre/maplibre-gl-style-spec/dist/gl-style-validate.mjs"
)


@pytest.fixture
def layers() -> list[Layer]:
    """Every shipped layer with a live version, in memory."""
    found = []
    for number, (raw, parsed) in enumerate(shipped_definitions(), start=1):
        layer = Layer(
            id=number,
            slug=parsed.slug,
            definition=raw,
            title_vi=parsed.title.vi,
            title_en=parsed.title.en,
            geometry_kind=parsed.geometry,
            is_home=parsed.home,
            position=parsed.position,
        )
        layer.live_version = LayerVersion(id=100 + number, number=1)
        found.append(layer)
    return found


def style_of(layers: list[Layer], **choice: Any) -> dict[str, Any]:
    return build_style(layers, root="https://ban-do.example", **{"language": "vi", **choice})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_style_passes_the_specification(
    layers: list[Layer], tmp_path: Path, language: str, theme: str
) -> None:
    node = shutil.which("node") or next(
        (str(p) for p in (Path(settings.BASE_DIR) / ".local").glob("node*/**/bin/node")), None
    )
    if node is None or not VALIDATOR.exists():
        pytest.skip("the front end is not installed: MapLibre's validator cannot be asked")
    file = tmp_path / "style.json"
    file.write_text(json.dumps(style_of(layers, language=language, theme=theme)), "utf-8")
    found = subprocess.run([node, VALIDATOR, file], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_every_layer_has_a_source_with_its_version_in_the_address(layers: list[Layer]) -> None:
    sources = style_of(layers)["sources"]
    for layer in layers:
        assert layer.live_version is not None
        version = f"/tiles/{layer.slug}/{layer.live_version.id}/{{z}}/{{x}}/{{y}}.mvt?d="
        [address] = sources[layer.slug]["tiles"]
        assert address.startswith(f"https://ban-do.example{version}")


def test_layers_without_data_are_left_out(layers: list[Layer]) -> None:
    for layer in layers:
        layer.live_version = None
    style = style_of(layers)
    assert set(style["sources"]) == {"sovereignty"}


def test_ground_lowest_and_archipelagos_on_top_always_visible(layers: list[Layer]) -> None:
    drawn = style_of(layers)["layers"]
    roles = [layer["metadata"]["portal:role"] for layer in drawn]
    assert roles[:2] == ["background", "sovereignty"]
    assert roles[2:5] == ["base", "base", "base"]
    assert roles[-1] == "sovereignty"
    for layer in drawn:
        if layer["metadata"]["portal:role"] in ("base", "sovereignty"):
            assert "portal:layer" not in layer["metadata"]
            assert layer.get("layout", {}).get("visibility", "visible") == "visible"
    assert "minzoom" not in drawn[-1]
    assert drawn[-1]["layout"]["text-allow-overlap"] is True


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_archipelagos_are_named_as_vietnams(layers: list[Layer], language: str) -> None:
    data = style_of(layers, language=language)["sources"]["sovereignty"]["data"]
    names = {f["properties"]["name"] for f in data["features"]}
    for place in ARCHIPELAGOS:
        assert place.label(language) in names
        assert "(Việt Nam)" in place.label(language)
    vi = {p.vi for p in ARCHIPELAGOS}
    assert vi == {"Quần đảo Hoàng Sa (Việt Nam)", "Quần đảo Trường Sa (Việt Nam)"}


def test_only_home_layers_are_on(layers: list[Layer]) -> None:
    home = {layer.slug for layer in layers if layer.parsed.home}
    assert home
    for drawn in style_of(layers)["layers"]:
        slug = drawn["metadata"].get("portal:layer")
        if slug:
            assert drawn["layout"]["visibility"] == ("visible" if slug in home else "none")


def test_auction_lots_are_above_the_parcels(layers: list[Layer]) -> None:
    ids = [layer["id"] for layer in style_of(layers)["layers"]]
    assert ids.index("auction-lots:fill") > ids.index("public-land-parcels:outline")


def cells_of(layers: list[Layer]) -> list[dict[str, Any]]:
    return [s for s in style_of(layers)["layers"] if s["metadata"]["portal:role"] == "cells"]


def test_cells_are_drawn_from_their_own_tile_layer_until_the_near_tiles_have_come(
    layers: list[Layer],
) -> None:
    """Without a last zoom: the map keeps the farther tile on show while nearer ones load."""
    found = cells_of(layers)
    with_cells = {layer.slug for layer in layers if layer.parsed.feeds != "imagery"}
    assert {s["metadata"]["portal:layer"] for s in found} == with_cells
    for drawn in found:
        assert drawn["source-layer"] == f"{drawn['metadata']['portal:layer']}.cells"
        assert "maxzoom" not in drawn


def strength(drawn: dict[str, Any], zoom: int, area: float) -> float:
    """Opacity of a square: the style's `step` over zooms, its `interpolate` over areas."""
    got = drawn["paint"]["fill-opacity"]
    if got[0] == "step":
        stops = [(-1, got[2]), *zip(got[3::2], got[4::2], strict=True)]
        got = next(value for first, value in reversed(stops) if zoom >= first)
    _name, _kind, _measure, _none, least, most, full = got
    return float(least + (full - least) * min(area / most, 1))


def test_a_square_has_no_outline_and_is_stronger_where_more_is_of_its_kind(
    layers: list[Layer],
) -> None:
    style = next(x for x in layers if x.slug == "public-land-parcels").parsed.style
    squares = next(s for s in cells_of(layers) if s["id"] == "public-land-parcels:cells")
    assert squares["paint"]["fill-antialias"] is False
    assert "fill-outline-color" not in squares["paint"]
    for zoom in range(style.min_zoom, style.working_zoom):
        ground = (313_086.07 / 2**zoom) ** 2
        sparse, half, full = (strength(squares, zoom, s * ground) for s in (0.01, 0.4, 1))
        assert 0.4 < sparse < half < full
    near = (313_086.07 / 2 ** (style.working_zoom - 1)) ** 2
    assert strength(squares, style.working_zoom - 1, near) == style.opacity


def test_a_square_has_its_class_colour_with_some_of_the_outline(layers: list[Layer]) -> None:
    """Each class another colour, near the legend's, so that pale ones are seen far out."""
    parcels = next(x for x in layers if x.slug == "public-land-parcels").parsed
    found = next(s for s in cells_of(layers) if s["id"] == "public-land-parcels:cells")
    match = found["paint"]["fill-color"]
    pairs = dict(zip(match[2:-1:2], match[3:-1:2], strict=True))
    entries = class_values(parcels)
    assert len(set(pairs.values())) == len({e.colour for e in entries})
    ont = next(e for e in entries if e.value == "ONT")
    assert (ont.colour, parcels.style.outline) == ("#ffd0ff", "#7a4b00")
    assert pairs["ONT"] == "#deafbf"


def test_circles_that_count_points_are_unlike_a_point(layers: list[Layer]) -> None:
    drawn = style_of(layers)["layers"]
    ids = [s["id"] for s in drawn]
    circle, number = (
        next(s for s in drawn if s["id"] == f"telecom-stations:{role}")
        for role in ("cells", "count-label")
    )
    assert circle["type"] == "circle"
    assert circle["source-layer"] == number["source-layer"] == "telecom-stations.cells"
    assert number["layout"]["text-field"][:2] == ["number-format", ["get", "n"]]
    assert ids.index("telecom-stations:count-label") > ids.index("telecom-stations:cells")


def test_no_file_beside_the_style(layers: list[Layer]) -> None:
    style = style_of(layers)
    assert "glyphs" not in style
    assert "sprite" not in style


def test_the_style_names_no_private_field(layers: list[Layer]) -> None:
    for layer in layers:
        private = {f.name for f in layer.parsed.fields if f.is_private}
        drawn = [
            s
            for s in style_of([layer])["layers"]
            if s["metadata"].get("portal:layer") == layer.slug
        ]
        assert drawn
        text = json.dumps(drawn)
        assert not {name for name in private if f'["get", "{name}"]' in text}


def test_colours_of_map_and_legend_are_the_same(layers: list[Layer]) -> None:
    lots = next(layer for layer in layers if layer.slug == "auction-lots")
    fill = next(s for s in style_of(layers)["layers"] if s["id"] == "auction-lots:fill")
    match = fill["paint"]["fill-color"]
    pairs = dict(zip(match[2:-1:2], match[3:-1:2], strict=True))
    entries = legend(lots.parsed, None, "vi")
    assert {e.value: e.colour for e in entries} == pairs
    assert len({e.mark for e in class_values(lots.parsed)}) == len(entries)


@pytest.mark.django_db
def test_style_costs_one_query_and_says_when_nothing_changed(client: Client) -> None:
    layer = plots_layer()
    version = published(layer, ["A1"])
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/style.json?lang=vi")
    assert len(queries) == 1
    assert f"/tiles/test-plots/{version.pk}/" in response.content.decode()
    tag = response.headers["ETag"]
    again = client.get("/style.json?lang=vi", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert client.get("/style.json?lang=en").headers["ETag"] != tag
    published(layer, ["A1"])
    assert client.get("/style.json?lang=vi", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.django_db
def test_an_internal_layer_is_not_in_a_strangers_style(client: Client) -> None:
    published(plots_layer(visibility="internal"), ["A1"])
    assert "test-plots" not in client.get("/style.json").json()["sources"]


def test_a_communes_name_is_drawn_once_from_a_point_of_its_own(layers: list[Layer]) -> None:
    point = {"type": "Point", "coordinates": [107.08, 10.35]}
    feature = {"type": "Feature", "properties": {"name": "Phường Vũng Tàu"}, "geometry": point}
    names = {"type": "FeatureCollection", "features": [feature]}
    style = style_of(layers, names=names)
    [label] = [drawn for drawn in style["layers"] if drawn["id"] == "base:label"]
    assert style["sources"][label["source"]]["data"] == names


def test_footprints_of_pictures_are_frames_not_areas(layers: list[Layer]) -> None:
    pictures = {layer.slug for layer in layers if layer.parsed.feeds == "imagery"}
    assert pictures
    for style_layer in style_of(layers)["layers"]:
        if style_layer["metadata"].get("portal:layer") in pictures:
            assert style_layer["type"] == "line"
