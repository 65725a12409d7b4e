"""A collection that CQL2 filters are asked of, in one of the two languages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.conformance.filters import Node, as_parameter, date, moment
from tests.conformance.reading import JUDGED, SLUGS, Api, Held

# Points, lines, surfaces; every type of field. A short run takes two that have all the types.
EVERY_KIND = ("auction-lots", "growing-areas", "industrial-clusters", "public-wifi",
              "road-centrelines")  # fmt: skip
LAYERS = EVERY_KIND if len(JUDGED) == len(SLUGS) else ("auction-lots", "growing-areas")
SCALAR = ("String", "Boolean", "Number", "Integer", "Timestamp", "Date")
# A literal of each type, as the annex has them.
VALUES: dict[str, Node] = {
    "String": "foo",
    "Boolean": True,
    "Number": 3.14,
    "Integer": 1,
    "Timestamp": moment("2022-04-14T14:48:46Z"),
    "Date": date("2022-04-14"),
}
EACH_KIND = 2 if len(JUDGED) == len(SLUGS) else 1


@dataclass(frozen=True)
class Source:
    """A collection, asked in one of the two languages."""

    api: Api
    held: Held
    language: str

    def found(self, node: Node) -> set[str]:
        """Uids of what a filter finds."""
        text = as_parameter(node, self.language)
        return self.api.uids(self.held.slug, filter=text, filter_lang=self.language)

    def refused(self, node: Node) -> None:
        """400."""
        text = as_parameter(node, self.language)
        path = f"/collections/{self.held.slug}/items"
        answer = self.api.get(path, filter=text, filter_lang=self.language)
        assert answer.status == 400, text

    def fields(self, *kinds: str, each: int = EACH_KIND) -> Iterator[tuple[str, str]]:
        """(name, kind) of some queryables of each kind, those with values first."""
        schemas = self.api.ok(f"/collections/{self.held.slug}/queryables")["properties"]
        filled = {name for row in self.held.properties for name, v in row.items() if v is not None}
        for kind in kinds:
            names = [n for n, schema in schemas.items() if kind_of(schema) == kind]
            names = [n for n in names if n in filled or n not in self.held.properties[0]]
            for name in sorted(names, key=lambda n: n not in filled)[:each]:
                if name not in ("unit", "uid", "id", "unit_code", "area_m2", "length_m"):
                    yield name, kind

    def rows(self, holds: Callable[..., bool]) -> set[str]:
        """What Python finds."""
        return self.held.where(holds)


def kind_of(schema: dict[str, Any]) -> str:
    """The data type, in the standard's words."""
    if str(schema.get("format", "")).startswith("geometry-"):
        return "Geometry"
    if schema.get("type") == "string":
        return {"date": "Date", "date-time": "Timestamp"}.get(schema.get("format", ""), "String")
    return str(schema["type"]).capitalize()
