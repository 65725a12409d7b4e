"""The land-use list without a database, and its copy in the table."""

import csv
import re
from pathlib import Path

import pytest

from layers.landuse import (
    canonical,
    colour_of,
    describe,
    land_use,
    land_uses,
    load_land_use_codes,
    parse_codes,
)
from layers.models import LandUseCode
from layers.values import BadValue

SHARED = Path(__file__).resolve().parents[3] / "shared" / "domain" / "land_use_codes.csv"


def test_every_entry_is_complete_and_its_parent_and_successors_exist() -> None:
    codes = [use.code for use in land_uses()]
    assert len(codes) == len(set(codes)) == 98
    for use in land_uses():
        assert re.fullmatch(r"[A-Z]{3}", use.code)
        assert all((use.name_vi, use.name_en, use.level))
        assert use.status in {"current", "current-new-2024", "legacy", "zone"}
        assert use.parent_code in {"", *codes}
        assert all(land_use(code).status.startswith("current") for code in use.successors)


def test_every_purpose_has_a_colour_and_a_confidence_and_zones_have_none() -> None:
    for use in land_uses():
        if use.status == "zone":
            assert (use.colour, use.colour_confidence) == ("", "none")
        else:
            assert re.fullmatch(r"#[0-9a-f]{6}", use.colour)
            assert use.colour_confidence not in ("", "none")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ONT+CLN", ["ONT", "CLN"]),
        ("hnk + ont", ["HNK", "ONT"]),
        ("LNK", ["LNK"]),
        ("ONT*+CLN-P", ["ONT", "CLN"]),
        ("ODT-C;CLN", ["ODT", "CLN"]),
        ("ONT+ONT", ["ONT"]),
    ],
)
def test_composite_codes_are_taken_apart(text: str, codes: list[str]) -> None:
    assert parse_codes(text) == codes


@pytest.mark.parametrize("text", ["1190", "ONT+1190", "", "ONT CLN", "XXX"])
def test_rubbish_is_a_bad_value_with_a_hint(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_codes(text)
    assert caught.value.code == "unknown-land-use"
    assert "ONT" in caught.value.hint


def test_a_legacy_code_shows_itself_and_its_successor() -> None:
    reading = canonical("BHK")
    assert (reading.written.code, reading.current.code) == ("BHK", "HNK")
    assert reading.label("vi") == "HNK (hồ sơ ghi BHK): Đất trồng cây hằng năm khác"
    assert reading.label("en") == "HNK (recorded as BHK): Other annual crop land"


@pytest.mark.parametrize("code", ["TTN", "CDG", "ONT"])
def test_a_code_that_was_split_dropped_or_kept_stands_for_itself(code: str) -> None:
    assert canonical(code).current.code == code


def test_words_and_colour_of_a_cell() -> None:
    assert describe("ONT+CLN") == "ONT: Đất ở tại nông thôn; CLN: Đất trồng cây lâu năm"
    assert describe("1190") == "1190"
    assert colour_of("ONT+CLN") == "#ffd0ff"
    assert colour_of("1190", "#cccccc") == "#cccccc"


@pytest.mark.django_db
def test_loading_twice_keeps_ids_and_drops_what_left_the_list() -> None:
    LandUseCode.objects.create(code="ZZZ", level="leaf", name_vi="x", name_en="x", status="current")
    assert load_land_use_codes() == 98
    first = dict(LandUseCode.objects.values_list("code", "id"))
    load_land_use_codes()
    assert dict(LandUseCode.objects.values_list("code", "id")) == first
    assert "ZZZ" not in first
    assert LandUseCode.objects.get(code="BHK").maps_to == "HNK"


@pytest.mark.skipif(not SHARED.exists(), reason="the team's domain tables are not here")
def test_the_list_carries_every_code_of_the_domain_table() -> None:
    with SHARED.open(encoding="utf-8", newline="") as file:
        expected = {row["code"]: row for row in csv.DictReader(file)}
    assert {use.code for use in land_uses()} == set(expected)
    for use in land_uses():
        row = expected[use.code]
        assert (use.name_vi, use.status, use.colour) == (
            row["name_vi"],
            row["status"],
            row["hex"].lower(),
        )
        assert use.colour_confidence == row["colour_confidence"]
