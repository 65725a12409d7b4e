"""The legend: classes that occur, in words, with a mark beside the colour."""

from layers.catalogue import shipped_definitions
from layers.definition import LayerDefinition
from layers.legend import legend


def definition(slug: str) -> LayerDefinition:
    return next(parsed for _raw, parsed in shipped_definitions() if parsed.slug == slug)


def test_only_land_uses_that_occur_most_frequent_first() -> None:
    parcels = definition("public-land-parcels")
    entries = legend(parcels, {"land_use_current": {"CLN": 3, "ONT": 8, "ONT+CLN": 1}}, "vi")
    assert [(e.mark, e.count) for e in entries] == [("ONT", 8), ("CLN", 3), ("ONT+CLN", 1)]
    assert entries[0].label == "Đất ở tại nông thôn"
    assert entries[0].colour == entries[2].colour == "#ffd0ff"
    assert legend(parcels, {"land_use_current": {"ONT": 1}}, "en")[0].label.startswith("Rural")


def test_an_unknown_code_is_shown_as_written() -> None:
    entry = legend(definition("public-land-parcels"), {"land_use_current": {"XYZ": 1}}, "vi")[0]
    assert (entry.mark, entry.label) == ("XYZ", "XYZ")


def test_choices_that_occur_keep_their_number() -> None:
    lots = definition("auction-lots")
    everything = legend(lots, None, "vi")
    some = legend(lots, {"status": {everything[4].value: 2}}, "vi")
    assert [(e.mark, e.count) for e in some] == [("5", 2)]
    assert [e.mark for e in everything] == [str(n) for n in range(1, len(everything) + 1)]


def test_a_layer_of_one_colour_has_its_title() -> None:
    units = definition("administrative-units")
    (entry,) = legend(units, {}, "en", total=170)
    assert (entry.label, entry.count) == (units.title.en, 170)


def test_old_codes_and_names_with_marks_read_as_words() -> None:
    parcels = definition("public-land-parcels")
    counts = {"land_use_current": {"BHK": 2, "NTD": 1}}
    labels = {e.mark: e.label for e in legend(parcels, counts, "vi")}
    assert labels["BHK"] == "Đất trồng cây hằng năm khác (HNK; hồ sơ ghi BHK)"
    assert labels["NTD"].startswith("Đất nghĩa trang")
