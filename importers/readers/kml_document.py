"""Parse KML as a stream of placemarks, with nothing but the standard library's expat.

GDAL has two readers of KML. LIBKML holds the whole document in memory and follows links within a
KMZ; the other knows less of ExtendedData. Neither can be told to stop at a DOCTYPE or a
NetworkLink, so a parser that sees every element first would be needed anyhow: this is it, and no
driver is loaded for KML. `kml` makes features of what comes from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from django.utils.translation import gettext as _

from importers.refusals import BrokenFile, UnsafeFile

_CHUNK = 2**18
_DEEPEST = 200
# The outline of a country with millimetres stays below this.
_LONGEST_TEXT = 32 * 2**20
_LINKS = frozenset({"NetworkLink", "NetworkLinkControl", "Update"})
_CONTAINERS = frozenset({"Document", "Folder"})
_SHAPES = frozenset({"Point", "LineString", "LinearRing", "Polygon", "Track"})
_PICTURES = frozenset({"GroundOverlay", "PhotoOverlay", "Model"})
_TEXTS = frozenset({"name", "description", "value", "SimpleData", "coordinates", "coord", "when"})


@dataclass
class Container:
    """A Document or Folder. `path`: names from the outermost to this one."""

    path: tuple[str, ...]
    own: str = ""


@dataclass
class Part:
    """A primitive: its rings or lines as the text of `coordinates`; the first ring is the shell."""

    kind: str
    texts: list[str] = field(default_factory=list)


@dataclass
class Placemark:
    """One placemark: the container it stands in, its attributes and primitives."""

    container: int
    values: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)


class Document:
    """The containers found so far, in document order, and the pictures that are passed over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.containers: list[Container] = [Container((path.stem,), path.stem)]
        self.pictures = 0

    def placemarks(self) -> Iterator[Placemark]:
        """Every placemark in order. Raises UnsafeFile for DOCTYPE and links, BrokenFile."""
        self.containers = self.containers[:1]
        handler = _Handler(self)
        try:
            with self.path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    handler.parser.Parse(chunk, False)
                    yield from handler.taken()
                handler.parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            line = handler.parser.CurrentLineNumber
            raise BrokenFile(_("XML hỏng ở dòng %(line)d.") % {"line": line}) from error
        yield from handler.taken()


class _Handler:
    """The callbacks of one pass. Elements are known by their local name, whatever the prefix."""

    def __init__(self, document: Document) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._document = document
        self._stack: list[str] = []
        self._inside: list[int] = [0]
        self._placemark: Placemark | None = None
        self._part: Part | None = None
        self._key = ""
        self._words: list[str] = []
        self._length = 0
        self._done: list[Placemark] = []

    def taken(self) -> list[Placemark]:
        """The placemarks that ended since the last call."""
        done, self._done = self._done, []
        return done

    def _doctype(self, *_declared: object) -> None:
        raise UnsafeFile(_("KML khai báo DOCTYPE."))

    def _start(self, raw: str, attributes: dict[str, str]) -> None:
        name = raw.rsplit(":", 1)[-1]
        if name in _LINKS:
            raise UnsafeFile(_("KML chứa %(name)s, trỏ đến tệp khác.") % {"name": name})
        self._stack.append(name)
        if len(self._stack) > _DEEPEST:
            raise BrokenFile(_("XML lồng quá sâu."))
        if name in _CONTAINERS:
            self._open_container()
        elif name == "Placemark":
            self._placemark = Placemark(self._inside[-1])
        elif name in _PICTURES:
            self._document.pictures += 1
        elif self._placemark is not None:
            self._start_inside(self._placemark, name, attributes)
        if name in _TEXTS:
            self._words, self._length = [], 0

    def _start_inside(self, placemark: Placemark, name: str, attributes: dict[str, str]) -> None:
        if name in ("Data", "SimpleData"):
            self._key = attributes.get("name", "")
        elif name in _SHAPES and not (name == "LinearRing" and self._in_polygon()):
            self._part = Part(name)
            placemark.parts.append(self._part)

    def _in_polygon(self) -> bool:
        return "Polygon" in self._stack[:-1]

    def _open_container(self) -> None:
        parent = self._document.containers[self._inside[-1]]
        self._document.containers.append(Container(parent.path))
        self._inside.append(len(self._document.containers) - 1)

    def _text(self, text: str) -> None:
        if self._stack[-1:] and self._stack[-1] in _TEXTS:
            self._length += len(text)
            if self._length > _LONGEST_TEXT:
                raise BrokenFile(_("Một phần tử của XML quá dài."))
            self._words.append(text)

    def _end(self, raw: str) -> None:
        name = self._stack.pop()
        if name in _CONTAINERS:
            self._inside.pop()
        elif name == "Placemark" and self._placemark is not None:
            self._done.append(self._placemark)
            self._placemark = self._part = None
        elif name in _TEXTS:
            self._end_text(name, "".join(self._words).strip())
            self._words = []

    def _end_text(self, name: str, text: str) -> None:
        above = self._stack[-1] if self._stack else ""
        if name == "name" and above in _CONTAINERS:
            container = self._document.containers[self._inside[-1]]
            container.own = text
            container.path = (*container.path, text)
        elif self._placemark is None:
            return
        elif name in ("coordinates", "coord") and self._part is not None:
            self._part.texts.append(text)
        elif name == "SimpleData" or (name == "value" and above == "Data"):
            self._placemark.values[self._key] = text
        elif above == "Placemark" and name in ("name", "description"):
            self._placemark.values.setdefault(name, text)
        elif above == "TimeStamp":
            self._placemark.values.setdefault("when", text)
