"""The entities of a drawing as columns: shape, level, text and where the text stands.

GDAL reads them for `importers.readers.dxf` and `.dgn`. Text comes byte for byte (one character a
byte) and is decided here: drawings are typed in TCVN3 and VNI fonts like registers are.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import object_array
from importers.encoding import ColumnEncoding, as_is, decide
from importers.limits import limits
from importers.readers.gdal import pyogrio
from importers.readers.levels import Counted
from importers.readers.vector import READ_ERRORS
from importers.refusals import BrokenFile, DrawingTooLarge, EmptyFile
from importers.wording import number

# Beyond any grid; squares of larger numbers overflow in GEOS.
_FARTHEST = 1e12
# A letter of the usual fonts is this wide for its height; only tells in which parcel a text stands.
_LETTER_WIDTH = 0.7
_QUOTED = re.compile(r'\bt:"(?:\\.|[^"\\])*"')
_STYLE = re.compile(r"\b([aspw]):(-?[\d.]+)")
# shapely's type ids, single and multi.
POINTS, LINES, AREAS = (0, 4), (1, 2, 5), (3, 6)


@dataclass(frozen=True)
class Entities:
    """Parallel arrays (n,), in the file's order.

    Attributes:
        format: for people.
        geometry: flat shapely geometries, finite.
        levels: names of the levels (objects, str).
        texts: decoded text or None.
        blocks: name of the block that a point inserts, or None.
        middles: the middle of each text as drawn, (n, 2); NaN where there is no text.
        rows: number of the entity in the file, from 1.
        notes: remarks for the report.
        encodings: how the text of each level was read, without examples: they may name people.
    """

    format: str
    geometry: np.ndarray
    levels: np.ndarray
    texts: np.ndarray
    blocks: np.ndarray
    middles: np.ndarray
    rows: np.ndarray
    notes: list[str] = field(default_factory=list)
    encodings: list[ColumnEncoding] = field(default_factory=list)

    def keep(self, mask: np.ndarray) -> "Entities":
        """The entities where `mask` (bool, (n,)) holds."""
        return Entities(
            self.format,
            self.geometry[mask],
            self.levels[mask],
            self.texts[mask],
            self.blocks[mask],
            self.middles[mask],
            self.rows[mask],
            self.notes,
            self.encodings,
        )

    @property
    def has_text(self) -> np.ndarray:
        """Which entities are texts, bool (n,)."""
        return np.array([text is not None for text in self.texts], dtype=bool)

    def of_kind(self, kinds: Iterable[int]) -> np.ndarray:
        """Which entities are shapes of these shapely types and no texts, bool (n,)."""
        right = np.isin(shapely.get_type_id(self.geometry), list(kinds))
        return np.asarray(right & ~self.has_text)

    def on(self, names: Iterable[str]) -> np.ndarray:
        """Which entities stand on these levels, bool (n,)."""
        wanted = set(names)
        return np.array([level in wanted for level in self.levels], dtype=bool)


def read_entities(path: Path, driver: str, sql: str, **options: Any) -> dict[str, np.ndarray]:
    """Columns of all entities by name, and `geometry`; rows with a text or a shape only.

    Raises BrokenFile, EmptyFile and DrawingTooLarge.
    """
    most = limits().drawing_entities
    encoding = None if "ENCODING" in options else "ISO-8859-1"
    try:
        meta, _fids, wkb, columns = pyogrio.raw.read(
            path, sql=sql, sql_dialect="OGRSQL", max_features=most + 1, encoding=encoding, **options
        )
    except READ_ERRORS as error:
        why = _("Không mở được bằng trình đọc %(driver)s.") % {"driver": driver}
        raise BrokenFile(why) from error
    if len(wkb) > most:
        raise too_many(most)
    if not len(wkb):
        raise EmptyFile(path.name)
    found = dict(zip([str(name) for name in meta["fields"]], columns, strict=True))
    # Coordinates that are none are left out by `assemble`.
    with np.errstate(invalid="ignore"):
        found["geometry"] = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    return found


def too_many(most: int) -> DrawingTooLarge:
    """The refusal of a drawing with more than `most` entities."""
    shown = number(most, 0)
    return DrawingTooLarge(_("Bản vẽ có hơn %(most)s đối tượng.") % {"most": shown})


def assemble(
    format_name: str, found: dict[str, np.ndarray], levels: np.ndarray, notes: list[str]
) -> Entities:
    """Entities from raw columns (`geometry`, `Text`, `OGR_STYLE`), flat and finite, decoded."""
    geometry = found["geometry"]
    rows = np.arange(1, len(geometry) + 1, dtype=np.int64)
    raw = object_array(text if isinstance(text, str) and text else None for text in found["Text"])
    texts, encodings = _decoded(raw, levels)
    middles = _middles(geometry, texts, found["OGR_STYLE"])
    blocks = found.get("BlockName", np.full(len(rows), None, dtype=object))
    all_of_them = Entities(
        format_name, geometry, levels, texts, blocks, middles, rows, notes, encodings
    )
    usable = _usable(geometry)
    bad = int(np.sum(~usable & ~shapely.is_missing(geometry)))
    if bad:
        notes.append(_("Đã bỏ %(count)d đối tượng có tọa độ hỏng hoặc rỗng.") % {"count": bad})
    kept = all_of_them.keep(usable)
    vertices = int(shapely.get_num_coordinates(kept.geometry).sum())
    if vertices > (most := limits().drawing_vertices):
        shown = number(most, 0)
        raise DrawingTooLarge(_("Bản vẽ có hơn %(most)s đỉnh.") % {"most": shown})
    if not len(kept.rows):
        raise EmptyFile(_("Bản vẽ không có đối tượng nào có hình."))
    return kept


def _usable(geometry: np.ndarray) -> np.ndarray:
    """Present, not empty, and finite at every vertex."""
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    with np.errstate(invalid="ignore"):
        wrong = ~(np.isfinite(coordinates) & (np.abs(coordinates) < _FARTHEST)).all(axis=1)
    usable = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    usable[owner[wrong]] = False
    return np.asarray(usable)


def decode_names(names: np.ndarray) -> np.ndarray:
    """Names of DXF layers, decoded."""
    return _decoded(names, np.full(len(names), "", dtype=object))[0]


def _decoded(raw: np.ndarray, levels: np.ndarray) -> tuple[np.ndarray, list[ColumnEncoding]]:
    """Raw texts as Unicode, decided level by level; a UTF-8 text is recognised by itself."""
    plain = {text: _from_utf8(text) for text in set(raw) if text is not None}
    decided: list[ColumnEncoding] = []
    decoders: dict[tuple[str, bool], Callable[[str], str]] = {}
    for is_raw in (True, False):
        columns: dict[str, list[str]] = {}
        for text, level in zip(raw, levels, strict=True):
            if text is not None and not text.isascii() and (plain[text] is None) is is_raw:
                columns.setdefault(str(level), []).append(plain[text] or text)
        for name, guess in decide(columns, raw=is_raw).items():
            decoders[(name, is_raw)] = guess.decode
            if guess.encoding != "unicode":
                decided.append(ColumnEncoding(name, guess.encoding, guess.confidence))

    def read(text: str | None, level: str) -> str | None:
        if text is None or text.isascii():
            return text
        unicode_text = plain[text]
        decode = decoders.get((level, unicode_text is None), as_is)
        return decode(text if unicode_text is None else unicode_text)

    return object_array(read(t, str(v)) for t, v in zip(raw, levels, strict=True)), decided


def _from_utf8(surface: str) -> str | None:
    """The text when its bytes are UTF-8 or it holds letters that no byte is; else None."""
    if surface.isascii() or any(letter > "\xff" for letter in surface):
        return surface
    try:
        return surface.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None


def _middles(geometry: np.ndarray, texts: np.ndarray, styles: np.ndarray) -> np.ndarray:
    """The middle of every text by its style: its point is a corner, often in the next parcel."""
    middles = np.full((len(geometry), 2), np.nan)
    for i, text in enumerate(texts):
        if text is None or shapely.is_missing(geometry[i]) or shapely.is_empty(geometry[i]):
            continue
        x, y = shapely.get_coordinates(geometry[i])[0]
        across, up = _offset(text, styles[i] if isinstance(styles[i], str) else "")
        middles[i] = (x + across, y + up)
    return middles


def _offset(text: str, style: str) -> tuple[float, float]:
    """From the text's point to its middle, in the drawing's units."""
    told = {key: _float(value) for key, value in _STYLE.findall(_QUOTED.sub("", style))}
    height, anchor = told.get("s", 0.0), int(told.get("p", 1))
    if not 0 < height < _FARTHEST or not 1 <= anchor <= 12:
        return 0.0, 0.0
    lines = text.split("\n")
    width = height * _LETTER_WIDTH * max(map(len, lines)) * told.get("w", 100.0) / 100
    # OGR's anchors: left, middle, right of the base line, the middle, the top, the bottom.
    across = (1 - (anchor - 1) % 3) * width / 2
    tall = height * len(lines)
    up = (tall / 2, 0.0, -tall / 2, tall / 2)[(anchor - 1) // 3]
    angle = np.radians(told.get("a", 0.0))
    turn_x, turn_y = float(np.cos(angle)), float(np.sin(angle))
    return across * turn_x - up * turn_y, across * turn_y + up * turn_x


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def counted(entities: Entities) -> dict[str, Counted]:
    """What stands on every level, for the person who must choose."""
    has_text = entities.has_text
    kinds = shapely.get_type_id(entities.geometry)
    found: dict[str, list[int]] = {}
    for level, kind, is_text in zip(entities.levels, kinds, has_text, strict=True):
        place = 3 if is_text else 0 if kind in LINES else 1 if kind in AREAS else 2
        found.setdefault(str(level), [0, 0, 0, 0])[place] += 1
    return {level: Counted(*numbers) for level, numbers in found.items()}


def bend(shape: shapely.Geometry) -> float:
    """How far a stroked curve stays from its arc at most: the height over its chords."""
    points = shapely.get_coordinates(shape)
    if len(points) < 3:
        return 0.0
    worst = 0.0
    for (a, b), (_b, c) in pairwise(pairwise(points)):
        base = c - a
        length = float(np.hypot(*base))
        high = abs(float(base[0] * (b - a)[1] - base[1] * (b - a)[0])) / length if length else 0.0
        worst = max(worst, high / 4)
    return worst
