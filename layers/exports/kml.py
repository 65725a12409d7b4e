"""KML 2.2: longitude and latitude, values as typed data, facts in the document's own."""

import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from layers.cql2.sql import Sql
from layers.definition import placeholders
from layers.exports.about import About
from layers.exports.columns import Column
from layers.exports.rows import Row, Source
from layers.exports.values import READ

TYPES = {"number": "double", "integer": "double", "boolean": "bool"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SHAPE = Sql("ST_AsKML(f.geom, 7)")


def write_kml(source: Source, about: About, path: Path) -> None:
    """One placemark a feature, named as the map labels it."""
    with path.open("wb") as file:
        file.write(_head(about).encode())
        for batch in source.batches(SHAPE):
            lines = [_placemark(row, source.columns, about.layer.parsed.label) for row in batch]
            file.write("".join(lines).encode())
        file.write(b"</Document></kml>\n")


def _head(about: About) -> str:
    facts = "".join(
        f"<Data name={_quoted(name)}><value>{_text(value)}</value></Data>"
        for name, value in about.plain()
    )
    fields = "".join(
        f'<SimpleField type="{TYPES.get(column.kind, "string")}" name={_quoted(column.name)}>'
        f"<displayName>{_text(column.label.vi)}</displayName></SimpleField>"
        for column in about.columns
    )
    dictionary = "\n".join(" | ".join(row) for row in about.plain_dictionary())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f'<Document id="root_doc"><name>{_text(about.layer.title("vi"))}</name>'
        f"<description>{_text(about.as_text() + dictionary)}</description>"
        f"<ExtendedData>{facts}</ExtendedData>"
        f'<Schema name={_quoted(about.layer.slug)} id="fields">{fields}</Schema>\n'
    )


def _placemark(row: Row, columns: tuple[Column, ...], label: str) -> str:
    geometry, *texts = row
    values = {
        column.name: READ["list"](text) if column.kind == "list" else text
        for column, text in zip(columns, texts, strict=True)
        if text is not None
    }
    data = "".join(
        f"<SimpleData name={_quoted(name)}>{_text(value)}</SimpleData>"
        for name, value in values.items()
    )
    return (
        f'<Placemark id="{values["uid"]}"><name>{_text(_label(label, values))}</name>'
        f'<ExtendedData><SchemaData schemaUrl="#fields">{data}</SchemaData></ExtendedData>'
        f"{geometry}</Placemark>\n"
    )


def _label(template: str, values: dict[str, str]) -> str:
    if not placeholders(template):
        return values["uid"]
    return re.sub(r"\{([a-z0-9_]+)\}", lambda found: values.get(found[1], ""), template)


def _text(value: str) -> str:
    return escape(_CONTROL.sub("", value))


def _quoted(value: str) -> str:
    return quoteattr(_CONTROL.sub("", value))
