"""Shapefiles, as a zip: what dBASE cannot say is in files beside it.

Names have ten letters (`fields.csv` says which is which), texts 254 bytes (`README.txt` counts what
was cut), a file two gigabytes.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from pyogrio.errors import DataSourceError

from layers.exports import gdal_files
from layers.exports.about import About
from layers.exports.columns import Kind, short_names
from layers.exports.crs_text import esri_prj, prj
from layers.exports.errors import ExportImpossible
from layers.exports.rows import Source
from layers.exports.zipping import zipped
from layers.queries import condition_of

MOST_BYTES = 254
# dBASE has no moments; lists are texts everywhere.
AS_TEXT: tuple[Kind, ...] = ("moment",)
TEXTUAL: tuple[Kind, ...] = ("text", "list", "moment")
_LENGTHS = """
SELECT {lengths} FROM layers_feature f LEFT JOIN layers_adminunit u ON u.id = f.unit_id
WHERE {where}
"""


def write_shapefile(source: Source, about: About, path: Path) -> None:
    """The parts of a shapefile with what explains them. Raises ExportImpossible."""
    stem = about.layer.slug
    short = short_names([column.name for column in source.columns])
    cut = Cut()
    with zipped(path) as folder:
        shp = folder / f"{stem}.shp"
        try:
            gdal_files.write(
                source,
                about,
                shp,
                driver="ESRI Shapefile",
                names=short,
                texts=AS_TEXT,
                widths=_widths(source),
                cut=cut,
                encoding="UTF-8",
                layer_options={"2GB_LIMIT": "YES"},
            )
        except DataSourceError as error:
            if "2GB" not in str(error):
                raise
            raise ExportImpossible("Shapefile: 2 GB") from error
        (folder / f"{stem}.prj").write_text(prj(about.crs), encoding="ascii")
        (folder / f"{stem}.esri.prj").write_text(esri_prj(about.crs), encoding="ascii")
        (folder / "fields.csv").write_text(about.dictionary_csv(short), encoding="utf-8")
        (folder / "about.json").write_text(about.json(), encoding="utf-8")
        (folder / "README.txt").write_text(_readme(about, cut), encoding="utf-8")


def _readme(about: About, cut: "Cut") -> str:
    lines = [
        about.as_text(),
        "fields.csv: tên cột trong tệp .dbf (dbf_name) và tên đầy đủ, nhãn, đơn vị, ý nghĩa.",
        f"Ô chữ bị cắt còn {MOST_BYTES} byte (giới hạn của .dbf): {cut.count}.",
        f"ArcGIS: nếu không đọc được .prj, đổi tên {about.layer.slug}.esri.prj thành .prj.",
        "",
    ]
    return "\r\n".join(lines)


class Cut:
    """Texts that are longer than dBASE takes, cut between letters and counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, texts: Any) -> Any:
        lengths = pc.binary_length(texts)
        too_long = int(pc.sum(pc.greater(lengths, MOST_BYTES)).as_py() or 0)
        if not too_long:
            return texts
        self.count += too_long
        return pa.array([_shortened(text) for text in texts.to_pylist()], pa.string())


def _shortened(text: str | None) -> str | None:
    return None if text is None else text.encode()[:MOST_BYTES].decode("utf-8", "ignore")


def _widths(source: Source) -> dict[str, int]:
    """The longest text of each column in bytes: a row of the file has room for all of them."""
    columns = [column for column in source.columns if column.kind in TEXTUAL]
    texts, where = source.texts(tuple(columns)), condition_of(source.selection)
    lengths = ", ".join(f"max(octet_length({text.text}))" for text in texts)
    values = [value for text in texts for value in text.values]
    with connection.cursor() as cursor:
        cursor.execute(_LENGTHS.format(lengths=lengths, where=where.text), [*values, *where.values])
        found = cursor.fetchone()
    return {
        column.name: max(1, min(MOST_BYTES, length or 1))
        for column, length in zip(columns, found, strict=True)
    }
