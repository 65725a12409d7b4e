"""File geodatabase: one feature class of the unpacked `.gdb` folder, with its coded domains.

Columns of whole numbers whose domain gives each number a name are read as those names: `1` says
nothing to a reader, and the layer's own lists are declared in words. Codes that are text (`ONT`)
stay, they are the standard's.
"""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from django.utils.translation import gettext as _

from importers.batch import object_array
from importers.readers.choice import choose_layer
from importers.readers.gdal import pyogrio
from importers.readers.source import Source, Wanted
from importers.readers.text_columns import TextDecoder, text_decoder
from importers.readers.vector import READ_ERRORS, first_shapes, layer_info, stream
from importers.refusals import BrokenFile
from importers.wording import names_in_brief

Domain = dict[str, str]


def open_filegdb(path: Path, wanted: Wanted, _folder: Path) -> Source:
    """The chosen feature class. Raises BrokenFile, NoGeometry, LayerChoiceNeeded, EmptyFile."""
    layer = choose_layer(_feature_classes(path), wanted.sheet)
    info = layer_info(path, "OpenFileGDB", layer)
    encodings, decode = text_decoder(path, layer, info, raw=False)
    domains = {c: d for c, d in _domains_of(path, layer).items() if c in set(info["fields"])}
    notes = []
    if domains:
        told = _("Cột ghi mã số, đọc thành chữ theo miền giá trị của tệp: %(names)s.")
        notes.append(told % {"names": names_in_brief(list(domains))})
    return Source(
        format="FileGDB",
        name=layer,
        fields=list(info["fields"]),
        feature_count=int(info["features"]),
        crs_text=info["crs"],
        read=stream(path, layer, _Named(decode, domains)),
        first_shapes=first_shapes(path, layer),
        notes=notes,
        encodings=encodings,
    )


def _feature_classes(path: Path) -> list[str]:
    try:
        listed = pyogrio.list_layers(path)
    except READ_ERRORS as error:
        if any(path.glob("*.cdf")):
            raise BrokenFile(_("Cơ sở dữ liệu nén (.cdf): giải nén bằng ArcGIS trước.")) from error
        raise BrokenFile(path.name) from error
    return [str(name) for name, geometry in listed if geometry is not None]


class _Named:
    """A decoder that besides puts the domain's words in the place of its numbers."""

    def __init__(self, decode: TextDecoder, domains: dict[str, Domain]) -> None:
        self._decode, self._domains = decode, domains

    def name(self, raw: str) -> str:
        """The column's name."""
        return self._decode.name(raw)

    def __call__(self, column: str, values: np.ndarray) -> np.ndarray:
        """A number that the domain does not know stays a number: `coerce` will say so."""
        domain = self._domains.get(column)
        if domain is None:
            return self._decode(column, values)
        return object_array(v if v is None else domain.get(_code(v), v) for v in values)


def _code(value: object) -> str:
    return str(int(value)) if isinstance(value, (int, float, np.integer)) else str(value)


def _domains_of(path: Path, layer: str) -> dict[str, Domain]:
    """Column → {number as text: name}, from the geodatabase's own catalogue (table GDB_Items)."""
    try:
        _meta, _fids, _shapes, (names, definitions) = pyogrio.raw.read(
            path, layer="GDB_Items", columns=["Name", "Definition"], LIST_ALL_TABLES="YES"
        )
    except (*READ_ERRORS, KeyError):
        return {}
    found = dict(zip(map(str, names), map(str, definitions), strict=True))
    return domains_in(found, layer)


def domains_in(definitions: dict[str, str], layer: str) -> dict[str, Domain]:
    """Column → domain of one class, by the XML definitions of all items of the catalogue."""
    found = {
        name: item for name, text in definitions.items() if (item := _parsed(text)) is not None
    }
    classes = [name for name, item in found.items() if _tag(item) == "DEFeatureClassInfo"]
    # A copied class may keep its former name in the catalogue.
    name = layer if layer in found else classes[0] if len(classes) == 1 else ""
    columns = {}
    for field in found[name].iter() if name else ():
        column, domain = field.findtext("Name"), field.findtext("DomainName")
        if _tag(field) == "GPFieldInfoEx" and column and domain in found:
            columns[column] = _coded_numbers(found[domain])
    return {column: domain for column, domain in columns.items() if domain}


def _parsed(text: str) -> ET.Element | None:
    """An item's XML; entities are not expanded beyond XML's own since a DOCTYPE is refused."""
    if "<!DOCTYPE" in text or not text.startswith("<"):
        return None
    try:
        return ET.fromstring(text)  # noqa: S314 — no DOCTYPE, so no entities
    except ET.ParseError:
        return None


def _tag(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _coded_numbers(item: ET.Element) -> Domain:
    """{code: name} of a coded domain whose codes are all whole numbers."""
    if "CodedValueDomain" not in _tag(item):
        return {}
    pairs = {}
    for value in item.iter("CodedValue"):
        code, name = value.findtext("Code"), value.findtext("Name")
        if not code or not name or not re.fullmatch(r"-?\d+", code):
            return {}
        pairs[code] = name
    return pairs
