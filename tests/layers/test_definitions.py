"""The shipped definitions: complete, bilingual, private where the law asks, covering the domain.

The parser's own rules are tested beside the parser; here it reads the real files.
"""

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.definition import COLOUR, LayerDefinition, parse_definition, placeholders
from layers.fieldtypes import LandUseType
from layers.landuse import land_uses
from layers.values import fold
from tests.layers.domain_fields import (
    AUCTION,
    PARCEL,
    PUBLIC_LAND,
    SECTOR_LAYERS,
    SECTOR_RENAMED,
    Not,
    Place,
)

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "layers" / "definitions"
FILES = sorted(DEFINITIONS.glob("*/*.toml"))
SHIPPED = {
    "public-land-parcels": "polygon",
    "auction-lots": "polygon",
    "traffic-cameras": "point",
    "tourism-points": "point",
    "telecom-stations": "point",
    "administrative-units": "polygon",
    "land-use-plan": "polygon",
    "construction-plan": "polygon",
    "road-centrelines": "line",
    "industrial-clusters": "polygon",
    "growing-areas": "polygon",
    "public-wifi": "point",
    "aerial-imagery": "polygon",
}
# Words of names of fields that hold a person or a way to reach one.
PERSONAL = re.compile(r"(^|_)(person|winner|occupier|landlord|representative|officer)(_|$)")


def read(path: Path) -> LayerDefinition:
    return parse_definition(tomllib.loads(path.read_text(encoding="utf-8")))


def definition(slug: str) -> LayerDefinition:
    return read(next(path for path in FILES if path.stem == slug))


every_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


def test_the_thirteen_layers_are_shipped_with_their_geometry() -> None:
    assert {path.stem: read(path).geometry for path in FILES} == SHIPPED


@every_file
def test_a_file_lies_in_its_sector_under_its_slug(path: Path) -> None:
    layer = read(path)
    assert (layer.sector, layer.slug) == (path.parent.name, path.stem)
    assert layer.extent == "province"
    assert layer.key


@every_file
def test_every_word_is_in_both_languages(path: Path) -> None:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = [raw["title"], raw["description"], raw["owner_org"], raw["popup"]["title"]]
    texts += [field["label"] for field in raw["field"]]
    texts += [c["label"] for field in raw["field"] for c in field.get("choices", ())]
    for text in texts:
        assert set(text) == {"vi", "en"}
        assert all(value.strip() == value != "" for value in text.values())
    assert raw["licence"]
    assert re.fullmatch(r"P\d+[DMY]", raw["update_interval"])


@every_file
def test_labels_and_values_are_distinct(path: Path) -> None:
    """Two fields of one name, or two choices that a file cannot tell apart, are a trap."""
    layer = read(path)
    for language in ("vi", "en"):
        labels = [fold(f.label(language)) for f in layer.fields]
        assert len(labels) == len(set(labels))
    for field in layer.fields:
        for words in ([c.value for c in field.type.choices], [c.vi for c in field.type.choices]):
            folded = [fold(word) for word in words]
            assert len(folded) == len(set(folded))


@every_file
def test_a_column_name_means_one_field(path: Path) -> None:
    seen: dict[str, str] = {}
    for name, column in column_names(read(path)):
        assert seen.setdefault(column, name) == name, f"{column}: {seen[column]} and {name}"


def column_names(layer: LayerDefinition) -> Iterator[tuple[str, str]]:
    """(field, column name as compared): its name, aliases and labels, as files write them."""
    for field in layer.fields:
        for text in {field.name, field.label.vi, *field.aliases}:
            yield field.name, re.sub(r"[^a-z0-9]", "", fold(text))


@every_file
def test_private_fields_are_nowhere_in_public(path: Path) -> None:
    layer = read(path)
    shown = {layer.style.by, *layer.headline, *layer.key, *placeholders(layer.label)}
    for field in layer.fields:
        if field.is_private:
            assert not any((field.filterable, field.searchable, field.tile))
            assert field.name not in shown
            assert field not in layer.tile_fields


@every_file
def test_persons_are_restricted(path: Path) -> None:
    personal = [f for f in read(path).fields if PERSONAL.search(f.name)]
    assert all(f.visibility == "restricted" for f in personal)


@every_file
def test_what_colours_the_map_is_a_closed_list_with_valid_colours(path: Path) -> None:
    layer = read(path)
    if not layer.style.by:
        return
    field = layer.by_name[layer.style.by]
    if isinstance(field.type, LandUseType):
        colours = [use.colour for use in land_uses() if use.status != "zone"]
    else:
        colours = [choice.color for choice in field.type.choices]
        assert len(colours) == len(set(colours))
    assert colours
    assert all(COLOUR.match(colour) for colour in colours)


