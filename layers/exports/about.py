"""What travels with every file: whose the data are, how old, under which licence, what each column
means. Inside the file where its format has a place, in files beside it in a zip where it has none.
"""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from layers.crs import Crs
from layers.exports.columns import Column
from layers.exports.formulas import harmless
from layers.models import Layer, LayerVersion
from layers.models.catalogue import marked

NOTE = "Chỉ để tham khảo. For reference only."
Facts = dict[str, Any]
DICTIONARY_HEAD = ("name", "label_vi", "label_en", "type", "unit", "meaning")


@dataclass(frozen=True)
class About:
    """A file's own description.

    Attributes:
        filter: what was asked for beside the format, as it was written.
        crs: the system of its coordinates, x east and y north.
    """

    layer: Layer
    version: LayerVersion
    columns: tuple[Column, ...]
    crs: Crs
    address: str = ""
    filter: tuple[tuple[str, str], ...] = ()

    def facts(self) -> Facts:
        """Everything that is known, by names that programs read; dates are ISO 8601."""
        version, definition = self.version, self.layer.parsed
        credit = definition.attribution("vi") or definition.owner_org("vi")
        illustrative = version.is_illustrative
        return {
            "collection": self.layer.slug,
            "title": self.layer.title("vi"),
            "title_en": self.layer.title("en"),
            "description": definition.description("vi"),
            "license": definition.licence,
            "attribution": marked(credit, "vi", illustrative=illustrative),
            "owner": definition.owner_org("vi"),
            "source": version.source_org,
            "decision_no": version.decision_no,
            "data_date": version.data_date.isoformat() if version.data_date else None,
            "published_at": version.published_at.isoformat() if version.published_at else None,
            "version": version.number,
            "illustrative": illustrative,
            "coordinate_system": f"{self.crs.title} ({self.crs.code})",
            "datum_shift": self._datum_shift(),
            "filter": "&".join(f"{name}={value}" for name, value in self.filter) or None,
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "address": self.address,
            "note": NOTE,
        }

    def _datum_shift(self) -> str | None:
        if not self.crs.is_vn2000:
            return None
        return f"VN-2000 → WGS 84: EPSG:6960. Proj: {self.crs.proj4}"

    def dictionary(self) -> list[dict[str, Any]]:
        """A row for each column: name, labels, type, unit, and what coded values mean."""
        return [
            {
                "name": column.name,
                "label_vi": column.label.vi,
                "label_en": column.label.en,
                "type": column.field.type.name if column.field else column.kind,
                "unit": column.unit,
                "meaning": {
                    choice.value: choice.vi
                    for choice in (column.field.type.choices if column.field else ())
                },
            }
            for column in self.columns
        ]

    def plain(self) -> list[tuple[str, str]]:
        """Facts as pairs of text, those that are known."""
        return [(name, _text(value)) for name, value in self.facts().items() if _text(value)]

    def plain_dictionary(self) -> list[tuple[str, ...]]:
        """The dictionary as rows of text in the order of DICTIONARY_HEAD."""
        return [
            tuple(
                _values(row[name]) if name == "meaning" else str(row[name])
                for name in DICTIONARY_HEAD
            )
            for row in self.dictionary()
        ]

    def json(self) -> str:
        """Facts and dictionary as one JSON document."""
        return json.dumps(
            {**self.facts(), "fields": self.dictionary()}, ensure_ascii=False, indent=1
        )

    def as_text(self) -> str:
        """To be read by people: README.txt."""
        lines = [f"{name}: {value}" for name, value in self.plain()]
        return "\r\n".join([self.layer.title("vi"), "", *lines, ""])

    def dictionary_csv(self, short: dict[str, str] | None = None) -> str:
        """The dictionary as CSV; `short` adds the names that a shapefile has."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([*(("dbf_name",) if short else ()), *DICTIONARY_HEAD])
        for row in self.plain_dictionary():
            cells = map(harmless, row)
            writer.writerow([*((short[row[0]],) if short else ()), *cells])
        return "\ufeff" + text.getvalue()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(values: dict[str, str]) -> str:
    return "; ".join(f"{value} = {label}" for value, label in values.items())
