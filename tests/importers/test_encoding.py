"""TCVN3, VNI, CP1258 and UTF-8 are told apart by column and come back as they were."""

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.encoding import (
    decide,
    decode_cp1258,
    decode_tcvn3,
    decode_utf8,
    decode_vni,
    encode_cp1258,
    encode_tcvn3,
    encode_vni,
)
from importers.encoding_tables import TCVN3, VNI
from importers.syllables import count_syllables, is_syllable

LOWER = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđbcghklmnpqrstvx"
NAMES = ["Tỉnh Bình Dương", "Bà Rịa - Vũng Tàu", "Phường Phước Thắng", "Xã Hòa Hiệp", "Côn Đảo"]
CODECS: dict[str, tuple[Callable[[str], bytes], Callable[[str], str]]] = {
    "tcvn3": (encode_tcvn3, decode_tcvn3),
    "vni": (encode_vni, decode_vni),
    "cp1258": (encode_cp1258, decode_cp1258),
    "utf-8": (lambda text: text.encode(), decode_utf8),
}


def surface(text: str, encoding: str) -> str:
    return CODECS[encoding][0](text).decode("latin-1")


def test_known_words() -> None:
    assert decode_tcvn3("TØnh B×nh D\xad¬ng") == "Tỉnh Bình Dương"
    assert decode_vni("Baø Ròa - Vuõng Taøu") == "Bà Rịa - Vũng Tàu"


def test_u_with_horn_of_tcvn3_is_the_soft_hyphen() -> None:
    assert TCVN3["\xad"] == "ư"
    assert encode_tcvn3("ư") == b"\xad"


def test_vni_takes_the_longest_match() -> None:
    assert decode_vni("ôï ô") == "ợ ơ"


def test_capitals_of_tcvn3_come_back() -> None:
    assert decode_tcvn3(surface("PHƯỜNG LONG HƯƠNG", "tcvn3")) == "PHƯỜNG LONG HƯƠNG"
    assert decode_tcvn3(surface("Huyện Ý Yên", "tcvn3")) == "Huyện Ý Yên"


def test_a_letter_cut_at_the_end_of_the_field_is_dropped() -> None:
    assert decode_utf8("Bà R".encode().decode("latin-1") + "\xe1\xbb") == "Bà R"


@pytest.mark.parametrize("encoding", CODECS)
@given(text=st.text(alphabet=LOWER + " ,.-0123456789", max_size=40))
def test_small_letters_survive_every_encoding(encoding: str, text: str) -> None:
    assert CODECS[encoding][1](surface(text, encoding)) == text


@pytest.mark.parametrize("encoding", ["vni", "cp1258", "utf-8"])
@given(text=st.text(alphabet=LOWER.upper() + LOWER + " ", max_size=40))
def test_capitals_survive_where_they_can_be_written(encoding: str, text: str) -> None:
    assert CODECS[encoding][1](surface(text, encoding)) == text


@given(text=st.text(max_size=60))
def test_decoding_anything_never_fails_and_gives_nfc(text: str) -> None:
    for decode in (decode_tcvn3, decode_vni, decode_cp1258):
        assert unicodedata.is_normalized("NFC", decode(text))


@pytest.mark.parametrize("encoding", CODECS)
def test_a_column_is_recognised(encoding: str) -> None:
    guess = decide({"ten": [surface(name, encoding) for name in NAMES]}, raw=True)["ten"]
    assert guess.encoding == encoding
    assert [guess.decode(surface(name, encoding)) for name in NAMES] == NAMES
    assert guess.preview[0] == (surface(NAMES[0], encoding), NAMES[0])


def test_columns_of_one_table_may_differ() -> None:
    columns = {e: [surface(name, e) for name in NAMES] for e in ("tcvn3", "vni", "cp1258")}
    assert {name: g.encoding for name, g in decide(columns, raw=True).items()} == {
        e: e for e in columns
    }


def test_an_undecided_column_follows_the_certain_ones() -> None:
    columns = {"ten": [surface(name, "tcvn3") for name in NAMES], "chu": ["An Phó"]}
    assert decide(columns, raw=True)["chu"].decode("An Phó") == "An Phú"


