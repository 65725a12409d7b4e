"""KML, alone or as the doc.kml of a KMZ: each folder with placemarks is a layer, always WGS 84.

Heights are dropped by the import; pictures and models are passed over and said. What the document
is made of comes from `kml_document`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Batch, Issue, object_array
from importers.encoding import decide
from importers.readers.choice import choose_layer
from importers.readers.kml_document import Document, Part, Placemark
from importers.readers.source import BATCH_ROWS, Source, Stream, Wanted, first_of
from importers.readers.text_columns import TextDecoder
from importers.refusals import EmptyFile, NoGeometry
from layers.crs import WGS84, Crs

# Asked for instead of a folder's name.
ALL_FOLDERS = "*"
_LOOKED_AT = 20_000
_AROUND_COMMA = re.compile(r"\s*,\s*")


class UnclosedRing(Exception):
    """A ring whose last corner is not its first; `x`, `y`: where it begins, degrees."""

    def __init__(self, x: float, y: float) -> None:
        super().__init__(f"{x} {y}")
        self.x, self.y = x, y


@dataclass
class _Survey:
    """What the first pass found: placemarks with a shape by container, columns, some text."""

    placemarks: Counter[int] = field(default_factory=Counter)
    any: int = 0
    columns: dict[str, list[str]] = field(default_factory=dict)


def open_kml(path: Path, wanted: Wanted, _folder: Path) -> Source:
    """The chosen folder, or all with `*`. Raises UnsafeFile, BrokenFile, LayerChoiceNeeded, …"""
    document = Document(path)
    survey = _survey(document)
    if not survey.placemarks:
        raise NoGeometry(path.name) if survey.any else EmptyFile(path.name)
    names = _names(document, survey)
    if wanted.sheet == ALL_FOLDERS:
        chosen, name = set(names.values()), path.stem
    else:
        name = choose_layer(list(names), wanted.sheet)
        chosen = {names[name]}
    encodings = decide(survey.columns, raw=False)
    decode = TextDecoder(encodings, {})
    columns = list(survey.columns)

    def read(crs: Crs) -> Stream:
        return _read(document, chosen, columns, decode, crs)

    return Source(
        format="KML",
        name=name,
        fields=columns,
        feature_count=sum(survey.placemarks[c] for c in chosen),
        crs_text=WGS84.code,
        read=read,
        first_shapes=first_of(read),
        notes=_notes(document),
        encodings=[g for g in encodings.values() if g.preview and g.encoding != "unicode"],
    )


def _survey(document: Document) -> _Survey:
    survey = _Survey()
    for placemark in document.placemarks():
        survey.any += 1
        if not placemark.parts:
            continue
        survey.placemarks[placemark.container] += 1
        for name, text in placemark.values.items():
            seen = survey.columns.setdefault(name, [])
            if not text.isascii() and len(seen) < _LOOKED_AT:
                seen.append(text)
    return survey


def _names(document: Document, survey: _Survey) -> dict[str, int]:
    """Name → container: the folder's own name, its whole path where two are alike."""
    own = {c: document.containers[c].own or document.path.stem for c in sorted(survey.placemarks)}
    times = Counter(own.values())
    names: dict[str, int] = {}
    for container, name in own.items():
        path = "/".join(document.containers[container].path[1:])
        full = name if times[name] == 1 else path
        names[full if full not in names else f"{full} ({container})"] = container
    return names


def _notes(document: Document) -> list[str]:
    if not document.pictures:
        return []
    return [_("Bỏ qua %(n)d ảnh phủ hoặc mô hình trong KML.") % {"n": document.pictures}]


def _read(
    document: Document, chosen: set[int], columns: list[str], decode: TextDecoder, crs: Crs
) -> Stream:
    found = _chosen(document, chosen)
    while chunk := list(islice(found, BATCH_ROWS)):
        yield _batch(chunk, columns, decode, crs)


