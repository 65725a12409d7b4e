"""DXF, text and binary, by GDAL's driver: entities with their layers, blocks exploded.

Before GDAL opens the file its block references are counted here: ten blocks of ten references each
are a million entities, and GDAL would hold them all before the first is asked for.
"""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from importers.batch import object_array
from importers.limits import limits
from importers.readers.entities import (
    Entities,
    assemble,
    decode_names,
    read_entities,
    too_many,
)
from importers.readers.gdal import pyogrio
from importers.refusals import BlockRecursion, BrokenFile, DrawingTooLarge
from layers.values import is_empty

BINARY = b"AutoCAD Binary DXF"
# A chord leaves its arc by 9²/(8·258) m = 0.04 m at most, whatever the radius: 0.2 mm at 1:200.
ARC_DEGREES, ARC_GAP, ARC_ERROR = "2", "9", 0.04
# The bound of GDAL would cut a map that was bound into one block; ours refuses it instead.
pyogrio.set_gdal_config_options(
    {
        "OGR_ARC_STEPSIZE": ARC_DEGREES,
        "OGR_ARC_MAX_GAP": ARC_GAP,
        "DXF_FEATURE_LIMIT_PER_BLOCK": "-1",
    }
)
_WORD = rb"(SECTION|ENDSEC|BLOCK|ENDBLK|INSERT|ARC|CIRCLE|ELLIPSE|SPLINE|[A-Z0-9_]{3,40})"
_TEXT_ENTITY = re.compile(rb"(?:^|[\r\n])[ \t]*0[ \t]*\r?\n[ \t]*" + _WORD + rb"[ \t]*(?=[\r\n])")
_BINARY_ENTITY = re.compile(rb"\x00\x00?" + _WORD + rb"\x00")
_TEXT_PAIR = re.compile(rb"[ \t]*(\d+)[ \t]*\r?\n([^\r\n]*)\r?\n?")
_BULGE = re.compile(rb"[\r\n][ \t]*42[ \t]*\r?\n[ \t]*-?(?:[1-9]|0?\.0*[1-9]|0\.0*[1-9])")
_CURVES = {b"ARC", b"CIRCLE", b"ELLIPSE", b"SPLINE"}
_DEEPEST = 20
# Fields of an INSERT that matter stand near its start.
_INSERT_BYTES = 2000


@dataclass
class _Block:
    """Entities of its own, and which blocks it inserts how often."""

    entities: int = 0
    inserts: list[tuple[bytes, int]] = field(default_factory=list)


@dataclass
class Plan:
    """What a scan of the whole file tells: its blocks, the entities outside them, any curves."""

    blocks: dict[bytes, _Block] = field(default_factory=dict)
    model: _Block = field(default_factory=_Block)
    has_curves: bool = False
    ended: bool = False


def read_dxf(path: Path, *, inline: bool) -> Entities:
    """All entities of the model space; `inline` explodes blocks, else each is a point.

    Raises BrokenFile, EmptyFile, DrawingTooLarge, BlockRecursion.
    """
    if path.stat().st_size > limits().drawing_bytes:
        raise DrawingTooLarge(path.name)
    plan = scan(path)
    _check(plan, inline=inline)
    names = "Layer, PaperSpace, SubClasses, Text" + ("" if inline else ", BlockName")
    found = read_entities(
        path,
        "DXF",
        f"SELECT {names}, OGR_STYLE FROM entities",  # noqa: S608 - constants, and OGR's own SQL
        ENCODING="ISO-8859-1",
        MERGE_BLOCK_GEOMETRIES="NO",
        INLINE_BLOCKS="YES" if inline else "NO",
    )
    drawn, notes = _of_model_space(found)
    if plan.has_curves:
        notes.append(
            _("Cung tròn được thay bằng dây cung, sai tối đa 0,04 m (0,2 mm trên bản đồ 1:200).")
        )
    hatches = object_array("AcDbHatch" in (s or "") for s in drawn["SubClasses"])
    # A hatch has the name of its pattern where others have their text.
    drawn["Text"] = drawn["Text"].copy()
    drawn["Text"][hatches.astype(bool)] = None
    layers = decode_names(object_array(str(name or "0") for name in drawn["Layer"]))
    return assemble("DXF", drawn, layers, notes)


