"""Requests to the API that nobody should send, seeded: mostly right, then spoilt in one place.

Filters are grown from the queryables of the collection, so that most of them are evaluated.
"""

import json
import random
import string
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.conformance.filters import COMPARISONS, Node, as_parameter, op, prop
from tests.conformance.reading import CRS84, EPSG, NAMED, SLUGS, Api

SEED = 20261122
# A half surrogate in UTF-8 (CESU), overlong bytes, bytes of no encoding, NUL, line ends.
BYTES = ("%00", "%ED%A0%80", "%C0%AF", "%FF%FE", "%80", "%0D%0AX-Y:z", "%F4%90%80%80", "%25", "%")
ODD = (
    "", " ", "0", "-1", "1e999", "-1e999", "1e-999", "9" * 30, "9" * 400, "0x10", "1_0", "٣", "１",
    "NaN", "Infinity", "-inf", "null", "None", "true", "[]", "{}", "'", '"', "\\", ";", "--", "%s",
    "%(x)s", "{0}", "${7*7}", "<script>", "../..", "a" * 300, "é" * 200, "đường", "\u202e", "🛣",
    "2026-02-30", "9999-12-31T23:59:59Z", "0000-00-00", "-4713-01-01", "2147483648",
    "9223372036854775808", "-9223372036854775809", "1,2,3,4", "*", "(", ")", "(" * 60, "[" * 60,
)  # fmt: skip
NUMBERS = (
    "0", "-0", "1", "90", "-90", "91", "180", "-180", "180.0000001", "1e308", "1e309", "-1e309",
    "1e-320", "NaN", "inf", "", "107.2", "10.4", "108", "9", "1_0", "0x1", "1e5", "500000",
    "1150000", "9" * 40, "0." + "1" * 60, "١", "+5", "5.", ".5",
)  # fmt: skip
CRSES = (
    *NAMED, "EPSG:5899", "[EPSG:5899]", "EPSG:4326", f"{EPSG}99999", f"{EPSG}-1",
    f"{EPSG}{'9' * 30}", f"{EPSG}5899.5", "http://www.opengis.net/def/crs/EPSG/9.9/4326",
    "urn:ogc:def:crs:EPSG::5899",
    "+proj=longlat +nadgrids=/etc/passwd", "+proj=tmerc +init=epsg:4326", "[]",
    "CRS84", "AUTO:42001,0,0",
)  # fmt: skip
# Of each parameter what is right; a quarter of the values are none of these.
RIGHT: dict[str, tuple[str, ...]] = {
    "bbox": ("107,10,108,11", "106.5,8,107.6,11,107.7,12", "170,-20,-170,20", "0,0,0,0"),
    "limit": ("1", "3", "20", "10001"),
    "unit": ("26506", "79"),
    "datetime": ("2026-06-30T00:00:00Z", "../2999-06-30", "2020-01-01/..", "2999-01-01"),
    "since": ("1", "2026-06-30T00:00:00Z", "0"),
    "f": ("json",),
    "lang": ("vi", "en"),
    "crs": tuple(NAMED),
    "bbox-crs": (f"{EPSG}4756", CRS84),
    "skipGeometry": ("true", "false"),
    "q": ("tờ 5 thửa 12 Long Điền", "X 1144200 Y 426902", "10.3,107.1", "wifi", "5/12 x"),
}
BY_TYPE: dict[str, tuple[Node, ...]] = {
    "string": ("foo", "", "A%", "đất"),
    "number": (0, 3.14, -1e300, 10**25),
    "integer": (0, 1, 2**31, 2**63, 10**30),
    "boolean": (True, False),
    "array": (["a", "b"], []),
    "date": ({"date": "2026-06-30"}, {"date": "0001-01-01"}, {"date": "9999-12-31"}),
    "date-time": ({"timestamp": "2026-06-30T00:00:00Z"}, {"timestamp": "9999-12-31T23:59:59Z"}),
}
MOMENTS = (
    "2026-06-30", "2026-06-30T00:00:00Z", "../2026-06-30", "2026-01-01/..", "../..", "/", "..",
    "2026-01-01/2025-01-01", "2026-01-01/2027-01-01/2028-01-01", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z", "2026-06-30T24:00:00Z", "2026-06-30T23:59:60Z", "now",
    "2026-06-30T00:00:00+99:00", "2026-W01-1", "20260630", "2026-06-30T00:00:00.1234567890123Z",
)  # fmt: skip
LITERALS: tuple[Node, ...] = (
    0, 1, -1, 3.14, 1e300, -1e300, 10**25, True, False, "", "foo", "%", "a%s", "đất", "\\", "'",
    {"date": "2026-06-30"}, {"date": "2026-02-30"}, {"date": "x"}, {"date": "0001-01-01"},
    {"timestamp": "2026-06-30T00:00:00Z"}, {"timestamp": "9999-12-31T23:59:59Z"},
    {"interval": ["2026-01-01", ".."]}, {"interval": ["..", ".."]}, {"interval": ["..", "x"]},
    {"interval": ["2027-01-01", "2026-01-01"]}, [], [1, "a"], ["a", "b"], None, {}, {"op": "and"},
    {"bbox": [107, 10, 108, 11]}, {"bbox": [1, 2]}, {"bbox": [170, -20, -170, 20]},
    {"bbox": [1e308, 0, 1e309, 1]}, {"type": "Point", "coordinates": [107.2, 10.4]},
    {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": [1e300, 1e300]},
    {"type": "Point", "coordinates": [107, 10, 5, 6]}, {"type": "Polygon", "coordinates": [[]]},
    {"type": "Polygon", "coordinates": [[[107, 10], [108, 10], [108, 11], [107, 10]]]},
    {"type": "Polygon", "coordinates": [[[107, 10], [108, 11], [108, 10], [107, 11], [107, 10]]]},
    {"type": "LineString", "coordinates": [[107, 10]]}, {"type": "Sphere"},
    {"type": "GeometryCollection", "geometries": []},
)  # fmt: skip
FUNCTIONS = (
    "s_intersects", "s_disjoint", "s_within", "s_contains", "s_touches", "s_crosses", "s_overlaps",
    "s_equals", "t_after", "t_before", "t_during", "t_meets", "t_equals", "t_intersects",
    "a_contains", "a_containedBy", "a_equals", "a_overlaps", "casei", "accenti", "like", "in",
    "between", "isNull", "pg_sleep", "no_such", "S_BUFFER",
)  # fmt: skip
METHODS = ("GET",) * 40 + ("HEAD", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
ACCEPTS = ("", "*/*", "text/html", "application/geo+json", "x/y", "text/html;q=x", ",;,", "q" * 900)
FORMATS = ("json", "geojson", "html", "xml", "JSON", "", "mvt", "csv", "../x")
FILES = ("geojson", "geojsonl", "fgb", "gpkg", "shp.zip", "csv", "xlsx", "kml", "exe", "")


@dataclass(frozen=True)
class Request:
    """One request; `target` is path and query as they stand in the request line."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What is right: of each collection its queryables, two uids and the token of a page."""

    queryables: dict[str, dict[str, Any]]
    uids: dict[str, list[str]]
    token: str

    @classmethod
    def of(cls, api: Api) -> "Known":
        """Asked of the portal itself."""
        pages = {slug: api.ok(f"/collections/{slug}/items", limit=2) for slug in SLUGS}
        following = (at["href"] for at in pages["auction-lots"]["links"] if at["rel"] == "next")
        return cls(
            {slug: api.ok(f"/collections/{slug}/queryables")["properties"] for slug in SLUGS},
            {slug: [each["id"] for each in page["features"]] for slug, page in pages.items()},
            next(following).rpartition("after=")[2],
        )


class BadRequests:
    """An endless list, the same for the same seed."""

    def __init__(self, known: Known, seed: int = SEED) -> None:
        self.chance, self.known = random.Random(seed), known

    def one(self) -> Request:
        """The next one."""
        slug = self.chance.choice(SLUGS)
        path, parameters = self._asked(slug)
        if self.chance.random() < 0.08:
            path = self._spoilt_path(path)
        pairs = [self._pair(name, value) for name, value in parameters]
        self.chance.shuffle(pairs)
        if pairs and self.chance.random() < 0.03:
            pairs.append(pairs[0])
        headers = {}
        if accept := self.chance.choice(ACCEPTS) if self.chance.random() < 0.3 else "":
            headers["Accept"] = accept
        target = f"/api{path}" + (f"?{'&'.join(pairs)}" if pairs else "")
        return Request(self.chance.choice(METHODS), target[:7000], headers)

    def _asked(self, slug: str) -> tuple[str, list[tuple[str, str]]]:
        """An address with parameters that belong there, their values right or not."""
        start = f"/collections/{slug}"
        drawn = self.chance.random()
        if drawn < 0.62:
            return f"{start}/items", self._items_parameters(slug)
        if drawn < 0.70:
            uid = self.chance.choice([*self.known.uids[slug], *self.known.uids["auction-lots"]])
            parameters = self._some(slug, "crs f lang datetime")
            return f"{start}/items/{quote(self._spoilt(uid))}", parameters
        if drawn < 0.78:
            ending = self.chance.choice(FILES)
            return f"{start}/export.{ending}", self._narrow(self._items_parameters(slug), slug)
        if drawn < 0.84:
            return f"{start}/changes", self._some(slug, "since after limit lang f")
        if drawn < 0.90:
            return "/search", self._some(slug, "q limit lang f")
        path = self.chance.choice(
            ["", "/", "/conformance", "/collections", start, f"{start}/queryables", "/openapi.json",
             "/feed.atom", f"{start}/feed.atom", "/catalogue", "/catalogue.ttl", f"{start}/exports",
             f"{start}/items/", "/docs", "/docs/errors", "/exports/1", f"{start}/tiles"]
        )  # fmt: skip
        return path, self._some(slug, "f lang crs limit")

    def _narrow(self, parameters: list[tuple[str, str]], slug: str) -> list[tuple[str, str]]:
        """Exports of whole layers are for other tests: here a little of each."""
        kept = [pair for pair in parameters if pair[0] not in ("limit", "after", "filter")]
        return [*kept, ("filter", f"id = '{self.known.uids[slug][0]}'")]

    def _items_parameters(self, slug: str) -> list[tuple[str, str]]:
        names = "bbox bbox-crs crs limit after unit datetime f lang filter filter-lang sortby "
        names += "properties skipGeometry filter filter bbox crs bbox-crs field"
        return [*self._some(slug, names), ("limit", self.chance.choice(["1", "3", "20", "0"]))][
            : self.chance.randint(1, 6)
        ]

    def _some(self, slug: str, names: str) -> list[tuple[str, str]]:
        """One to four of the parameters, the filter's language beside the filter."""
        every = list(dict.fromkeys(names.split()))
        chosen = self.chance.choices(names.split(), k=self.chance.randint(1, min(4, len(every))))
        found = []
        for name in dict.fromkeys(chosen):
            if name == "filter":
                language = self.chance.choice(["cql2-text", "cql2-json"])
                found += [("filter", self._filter(slug, language)), ("filter-lang", language)]
                if self.chance.random() < 0.3:
                    found.append(("filter-crs", self.chance.choice(CRSES)))
            elif name == "field":
                found.append((self._queryable(slug), self.chance.choice(["1", *ODD, *NUMBERS])))
            elif name != "filter-lang" or self.chance.random() < 0.1:
                found.append((name, self._value(name, slug)))
        return found

    def _value(self, name: str, slug: str) -> str:
        """A value that is of its parameter's kind, mostly."""
        names = [*self.known.queryables[slug], "id"]
        if name in RIGHT and self.chance.random() < 0.75:
            return self.chance.choice(RIGHT[name])
        match name:
            case "bbox":
                return ",".join(self.chance.choices(NUMBERS, k=self.chance.choice((4, 4, 6, 3))))
            case "crs" | "bbox-crs" | "filter-crs":
                return self.chance.choice(CRSES)
            case "datetime" | "since":
                return self.chance.choice(MOMENTS)
            case "after":
                return self._spoilt(self.known.token)
            case "f":
                return self.chance.choice(FORMATS)
            case "sortby":
                return ",".join(self.chance.choice(["", "-"]) + each for each in names[-2:])
            case "properties":
                return ",".join(self.chance.sample(names, 2))
        return self._spoilt(self.chance.choice(ODD))

    def _filter(self, slug: str, language: str) -> str:
        node = self._condition(slug, self.chance.randint(1, 4))
        try:
            text = as_parameter(node, language)
        except Exception:  # noqa: BLE001 - a literal that shapely cannot write stays JSON
            text = json.dumps(node)
        return self._spoilt(text) if self.chance.random() < 0.2 else text

    def _condition(self, slug: str, depth: int) -> Node:
        drawn = self.chance.random()
        if depth > 1 and drawn < 0.5:
            parts = [self._condition(slug, depth - 1) for _ in range(self.chance.randint(1, 3))]
            return op(self.chance.choice(["and", "or", "not"]), *parts)
        if drawn < 0.85:
            return self._comparison(slug)
        arguments = [self._operand(slug) for _ in range(self.chance.choice((1, 2, 2, 2, 3)))]
        return op(self.chance.choice(FUNCTIONS), *arguments)

    def _comparison(self, slug: str) -> Node:
        """Mostly of a queryable with a literal of its type."""
        sign, name = self.chance.choice(COMPARISONS), self._queryable(slug)
        schema = self.known.queryables[slug].get(name, {})
        kind = schema.get("format") if schema.get("format") in BY_TYPE else schema.get("type")
        if kind not in BY_TYPE or self.chance.random() < 0.25:
            return op(sign, self._operand(slug), self._operand(slug))
        return op(sign, prop(name), self.chance.choice(BY_TYPE[kind]))

    def _operand(self, slug: str) -> Node:
        drawn = self.chance.random()
        if drawn < 0.5:
            return prop(self._queryable(slug))
        if drawn < 0.6:
            sign = self.chance.choice(["+", "-", "*", "/", "^", "%", "div"])
            return op(sign, prop(self._queryable(slug)), self.chance.choice([0, 2, 1e300, "x"]))
        if drawn < 0.65:
            return op(self.chance.choice(["casei", "accenti"]), prop(self._queryable(slug)))
        return self.chance.choice(LITERALS)

    def _queryable(self, slug: str) -> str:
        names = [*self.known.queryables[slug]]
        odd = ["id", "uid", "no_such", "version_id", "f.id", "properties", 'a"b', "geom", "đất"]
        return self.chance.choice(names if self.chance.random() < 0.93 else odd)

    def _spoilt(self, text: str) -> str:
        """One change: a letter less, more or another, an odd part, or something else altogether."""
        way, at = self.chance.randrange(6), self.chance.randrange(len(text) + 1)
        if way == 0:
            return text
        if way == 1:
            return text[:at] + text[at + 1 :]
        if way == 2:
            return text[:at] + self.chance.choice(string.printable) + text[at:]
        if way == 3:
            return text[:at] + self.chance.choice(ODD) + text[at:]
        return text[:at] if way == 4 else self.chance.choice(ODD)

    def _spoilt_path(self, path: str) -> str:
        at = self.chance.randrange(len(path) + 1)
        part = self.chance.choice([*BYTES, "//", "/../", "/./", "%2F", "%2e%2e", ";x", "", "~"])
        return path[:at] + part + path[at:]

    def _pair(self, name: str, value: str) -> str:
        """As it stands in an address; sometimes with bytes that are no text."""
        written = quote(value, safe=self.chance.choice(["", ",:/", ",:/()'"]), errors="replace")
        if self.chance.random() < 0.03:
            at = self.chance.randrange(len(written) + 1)
            written = written[:at] + self.chance.choice(BYTES) + written[at:]
        return f"{quote(name, safe='')}={written}"
