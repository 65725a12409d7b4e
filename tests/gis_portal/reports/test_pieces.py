"""The parts of a report that need no database: numbers, moves, photos, places."""

import io
import itertools
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gis_portal.reports import moves
from gis_portal.reports.errors import PhotoRefused
from gis_portal.reports.photos import MOST_BYTES, Made, make_photos
from gis_portal.reports.places import CELL, UnreadablePlace, coarse, typed_place
from gis_portal.reports.reference import in_groups, new_reference, read_reference

CANARY = "CANARY-maker"
STATES = st.sampled_from(tuple(moves.STATES))


@given(st.integers(0, 15), st.integers(1, 9))
def test_a_wrong_digit_or_two_swapped_are_noticed(at: int, more: int) -> None:
    right = new_reference()
    assert read_reference(in_groups(right, " – ")) == right
    wrong = right[:at] + str((int(right[at]) + more) % 10) + right[at + 1 :]
    assert read_reference(wrong) is None
    swapped = right[: at - 1] + right[at] + right[at - 1] + right[at + 1 :] if at else right
    assert (read_reference(swapped) is None) == (swapped != right)


@given(st.lists(STATES, max_size=12))
def test_only_the_moves_of_the_table_lead_anywhere(wished: list[str]) -> None:
    """The issue's order, written out apart from the table: nothing is decided unchecked."""
    state, path = moves.NEW, [moves.NEW]
    for to in wished:
        if moves.may_move(state, to):
            state = to
            path.append(to)
    for before, after in itertools.pairwise(path):
        assert before != after
        assert after != moves.NEW, "nothing becomes new again"
        assert before != moves.NEW or after == moves.CHECKING
        assert after not in (moves.CONFIRMED, moves.REJECTED) or before == moves.CHECKING
        assert before not in moves.CLOSED or after == moves.CHECKING


def photo(kind: str = "JPEG", size: tuple[int, int] = (2400, 1200), **more: object) -> bytes:
    """A picture whose left half is red, so that turning it shows."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def made(content: bytes, name: str = "a.jpg") -> Made:
    return make_photos([SimpleUploadedFile(name, content)])[0]


def with_position() -> bytes:
    """As a phone writes it: turned on its side, with the maker and the place."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 20.0, 30.0), 3: "E", 4: (107.0, 5.0, 0.0)})
    return photo(exif=exif, comment=CANARY.encode())


def test_a_photo_is_upright_small_and_says_nothing_of_its_place() -> None:
    sent = with_position()
    assert CANARY.encode() in sent
    kept = made(sent, "tên.svg")
    assert CANARY.encode() not in kept.jpeg
    with Image.open(io.BytesIO(kept.jpeg)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (800, 1600))
        assert not picture.getexif()
        assert "exif" not in picture.info
        # Turned by 90° clockwise: what was left is above.
        # Of the red band's 256 levels: above all are high, below all are low.
        above = picture.crop((0, 0, 800, 700)).histogram()[:256]
        below = picture.crop((0, 900, 800, 1600)).histogram()[:256]
        assert sum(above[:200]) == sum(below[60:]) == 0
    for kind in ("PNG", "WEBP"):
        assert made(photo(kind, (300, 200))).width == 300


def bomb() -> bytes:
    """A PNG of 40,000 × 40,000 in a few bytes."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(10**6))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "rỗng"),
        (bomb(), "quá nhiều điểm ảnh"),
        (photo("GIF", (9, 9)), "GIF"),
        (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "SVG"),
        (b"\0\0\0\x18ftypheic" + bytes(64), "HEIC"),
        (b"MZ" + bytes(600), "JPEG, PNG hay WebP"),
        (photo()[:4000], "hỏng"),
        (b"\xff\xd8\xff" + bytes(range(256)) * 9, "hỏng"),
        (b"\xff\xd8\xff" + bytes(MOST_BYTES), "12 MB"),
    ],
    ids="empty bomb gif svg heic program cut noise large".split(),
)
def test_other_files_are_refused_by_name(content: bytes, words: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        make_photos([SimpleUploadedFile("a.jpg", content)])
    assert "Ảnh thứ 1" in str(refused.value.detail)
    assert words in str(refused.value.detail)


def test_a_typed_place_is_read_or_refused_in_words() -> None:
    for text in ("10.346, 107.084", "10°20′45.6″N 107°05′02.4″E"):
        point = typed_place(text)
        assert (round(point.x, 3), round(point.y, 3)) == (107.084, 10.346)
    grid = typed_place("X 1144200 Y 426902 KTT 107°45′")
    assert (round(grid.x, 2), round(grid.y, 2)) == (107.08, 10.35)
    for text, words in (("ngã ba", "Không đọc được"), ("21.03, 105.85", "ngoài tỉnh")):
        with pytest.raises(UnreadablePlace, match=words):
            typed_place(text)


@given(st.floats(106.3, 107.8), st.floats(8.4, 11.6))
def test_the_public_place_is_the_middle_of_a_cell(lon: float, lat: float) -> None:
    x, y = coarse(lon, lat)
    assert abs(x - lon) <= CELL / 2 + 1e-6
    assert abs(y - lat) <= CELL / 2 + 1e-6
    assert coarse(x, y) == (x, y), "every place of a cell gives the same one"
