"""Slips of typing, one kind after the other: each finds what was meant and says what was read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from layers import partitions
from layers.models import LayerVersion, UnitSuccession
from layers.search import keyboard
from layers.search.slips import deletions, is_one_slip, slips_between
from tests.layers.api.conftest import plot
from tests.layers.search.test_answer import ask, codes, titles, unit

WORDS = st.text("abcdeghinou", min_size=1, max_size=8)


@pytest.fixture
def places(publish_plots: Callable[..., LayerVersion]) -> LayerVersion:
    """Two communes of today, one of before, a market, and a parcel in Long Điền."""
    here, ward = unit("Xã Long Điền", "99101"), unit("Phường Vũng Tàu", "99102")
    unit("Phường Bà Rịa", "99103")
    UnitSuccession.objects.create(old=unit("Xã Tam Phước", "99001", former=True), new=here)
    rows = [
        plot(1, sheet_no="5", parcel_no="12", name="Chợ mới"),
        plot(2, sheet_no="5", parcel_no="13", name="Đường Trần Hưng Đạo"),
        plot(
            3,
            sheet_no="5",
            parcel_no="12",
            name="Nhà văn hóa khu phố Hải Đăng, Sao Tua, Hồ Thau",
        ),
    ]
    within = (here.pk, here.pk, ward.pk)
    return publish_plots([{**row, "unit_id": pk} for row, pk in zip(rows, within, strict=True)])


SLIPS = [
    # letters: swapped, one too many, one missing, a wrong one, a wrong first one
    ("vugn tau", "Phường Vũng Tàu"),
    ("Bà Rịaa", "Phường Bà Rịa"),
    ("log điền", "Xã Long Điền"),
    ("lonh điền", "Xã Long Điền"),
    ("bung tau", "Phường Vũng Tàu"),
    # one slip in each of two words
    ("vugn taau", "Phường Vũng Tàu"),
    # a word that exists, but not beside the other
    ("vung tua", "Phường Vũng Tàu"),
    # Telex and VNI that were off, tones at the end of the syllable or in it
    ("vuxng taufw", "Phường Vũng Tàu"),
    ("vungx tauf", "Phường Vũng Tàu"),
    ("long ddieenf", "Xã Long Điền"),
    ("vu4ng ta2u", "Phường Vũng Tàu"),
    ("Long D9ie6n2", "Xã Long Điền"),
    # written together
    ("vungtau", "Phường Vũng Tàu"),
    ("LongDien", "Xã Long Điền"),
    # a unit of before
    ("tma phuoc", "Xã Long Điền"),
    # words of a feature
    ("tran hugn dao", "Thửa 13, tờ 5"),
    ("trần hưg đạo", "Thửa 13, tờ 5"),
    ("tranhungdao", "Thửa 13, tờ 5"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "title"), SLIPS)
def test_a_slip_finds_what_was_meant(
    client: Client, places: LayerVersion, text: str, title: str
) -> None:
    found = ask(client, text)
    assert titles(found)[0] == title
    assert codes(found)[0] == "spelling-corrected"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "tờ 5 thửa 12 lonh điền",
        "tờ 5, thửa 12, LongDien",
        "thau 12 to 5 long dien",
        "thuwar 12 towf 5 long ddieenf",
        "thu7a3 12 to72 5 long d9ie6n2",
        "tờ 5 thửa 12 xã tma phước",
    ],
)
def test_a_parcel_is_found_in_spite_of_a_slip(
    client: Client, places: LayerVersion, text: str
) -> None:
    found = ask(client, text)
    assert [(one["kind"], one["title"]) for one in found["results"]] == [
        ("parcel", "Thửa 12, tờ 5")
    ]
    assert "Xã Long Điền" in found["results"][0]["subtitle"]
    assert codes(found)[0] == "spelling-corrected"


@pytest.mark.django_db
def test_what_was_read_is_said_with_its_accents(client: Client, places: LayerVersion) -> None:
    (note,) = ask(client, "lonh dien")["notes"]
    assert note["message"] == "Không có “lonh dien”; đây là kết quả cho “long điền”."


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["long dien", "Long Điền", "tam phuoc", "chợ", "hai dang"])
def test_nothing_is_corrected_that_is_right(
    client: Client, places: LayerVersion, text: str
) -> None:
    found = ask(client, text)
    assert found["results"]
    assert "spelling-corrected" not in codes(found)


@pytest.mark.django_db
def test_a_layer_and_a_place_are_corrected_together(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    here = unit("Phường Vũng Tàu", "99102")
    publish_plots([{**plot(1), "unit_id": here.pk}], search={"words": ["đấu giá"]})
    found = ask(client, "dau gai vugn tau")
    assert titles(found)[0] == "Thửa 2, tờ 1"
    assert codes(found) == ["spelling-corrected"]


@pytest.mark.django_db
def test_words_in_a_place_that_the_text_does_not_name(client: Client, places: LayerVersion) -> None:
    found = ask(client, "trần hưng đạo, long điền")
    assert (titles(found), codes(found)) == (["Thửa 13, tờ 5"], [])
    assert codes(ask(client, "trần hưng đạo vũng tàu")) == ["some-words"]


@pytest.mark.django_db
def test_most_of_the_words_are_better_than_nothing(client: Client, places: LayerVersion) -> None:
    found = ask(client, "nhà văn hóa khu phố 3 zzzz")
    assert "Nhà văn hóa khu phố Hải Đăng" in found["results"][0]["subtitle"]
    assert codes(found) == ["some-words"]


@pytest.mark.django_db
def test_words_of_hidden_layers_correct_nobody(
    client: Client, publish_plots: Callable[..., LayerVersion], django_user_model: Any
) -> None:
    publish_plots([plot(1, name="Hầm tuyệt mật")], visibility="internal")
    assert codes(ask(client, "ham tuyet matt")) == ["not-found"]
    client.force_login(django_user_model.objects.create_user("officer"))
    assert codes(ask(client, "ham tuyet matt")) == ["spelling-corrected"]


@pytest.mark.django_db
def test_the_words_of_a_version_go_with_it(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    def held(version: LayerVersion) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT word FROM layers_searchword WHERE version_id = %s", [version.pk])
            return {row[0] for row in cursor.fetchall()}

    version = publish_plots([plot(1, name="Chợ Cũ", occupier="Nguyễn Văn Kín", code="TD-7")])
    assert held(version) == {"cho", "cu", "td"}
    publish_plots([plot(1, name="Chợ Mới")])
    partitions.drop(version.pk)
    assert held(version) == set()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vuxng", "vung"),
        ("tauf", "tau"),
        ("ddaast", "dat"),
        ("trwowfng", "truong"),
        ("truowngf", "truong"),
        ("data", "dat"),
        ("dienej", "dien"),
        ("vu4ng", "vung"),
        ("d9a6t1", "dat"),
        ("ri5a", "ria"),
    ],
)
def test_keys_of_typing_methods(typed: str, meant: str) -> None:
    assert keyboard.meant(typed) == [meant]


@pytest.mark.parametrize("word", ["vung", "p7", "bts", "5", "q1a2b", "x", "ttt"])
def test_what_no_typing_method_makes(word: str) -> None:
    assert keyboard.meant(word) == []


@given(WORDS, WORDS)
def test_one_slip_is_counted_as_one(typed: str, word: str) -> None:
    assert is_one_slip(typed, word) == (slips_between(typed, word) <= 1)
    if is_one_slip(typed, word):
        assert deletions(typed) & deletions(word), "the index would not find it"


@given(WORDS, st.integers(0, 8), st.sampled_from(["drop", "add", "swap", "change"]))
def test_every_kind_of_slip_is_one(word: str, place: int, kind: str) -> None:
    place = min(place, len(word) - 1)
    before, after = word[:place], word[place + 1 :]
    typed = {
        "d": before + after,
        "a": before + "x" + word[place:],
        "s": before + after[:1] + word[place] + after[1:],
        "c": before + "x" + after,
    }[kind[0]]
    assert is_one_slip(typed, word)


@pytest.mark.django_db
def test_search_texts_hold_words_and_nothing_else(
    publish_plots: Callable[..., LayerVersion],
) -> None:
    odd = "Số 12/5, “Chợ” (cũ)\t–\nkhu-A_1; a.b:c!\\|'x'  "
    version = publish_plots([plot(1, name=odd, sheet_no="TĐ03-2014")])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT search FROM {partitions.feature_table(version.pk)}")
        (text,) = cursor.fetchone()
    assert text == "td03 2014 2 so 12 5 cho cu khu a 1 a b c x"
