"""Pictures that lie, written byte by byte: each maker beside the refusal that is expected."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from affine import Affine

from tests.importers.canaries import Bait
from tests.importers.pictures import HEIGHT, WIDTH, field_pixels, geotiff

Maker = Callable[[Path, Bait], Path]
SHORT, LONG, TEXT, DOUBLE = 3, 4, 2, 12
Tag = tuple[int, int, list[float] | bytes]
# A grey picture of 64 × 64 in one strip, placed by scale and tie point in degrees.
SIDE = 64
PLACED: list[Tag] = [
    (33550, DOUBLE, [1e-5, 1e-5, 0]),
    (33922, DOUBLE, [0, 0, 0, 107.2, 10.5, 0]),
    (34735, SHORT, [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326]),
]
_CODES = {SHORT: "H", LONG: "I", DOUBLE: "d"}


def tiff(tags: list[Tag], following: int = 0, start: int = 8) -> bytes:
    """A classic TIFF with one directory at `start`; values that do not fit stand behind it."""
    entries = b""
    behind = b""
    place = start + 2 + 12 * len(tags) + 4
    for tag, kind, values in sorted(tags, key=lambda one: one[0]):
        packed = (
            values
            if isinstance(values, bytes)
            else struct.pack(
                f"<{len(values)}{_CODES[kind]}", *(values if kind == DOUBLE else map(int, values))
            )
        )
        count = len(values)
        if len(packed) <= 4:
            entries += struct.pack("<HHI", tag, kind, count) + packed.ljust(4, b"\0")
        else:
            entries += struct.pack("<HHII", tag, kind, count, place + len(behind))
            behind += packed + b"\0" * (len(packed) % 2)
    head = b"II*\0" + struct.pack("<I", start)
    return head + struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) + behind


def grey(**changed: list[float]) -> list[Tag]:
    """The tags of the grey picture; its pixels are the file's own first bytes."""
    usual: dict[str, Tag] = {
        "width": (256, LONG, [SIDE]),
        "height": (257, LONG, [SIDE]),
        "bits": (258, SHORT, [8]),
        "packing": (259, SHORT, [1]),
        "photometric": (262, SHORT, [1]),
        "offsets": (273, LONG, [8]),
        "samples": (277, SHORT, [1]),
        "rows": (278, LONG, [SIDE]),
        "counts": (279, LONG, [SIDE * SIDE]),
    }
    for name, values in changed.items():
        usual[name] = (*usual[name][:2], values)
    return [*usual.values(), *PLACED]


def _raw(
    *tags: Tag, following: int = 0, pixels: int = SIDE * SIDE, **changed: list[float]
) -> Maker:
    def make(folder: Path, _bait: Bait) -> Path:
        path = folder / "anh.tif"
        path.write_bytes(tiff([*grey(**changed), *tags], following) + b"\x40" * pixels)
        return path

    return make


def _made(**settings: object) -> Maker:
    def make(folder: Path, _bait: Bait) -> Path:
        return geotiff(folder / "anh.tif", **settings)  # type: ignore[arg-type]

    return make


def _cut(folder: Path, _bait: Bait) -> Path:
    path = geotiff(folder / "anh.tif", tiled=True, blockxsize=64, blockysize=64)
    path.write_bytes(path.read_bytes()[:-3000])
    return path


def _spoilt(folder: Path, _bait: Bait) -> Path:
    """Packed tiles whose bytes are noise."""
    path = geotiff(folder / "anh.tif", compress="deflate")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = np.random.default_rng(1).bytes(2000)
    path.write_bytes(content)
    return path


def _white_sheet(folder: Path, _bait: Bait) -> Path:
    """A hundred kilobytes that claim a gigabyte."""
    path = folder / "anh.tif"
    tile = 1024
    across = 30
    tags = [
        tag
        for tag in grey(width=[tile * across], height=[tile * across], packing=[8])
        if tag[0] not in (273, 278, 279)
    ]
    tags += [(322, LONG, [tile]), (323, LONG, [tile])]
    tags += [(324, LONG, [8] * across**2), (325, LONG, [100] * across**2)]
    path.write_bytes(tiff(tags) + bytes(90_000))
    return path