@every_file
def test_a_layer_can_be_labelled_popped_up_and_found(path: Path) -> None:
    layer = read(path)
    # Footprints of pictures are not written over.
    assert placeholders(layer.label) or layer.feeds == "imagery"
    assert placeholders(layer.popup_title.vi)
    assert layer.headline
    assert layer.searchable_fields
    assert len(layer.tile_fields) <= 6, "tiles carry only what style and labels need"


def test_only_the_two_home_layers_are_home_and_positions_are_distinct_in_a_sector() -> None:
    layers = [read(path) for path in FILES]
    assert {layer.slug for layer in layers if layer.home} == {"public-land-parcels", "auction-lots"}
    places = [(layer.sector, layer.position) for layer in layers]
    assert len(places) == len(set(places))
    fed = {layer.slug: layer.feeds for layer in layers if layer.feeds}
    assert fed == {"administrative-units": "units", "aerial-imagery": "imagery"}


def sectors() -> list[dict[str, object]]:
    raw = tomllib.loads((DEFINITIONS / "sectors.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = raw["sector"]
    return found


def test_every_layer_has_a_sector() -> None:
    slugs = [sector["slug"] for sector in sectors()]
    assert len(slugs) == len(set(slugs))
    assert {read(path).sector for path in FILES} <= set(slugs)


def test_cameras_are_of_two_kinds_and_never_give_their_pictures_away() -> None:
    cameras = definition("traffic-cameras")
    assert [c.value for c in cameras.by_name["kind"].type.choices] == ["traffic", "security"]
    for name in ("snapshot_url", "stream_url"):
        assert cameras.by_name[name].visibility == "restricted"


def test_registrants_of_an_auction_have_no_place_at_all() -> None:
    names = {f.name for f in definition("auction-lots").fields}
    assert not any("registrant" in name or "bidder" in name for name in names)


# --- Against the team's domain tables -------------------------------------------------------------
def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "domain" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check(places: dict[str, Place], names: set[str], slug: str) -> None:
    """Every domain field is placed, and every place exists."""
    assert set(places) == names
    fields = {f.name for f in definition(slug).fields}
    for place in places.values():
        if isinstance(place, Not):
            assert place.reason
        else:
            assert set([place] if isinstance(place, str) else place) <= fields


def test_parcel_and_public_land_fields_are_covered(shared: Path) -> None:
    parcels = {row["field"] for row in rows(shared, "parcel_attributes.csv")}
    check(PARCEL, parcels, "public-land-parcels")
    public = {row["field"] for row in rows(shared, "public_land_fields.csv")}
    check(PUBLIC_LAND, public, "public-land-parcels")


def test_auction_fields_are_covered_and_as_public_as_announced(shared: Path) -> None:
    table = rows(shared, "auction_fields.csv")
    check(AUCTION, {f"{row['entity']}.{row['field']}" for row in table}, "auction-lots")
    lots = definition("auction-lots")
    for row in table:
        place = AUCTION[f"{row['entity']}.{row['field']}"]
        assert not isinstance(place, Not)
        for name in [place] if isinstance(place, str) else place:
            expected = "public" if row["public"].startswith("yes") else "restricted"
            assert lots.by_name[name].visibility == expected


def test_auction_statuses_are_the_life_cycle(shared: Path) -> None:
    expected = [
        r["status"] for r in rows(shared, "status_lifecycles.csv") if r["entity"] == "auction"
    ]
    choices = definition("auction-lots").by_name["status"].type.choices
    # One more is ours: the session is over, and nobody has entered its result (decision 0029).
    assert [c.value for c in choices if c.value != "session_over"] == expected
    assert len(expected) == 15


@pytest.mark.parametrize(("entity", "slug"), SECTOR_LAYERS.items())
def test_sector_fields_are_covered(shared: Path, entity: str, slug: str) -> None:
    table = [r["field"] for r in rows(shared, "sector_layers_fields.csv") if r["layer"] == entity]
    places = {name: SECTOR_RENAMED.get(f"{entity}.{name}", name) for name in table}
    check(places, set(table), slug)


def test_every_sector_of_the_list_is_declared(shared: Path) -> None:
    # Pictures of the ground are of no sector of the list.
    listed = [sector for sector in sectors() if sector["slug"] != "imagery"]
    assert len(listed) == len(rows(shared, "sector_list.csv"))