def _chosen(document: Document, chosen: set[int]) -> Iterator[tuple[int, Placemark]]:
    """(row, placemark): rows count the placemarks of the chosen folders that have a shape."""
    row = 0
    for placemark in document.placemarks():
        if placemark.parts and placemark.container in chosen:
            row += 1
            yield row, placemark


def _batch(
    chunk: list[tuple[int, Placemark]], columns: list[str], decode: TextDecoder, crs: Crs
) -> tuple[Batch, list[Issue]]:
    shapes, kept, issues = [], [], []
    for row, placemark in chunk:
        try:
            shapes.append(_shape(placemark.parts))
        except UnclosedRing as ring:
            cells = dict(placemark.values)
            issues.append(Issue(row, "unclosed-ring", x=ring.x, y=ring.y, cells=cells))
            continue
        except (ValueError, shapely.errors.GEOSException):
            cells = dict(placemark.values)
            issues.append(Issue(row, "cannot-read-geometry", cells=cells))
            continue
        kept.append((row, placemark))
    values = {
        name: decode(name, object_array(p.values.get(name) or None for _row, p in kept))
        for name in columns
    }
    rows = np.array([row for row, _placemark in kept], dtype=np.int64)
    return Batch(values, object_array(shapes), rows, crs), issues


def _shape(parts: list[Part]) -> shapely.Geometry:
    """One primitive as it is, several of one kind as a multi shape. Raises ValueError."""
    shapes = [_primitive(part) for part in parts]
    if len(shapes) == 1:
        return shapes[0]
    kinds = {_SIMPLE[part.kind] for part in parts}
    make = _TOGETHER[kinds.pop() if len(kinds) == 1 else ""]
    together: shapely.Geometry = make(object_array(shapes))
    return together


def _primitive(part: Part) -> shapely.Geometry:
    if part.kind == "Track":
        positions = np.array([[float(n) for n in text.split()] for text in part.texts])
        return shapely.LineString(_flat_if_level(positions))
    lines = [found for found in map(_positions, part.texts) if len(found)]
    if not lines:
        empty: shapely.Geometry = shapely.from_wkt(f"{_SIMPLE[part.kind].upper()} EMPTY")
        return empty
    if part.kind == "Point":
        return shapely.Point(lines[0][0])
    if part.kind == "Polygon":
        _require_closed(lines)
        return shapely.Polygon(lines[0], lines[1:])
    return shapely.LineString(lines[0])


def _require_closed(rings: list[np.ndarray]) -> None:
    """KML asks for it, and a corner that was forgotten looks just the same."""
    for ring in rings:
        # Numbers that are none are the step's to name (`importers.steps.shape`).
        if np.isfinite(ring).all() and not np.array_equal(ring[0, :2], ring[-1, :2]):
            raise UnclosedRing(float(ring[0, 0]), float(ring[0, 1]))


_TOGETHER: dict[str, Callable[..., Any]] = {
    "Point": shapely.multipoints,
    "LineString": shapely.multilinestrings,
    "Polygon": shapely.multipolygons,
    "": shapely.geometrycollections,
}
_SIMPLE = {
    "Point": "Point",
    "Polygon": "Polygon",
    "LineString": "LineString",
    "LinearRing": "LineString",
    "Track": "LineString",
}


def _positions(text: str) -> np.ndarray:
    """`lon,lat[,height] …` → (n, 2 or 3). People leave blanks after commas."""
    tuples = [item.split(",") for item in _AROUND_COMMA.sub(",", text).split()]
    width = min((len(item) for item in tuples), default=0)
    if tuples and width < 2:
        raise ValueError(text[:80])
    found = np.array([[float(n) for n in item[: min(width, 3)]] for item in tuples])
    return _flat_if_level(found)


def _flat_if_level(found: np.ndarray) -> np.ndarray:
    """Heights of 0 are none: Google Earth writes them everywhere."""
    level = found.ndim == 2 and found.shape[1] == 3 and not found[:, 2].any()
    return found[:, :2] if level else found