def _of_model_space(found: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Without the sheet's layout and without dimensions, whose arrows are polygons and texts."""
    on_paper = np.array([not is_empty(p) and bool(p) for p in found["PaperSpace"]], dtype=bool)
    classes = [text or "" for text in found["SubClasses"]]
    measures = np.array(["AcDbDimension" in c or "AcDbLeader" in c for c in classes], dtype=bool)
    notes = []
    if on_paper.any():
        count = int(on_paper.sum())
        notes.append(_("Đã bỏ %(count)d đối tượng của trang in (layout).") % {"count": count})
    kept = ~(on_paper | measures)
    return {name: values[kept] for name, values in found.items()}, notes


def scan(path: Path) -> Plan:
    """Walk over the names of all entities. Raises BrokenFile for a file that was cut off."""
    plan = Plan()
    with (
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        binary = data[: len(BINARY)] == BINARY
        current: _Block | None = None
        for word, end in _entities(data, binary=binary):
            current = _step(plan, current, word, data, end, binary=binary)
        plan.has_curves = plan.has_curves or (not binary and _has_bulge(data))
        plan.ended = b"EOF" in data[-64:]
    if not plan.ended:
        raise BrokenFile(_("Bản vẽ bị cắt cụt: không có dòng EOF ở cuối."))
    return plan


def _has_bulge(data: mmap.mmap) -> bool:
    """A bulge is group 42 of a vertex; in the tables before the blocks it is something else."""
    starts = [at for name in (b"BLOCKS", b"ENTITIES") if (at := data.find(name)) >= 0]
    return bool(starts) and _BULGE.search(data, min(starts)) is not None


def _entities(data: mmap.mmap, *, binary: bool) -> Iterator[tuple[bytes, int]]:
    """Names of entities and where each one's fields begin."""
    pattern = _BINARY_ENTITY if binary else _TEXT_ENTITY
    for match in pattern.finditer(data):
        yield match.group(1), match.end()


def _step(
    plan: Plan, current: _Block | None, word: bytes, data: mmap.mmap, end: int, *, binary: bool
) -> _Block | None:
    """Count one entity; the answer is the block that the next one belongs to."""
    if word == b"BLOCK":
        return plan.blocks.setdefault(_named(data, end, binary=binary)[0], _Block())
    if word in (b"ENDBLK", b"SECTION", b"ENDSEC"):
        return None
    owner = plan.model if current is None else current
    if word == b"INSERT":
        owner.inserts.append(_named(data, end, binary=binary))
    else:
        plan.has_curves = plan.has_curves or word in _CURVES
    owner.entities += 1
    return current


def _named(data: mmap.mmap, start: int, *, binary: bool) -> tuple[bytes, int]:
    """The block's name (group 2) and how many copies (groups 70 × 71)."""
    name, across, down = b"", 1, 1
    read = _binary_groups if binary else _text_groups
    for code, value in read(data[start : start + _INSERT_BYTES]):
        if code == 0:
            break
        if code == 2:
            name = value.strip().upper()
        elif code == 70:
            across = _count(value)
        elif code == 71:
            down = _count(value)
    return name, across * down


def _text_groups(data: bytes) -> Iterator[tuple[int, bytes]]:
    start = data.find(b"\n") + 1
    for match in _TEXT_PAIR.finditer(data, start):
        yield int(match.group(1)), match.group(2)


def _binary_groups(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Groups of a binary DXF (R13 and later: codes of two bytes) as far as an INSERT has them."""
    place = 0
    while place + 2 < len(data):
        code = int.from_bytes(data[place : place + 2], "little")
        place += 2
        if 60 <= code < 80:
            yield code, str(int.from_bytes(data[place : place + 2], "little", signed=True)).encode()
            place += 2
        elif 10 <= code < 60 or 210 <= code < 240:
            place += 8
        else:
            end = data.find(b"\x00", place)
            if end < 0:
                return
            yield code, data[place:end]
            place = end + 1


def _count(value: bytes) -> int:
    text = value.strip()
    return min(max(int(text), 1), 32767) if re.fullmatch(rb"\d{1,9}", text) else 1


def _check(plan: Plan, *, inline: bool) -> None:
    """Raises BlockRecursion and DrawingTooLarge."""
    most = limits().drawing_entities
    sizes: dict[bytes, int] = {}
    total = plan.model.entities
    if inline:
        total += sum(_size(plan, name, sizes, ()) * times for name, times in plan.model.inserts)
    if total > most:
        raise too_many(most)


def _size(plan: Plan, name: bytes, sizes: dict[bytes, int], inside: tuple[bytes, ...]) -> int:
    """Entities of a block with all that it inserts."""
    if name in inside or len(inside) > _DEEPEST:
        shown = name.decode("latin-1", "replace")[:60]
        raise BlockRecursion(
            _("Khối “%(name)s” chèn lẫn nhau hoặc lồng quá sâu.") % {"name": shown}
        )
    block = plan.blocks.get(name)
    if block is None:
        return 0
    if name not in sizes:
        within = (*inside, name)
        nested = (_size(plan, n, sizes, within) * times for n, times in block.inserts)
        sizes[name] = block.entities + sum(nested)
    return sizes[name]
