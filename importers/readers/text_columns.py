"""Decide and apply the encoding of every text column of a vector layer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from importers.batch import object_array
from importers.distinct import distinct
from importers.encoding import ColumnEncoding, as_is, decide
from importers.readers.gdal import pyogrio
from importers.readers.vector import READ_ERRORS, column_values
from importers.refusals import BrokenFile

# Rows looked at for the decision; spread over nothing: offices' files mix no encodings by row.
_LOOKED_AT = 20_000


class TextDecoder:
    """Callable `(column, values) → values`: raw text to Unicode (NFC), other values untouched."""

    def __init__(self, encodings: dict[str, ColumnEncoding], names: dict[str, str]) -> None:
        self._encodings = encodings
        self._names = names

    def name(self, raw: str) -> str:
        """A column's own name, decoded."""
        return self._names.get(raw, raw)

    def __call__(self, column: str, values: np.ndarray) -> np.ndarray:
        """Registers repeat themselves: each text of a batch is decoded once."""
        if values.dtype != object or not any(isinstance(value, str) for value in values):
            return values
        encoding = self._encodings.get(column)
        decode = encoding.decode if encoding else as_is
        codes, found = distinct(values)
        decoded = [decode(v) if isinstance(v, str) and not v.isascii() else v for v in found]
        return values if decoded == found else np.asarray(object_array(decoded)[codes])


def text_decoder(
    path: Path,
    layer: str | None,
    info: dict[str, Any],
    *,
    raw: bool,
    declared: str | None = None,
    encoding: str | None = None,
) -> tuple[list[ColumnEncoding], TextDecoder]:
    """Encodings for the report (columns that needed one) and the decoder that applies them.

    `raw`: a character of the text is a byte of the file; `encoding` is what GDAL must be told so.
    """
    columns = _text_columns(path, layer, encoding)
    decided = decide(columns, raw=raw, declared=declared)
    names = decide({"name": [str(f) for f in info["fields"]]}, raw=raw, declared=declared)["name"]
    decoder = TextDecoder(decided, {str(f): names.decode(str(f)) for f in info["fields"]})
    # Unicode that needed no decoding is not worth a line of the report.
    told = (g for g in decided.values() if g.preview and g.encoding != "unicode")
    return [replace(g, column=decoder.name(g.column)) for g in told], decoder


def _text_columns(path: Path, layer: str | None, encoding: str | None) -> dict[str, list[str]]:
    try:
        _, table = pyogrio.raw.read_arrow(
            path, layer=layer, encoding=encoding, max_features=_LOOKED_AT, read_geometry=False
        )
    except READ_ERRORS as error:
        raise BrokenFile(path.name) from error
    found = {}
    for name in table.schema.names:
        values = column_values(table.column(name).combine_chunks())
        if values.dtype == object:
            found[name] = [value for value in values if isinstance(value, str)]
    return found