def test_the_cpg_is_not_believed_against_the_text() -> None:
    values = [surface(name, "tcvn3") for name in NAMES]
    assert decide({"a": values}, raw=True, declared="UTF-8")["a"].encoding == "tcvn3"


def test_unicode_that_hides_tcvn3_and_unicode_that_does_not() -> None:
    hidden = [surface(name, "tcvn3") for name in NAMES]
    found = decide({"hidden": hidden, "plain": NAMES, "french": ["Forêt", "Château"]}, raw=False)
    assert found["hidden"].encoding == "tcvn3"
    assert found["plain"].encoding == "unicode"
    assert found["french"].decode("Forêt") == "Forêt"


def test_syllables() -> None:
    assert all(is_syllable(word) for word in "Nghiêng khuỷu quyển giếng ỷ Ứng PHƯỜNG đường".split())
    assert not any(is_syllable(word) for word in "TØnh D¬ng Röôïng zéro áà Ngưệt3".split())


def test_tables_have_every_letter() -> None:
    assert len(TCVN3) == 74
    letters = set(VNI.values()) | set("íìÍÌ")
    assert {c for c in LOWER if not c.isascii()} <= letters


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "cp1258"])
def test_real_names_come_back(encoding: str, shared: Path) -> None:
    """≥ 99.5 % of 8,964 distinct names of units; what TCVN3 loses is the case of single words."""
    file = shared / "data/encodings/communes_unicode.csv"
    rows = read(file)
    columns = ("NAME_VIE", "DIS_NAME_V", "PRO_NAME_V")
    names = {unicodedata.normalize("NFC", r[c]) for r in rows for c in columns if r[c]}
    raw = {name: surface(name, encoding) for name in sorted(names)}
    guess = decide({"ten": raw.values()}, raw=True)["ten"]
    wrong = [name for name, text in raw.items() if guess.decode(text) != name]
    assert guess.encoding == encoding
    assert len(wrong) <= 0.005 * len(raw), wrong[:20]


def test_the_real_tcvn3_file(shared: Path) -> None:
    """Its accented words decode to Vietnamese syllables, and most names to known ones.

    The two lists spell differently (hoà, hòa) and have typing errors, so names cannot all be equal;
    names of the highlands are no Vietnamese syllables.
    """
    folder = shared / "data/encodings"
    surfaces = [row["C_NAMEVI"] for row in read(folder / "communes_tcvn3_mojibake.csv")]
    known = {bare(row["NAME_VIE"]) for row in read(folder / "communes_unicode.csv")}
    guess = decide({"ten": surfaces}, raw=False)["ten"]
    assert guess.encoding == "tcvn3"
    decoded = [guess.decode(text) for text in surfaces if not text.isascii()]
    good, bad = map(sum, zip(*map(count_syllables, decoded), strict=True))
    assert bad <= 0.01 * (good + bad)
    assert sum(bare(name) in known for name in decoded) >= 0.85 * len(decoded)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def bare(name: str) -> str:
    """A commune's name without its kind, in one case and spelling of spaces."""
    text = unicodedata.normalize("NFC", name).casefold()
    for kind in ("phường ", "xã ", "thị trấn ", "tt. ", "tt ", "p. ", "x. "):
        text = text.removeprefix(kind)
    return " ".join(text.split())


def test_sheet_numbers_follow_the_font_of_the_file() -> None:
    """`T§03-2014` holds no syllable: alone it would stay as it is."""
    columns = {"ten": [surface(name, "tcvn3") for name in NAMES], "to": ["T§03-2014", "T§01"]}
    assert decide(columns, raw=True)["to"].decode("T§03-2014") == "TĐ03-2014"


def test_rows_pasted_from_another_font_are_read_in_it() -> None:
    values = [surface(name, "tcvn3") for name in NAMES * 4] + [surface("Phường Tân Bình", "vni")]
    guess = decide({"ten": values}, raw=True)["ten"]
    assert guess.encoding == "tcvn3"
    assert guess.decode(surface("Phường Tân Bình", "vni")) == "Phường Tân Bình"
