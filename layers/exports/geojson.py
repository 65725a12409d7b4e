"""GeoJSON (RFC 7946) and GeoJSON text sequences (RFC 8142), line by line from the database."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from layers.cql2.sql import Sql
from layers.crs import WGS84
from layers.exports.about import About
from layers.exports.rows import Row, Source
from layers.exports.shapes import shape
from layers.exports.values import number, truth

# RFC 8142: each text begins with RS and ends with LF.
RECORD = b"\x1e"


def write_geojson(source: Source, about: About, path: Path) -> None:
    """A FeatureCollection whose head says what it is.

    In another system than longitude and latitude the former `crs` member names it, which GDAL and
    QGIS read; x is east and y is north there as everywhere in files.
    """
    head: dict[str, Any] = {"type": "FeatureCollection", "name": about.layer.slug}
    if about.crs != WGS84:
        name = f"urn:ogc:def:crs:EPSG::{about.crs.code[5:]}"
        head["crs"] = {"type": "name", "properties": {"name": name}}
    # Under a name of its own: GDAL takes other members for the layer's own.
    head |= {**about.facts(), "fields": about.dictionary()}
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    with path.open("wb") as file:
        file.write(f'{opening},"features":['.encode())
        separator = b"\n"
        for feature in _features(source, about):
            file.write(separator + feature)
            separator = b",\n"
        file.write(b"\n]}\n")


def write_sequence(source: Source, about: About, path: Path) -> None:
    """One feature a record; always longitude and latitude, there is no place to say otherwise."""
    with path.open("wb") as file:
        _write_records(file, source, about)


def _write_records(file: BinaryIO, source: Source, about: About) -> None:
    for feature in _features(source, about):
        file.write(RECORD + feature + b"\n")


def _features(source: Source, about: About) -> Iterator[bytes]:
    heads = [f"{json.dumps(column.name)}:" for column in source.columns[1:]]
    writers = [_WRITTEN.get(column.kind, _text) for column in source.columns[1:]]
    for batch in source.batches(_geometry(about)):
        for row in batch:
            yield _feature(row, heads, writers)


def _geometry(about: About) -> Sql:
    digits = 7 if about.crs.is_geographic else 3
    geometry = shape(about.crs)
    # Surfaces only: PostGIS would turn lines around as well.
    turned = (
        f"CASE ST_Dimension(f.geom) WHEN 2 THEN ST_ForcePolygonCCW({geometry.text}) "
        f"ELSE {geometry.text} END"
    )
    return Sql(f"ST_AsGeoJSON({turned}, {digits}, 0)", (*geometry.values, *geometry.values))


def _feature(row: Row, heads: list[str], writers: list[Any]) -> bytes:
    geometry, uid, *values = row
    properties = ",".join(
        head + ("null" if value is None else write(value))
        for head, write, value in zip(heads, writers, values, strict=True)
    )
    return (
        f'{{"type":"Feature","id":"{uid}","geometry":{geometry or "null"},'
        f'"properties":{{{properties}}}}}'
    ).encode()


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: str) -> str:
    """A number is its own text; what is none stays what it is."""
    return value if number(value) is not None else _text(value)


def _truth(value: str) -> str:
    return value if truth(value) is not None else _text(value)


def _list(value: str) -> str:
    return value if value.startswith("[") else _text(value)


_WRITTEN = {"number": _number, "integer": _number, "boolean": _truth, "list": _list}