def _overview_elsewhere(folder: Path, bait: Bait) -> Path:
    text = (
        '<GDALMetadata><Item name="OVERVIEW_FILE" domain="OVERVIEWS">'
        f"{bait.file}</Item></GDALMetadata>"
    )
    path = folder / "anh.tif"
    path.write_bytes(tiff([*grey(), (42112, TEXT, text.encode() + b"\0")]) + b"\x40" * SIDE**2)
    return path


def _vrt(folder: Path, bait: Bait) -> Path:
    path = folder / "anh.tif"
    path.write_text(
        f'<VRTDataset rasterXSize="20" rasterYSize="20"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>{bait.file}</SourceFilename></SimpleSource>"
        "</VRTRasterBand></VRTDataset>",
        encoding="utf-8",
    )
    return path


def _nan(folder: Path, _bait: Bait) -> Path:
    path = folder / "anh.tif"
    tags = [tag for tag in grey() if tag[0] != 33550]
    path.write_bytes(tiff([*tags, (33550, DOUBLE, [float("nan"), 1e-5, 0])]) + b"\x40" * SIDE**2)
    return path


# What it is → how it is made, and the refusal.
PICTURES: dict[str, tuple[Maker, str]] = {
    "a bomb of pixels": (_raw(width=[900_000], height=[900_000]), "image-broken"),
    "a bomb of sparse pixels": (
        _raw(width=[200_000], height=[200_000], rows=[200_000], offsets=[0], counts=[0]),
        "image-too-large",
    ),
    "absurd sides": (_raw(width=[4_000_000_000], height=[2]), "image-suspicious"),
    "no pixels": (_raw(width=[0]), "image-suspicious"),
    "a ratio bomb": (_white_sheet, "image-suspicious"),
    "cut short": (_cut, "image-broken"),
    "spoilt tiles": (_spoilt, "image-broken"),
    "a circle of directories": (_raw(following=8), "image-suspicious"),
    "a directory beyond the end": (_raw(following=4_000_000), "image-broken"),
    "tiles beyond the end": (_raw(offsets=[4_000_000]), "image-broken"),
    "overlapping strips": (
        _raw(rows=[1], offsets=[float(8 + i) for i in range(SIDE)], counts=[4000.0] * SIDE),
        "image-suspicious",
    ),
    "huge words": (_raw((270, TEXT, b"A" * (9 * 2**20))), "image-suspicious"),
    "an overview in another file": (_overview_elsewhere, "image-elsewhere"),
    "a VRT named .tif": (_vrt, "unsafe-file"),
    "a place that is no number": (_nan, "image-placement"),
    "no place": (_made(crs=None, transform=None), "image-not-georeferenced"),
    "no system": (_made(crs=None), "crs-missing"),
    "one block for all": (
        _raw(packing=[5], width=[20_000], height=[20_000], rows=[20_000]),
        "image-blocks",
    ),
    "pixels of a tenth of a millimetre": (
        _made(transform=Affine(1e-4, 0, 436_319, 0, -1e-4, 1_161_215)),
        "image-placement",
    ),
    "lines instead of pixels": (
        _made(transform=Affine(200, 0, 436_319, 0, -0.5, 1_161_215)),
        "image-placement",
    ),
    "numbers of 32 bit": (
        _made(pixels=field_pixels().astype(np.float32)),
        "image-depth",
    ),
    "twenty bands": (
        _made(pixels=np.ones((20, 20, 20), np.uint8)),
        "image-depth",
    ),
    "nothing valid": (
        _made(pixels=np.zeros((3, HEIGHT, WIDTH), np.uint8), nodata=0),
        "image-empty",
    ),
}
