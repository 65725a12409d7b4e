"""Questions, maps, drawings and addresses as somebody would send them who means no good: right ones
with parts put in, taken out, doubled and renamed.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Json = Any
READY = Path(__file__).parents[3] / "gis_portal/planner/templates_ready/questions"
PARCELS, ROADS, PLAN = "public-land-parcels", "road-centrelines", "land-use-plan"
INPUTS: dict[str, Json] = {
    "parcels": {"layer": PARCELS, "filter": "area_m2 > 1"},
    "roads": {"layer": ROADS},
    "plan": {"layer": PLAN, "filter": {"op": "isNull", "args": [{"property": "land_use"}]}},
    "communes": {"units": "commune", "on": "2025-07-01"},
}
SCORE: Json = [
    {"id": "a", "weight": 1, "kind": "area", "best": 9, "worst": 1},
    {"id": "b", "weight": 2, "kind": "distance", "to": "roads", "best": 0, "worst": 500},
    {"id": "c", "weight": 1, "kind": "field", "field": "area_measured", "best": 9, "worst": 1},
    {"id": "d", "weight": 1, "kind": "inside", "to": "plan"},
]
MUST: Json = [
    {"kind": "distance", "to": "roads", "max": 900},
    {"kind": "field", "field": "status", "equals": "managed_vacant"},
]
WHERE: Json = {"relation": "within", "with": "plan"}
OVER: Json = {"of": "parcels", "with": "plan"}
BY: Json = [{"units": "commune", "on": "2025-07-01"}, {"field": "parcels.land_use_current"}]
CHANGE: Json = [{"field": "last.change"}]
# The last step of a question, and what its answer may be grouped by.
LAST: list[tuple[Json, Json]] = [
    ({"op": "select", "of": "parcels", "filter": "fenced = true", "where": WHERE}, BY),
    ({"op": "buffer", "of": "roads", "width_m": 50}, []),
    ({"op": "overlay", "kind": "intersection", **OVER}, [*BY, {"field": "plan.land_use"}]),
    ({"op": "overlay", "kind": "identity", **OVER}, [{"field": "last.inside"}]),
    ({"op": "overlay", "kind": "difference", **OVER}, BY),
    ({"op": "within_distance", "of": "parcels", "to": "roads", "metres": 90}, BY),
    ({"op": "nearest", "of": "parcels", "to": "roads", "k": 2, "metres": 900}, BY),
    ({"op": "dissolve", "of": "parcels", "by": ["status"]}, [{"field": "last.status"}]),
    ({"op": "count_in", "of": "parcels", "in": "communes"}, [{"field": "communes.name"}]),
    ({"op": "coverage", "of": "roads", "in": "communes", "radius_m": 90}, []),
    ({"op": "score", "of": "parcels", "criteria": SCORE, "must": MUST, "top": 9}, BY),
    ({"op": "combine", "of": ["parcels", "plan"]}, [{"field": "last.sector"}]),
    ({"op": "changes", "layer": PARCELS, "from": "previous", "to": "live"}, CHANGE),
]  # fmt: skip


def question(last: Json, by: Json) -> Json:
    """A right question of one step."""
    return {
        "analysis": "1.0",
        "title": {"vi": "Câu hỏi", "en": "Question"},
        "inputs": INPUTS,
        "steps": [{"id": "last", **last}],
        "result": {"of": "last", "group_by": by, "measures": ["count", "area_m2", "share"]},
        "slivers": {"area_m2": 1, "width_m": 0.2},
        "grid": "auto",
    }


def right_questions() -> list[Json]:
    """The ready ones, and one of each operation."""
    ready = [json.loads(file.read_text("utf-8"))["document"] for file in READY.glob("*.json")]
    return [*ready, *(question(*one) for one in LAST)]


def nested(levels: int) -> Json:
    found: Json = {"op": "isNull", "args": [{"property": "status"}]}
    for _ in range(levels):
        found = {"op": "not", "args": [found]}
    return found


ODD: list[Json] = [
    None, True, False, 0, -1, 1, 2, 0.5, 1e-300, -0.0, 1e308, -1e308, 2**31, 2**53, 2**63, 10**400,
    50_000, 50_001, "", " ", "\0", "a\0b", "\ud800", "á" * 99, "x" * 3000, [], [[]], {}, {"": {}},
    [None] * 300, {"a": {"b": {"c": {}}}}, "NaN", "1e999", "2025-02-30", "9999-12-31",
    "0001-01-01", "2025-07-01", "parcels\n", "2025-07-01\n", "previous", "live", "parcels",
    "roads", "plan", "communes", "last", "pieces", PARCELS, ROADS, PLAN, "no-such-layer",
    "hidden-layer", "Commune", "district", "province", "status", "land_use", "area_m2", "occupier",
    "lease_no", "uid", "key", "geom", "xmin", "tableoid", "parcels.occupier", "parcels.lease_no",
    "parcels.uid", "last.rank", "last.value", "last.occupier", "' OR 1=1 --",
    "1=1); DROP TABLE planner_run; --", "%s %(a)s {} {0} ${x}", "<script>alert(1)</script>",
    "../../../etc/passwd", "=HYPERLINK(1)", "occupier = 'x'", "lease_no LIKE '%'",
    "area_m2 > (SELECT 1)", "status = 'a' OR " * 90 + "1 = 1", "(" * 900 + "1=1" + ")" * 900,
    "S_INTERSECTS(geom, POINT(107 10))", "S_DWITHIN(geometry, POINT(1 2), 1e308, meters)",
    "CASEI(status) LIKE CASEI('%%%%%%%%%%%%%%%%%%%%%%%a')", "area_m2 / 0 > 1",
    "area_m2 ^ 9999 > 1", "area_m2 * 1e308 * 1e308 > 1", "pg_sleep(9) = 1",
    "T_AFTER(DATE('2020-01-01'), TIMESTAMP('x'))",
    {"op": "=", "args": [{"property": "occupier"}, "x"]}, {"op": "pg_sleep", "args": [9]},
    {"op": "and", "args": []}, {"op": "in", "args": [{"property": "status"}, ["x"] * 5000]},
    {"op": "=", "args": [1, 1]}, {"op": "s_intersects", "args": [{"property": "geometry"}, {}]},
    {"op": "s_within", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": []}]},
    {"op": ["="], "args": {"property": 1}},
    {"op": "between", "args": [{"property": "area_m2"}, 10**30]},
    {"op": "like", "args": [{"property": "status"}, "%" * 900]}, nested(20), nested(60),
    {"field": "occupier"}, {"field": "parcels.occupier"}, {"units": "commune", "on": "2024-01-01"},
    {"units": "province"}, {"layer": "hidden-layer"},
    {"layer": PARCELS, "filter": "occupier IS NULL"}, {"relation": "disjoint", "with": "last"},
    {"vi": "\0"}, {"vi": "<b>", "en": "</script>"}, 3857, 9210, 5899, 4326, 999_999, "auto",
    "count", "share", "length_m", "sql", "dissolve", "score", "changes",
]  # fmt: skip


def places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Of every part of a document, itself first."""
    yield path
    parts = value.items() if isinstance(value, dict) else ()
    rows = enumerate(value) if isinstance(value, list) else ()
    for key, part in (*parts, *rows):
        yield from places(part, (*path, key))


def put(document: Json, path: tuple[Any, ...], how: str, new: Json) -> Json:
    """The document with one part changed."""
    if not path:
        return new if how == "put" else document
    owner: Json = document
    for key in path[:-1]:
        owner = owner[key]
    if how == "take":
        del owner[path[-1]]
    elif how == "double" and isinstance(owner, list):
        owner += [copy.deepcopy(owner[path[-1]])] * (300 if isinstance(new, str) else 1)
    elif how == "rename" and isinstance(owner, dict):
        owner[str(new)[:70]] = owner.pop(path[-1])
    else:
        owner[path[-1]] = copy.deepcopy(new)
    return document


@st.composite
def bent(draw: st.DrawFn, rights: list[Json], more: tuple[Json, ...] = ()) -> Json:
    """One of the right ones with up to four parts changed, some for another of its own."""
    document = copy.deepcopy(draw(st.sampled_from(rights)))
    for _ in range(draw(st.integers(0, 4))):
        every = list(places(document))
        path = draw(st.sampled_from(every))
        how = draw(st.sampled_from(("put", "put", "put", "take", "double", "rename")))
        new = draw(st.sampled_from([*ODD, *more]))
        if draw(st.booleans()):
            new = part(document, draw(st.sampled_from(every)))
        document = put(document, path, how, copy.deepcopy(new))
    return document


def part(document: Json, path: tuple[Any, ...]) -> Json:
    """What stands at a place."""
    for key in path:
        document = document[key]
    return document


def is_there(document: Json, place: str) -> bool:
    """Whether a place that a refusal names is one of the document, or a member missing in one."""
    every = {written(path) for path in places(document)}
    return place.endswith("…") or bool({place, place.rpartition(".")[0]} & every)


def written(path: tuple[Any, ...]) -> str:
    """A place as refusals write it: `steps[1].with`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")


def deep(levels: int) -> str:
    """A question whose filter is nested so deep, as text: no program of ours could write it."""
    whole = json.dumps(question(*LAST[0]))
    inner = '{"op":"not","args":[' * levels + "1" + "]}" * levels
    return whole.replace('"fenced = true"', inner)


def with_(*path: Any, value: Json) -> str:
    """A question with this at a place, as text."""
    document = json.loads(json.dumps(question(*LAST[0])))
    return json.dumps(put(document, path, "put", value))


# What pages are sent as text.
RAW = [
    deep(90), deep(300), deep(900), deep(40_000), "[" * 100_000, "NaN", "", "null", "1", '"x"',
    "[]", '{"analysis": 1e999}', with_("slivers", "area_m2", value=10**400),
    with_("title", "vi", value="\ud800"), with_("title", value={"vi": "\0"}),
    with_("title", value=[]), with_("steps", 0, "op", value=[]),
    with_("steps", 0, "filter", value={"op": "like", "args": [{"property": []}, {}]}),
    with_("steps", 0, "filter", value={"op": "in", "args": [{"property": "key"}, [{}, "\ud800"]]}),
    with_("steps", 0, "filter", value={"op": ">", "args": [{"property": "area_m2"}, 10**400]}),
    with_("steps", 0, "filter", value={"op": "=", "args": [{"property": "allocation_date"}, 5]}),
    with_("steps", 0, "filter", value={"op": "=", "args": [{"property": "fenced"}, "x" * 9]}),
    with_("steps", 0, "filter", value={"op": "=", "args": [{"property": "area_measured"}, "x"]}),
    with_("steps", 0, "filter", value="(" * 20_000), with_("steps", 0, "where", value=[[]]),
    with_("result", "group_by", value=[[], {"field": {}}]),
    with_("result", "measures", value=[{}, []]), with_("inputs", value=[]),
    with_("grid", value=10**400),
    with_("result", "group_by", value=[{"units": [], "on": {}}, {"units": "commune", "on": "9-9"}]),
    with_("steps", 0, value={"op": "buffer", "of": "roads", "width_m": 10**400, "width": {}}),
    with_("steps", 0, value={"op": "score", "criteria": [{"kind": [], "weight": 10**400}]}),
    with_("steps", 0, value={"op": "changes", "layer": [], "from": {}, "to": "\ud800"}),
]  # fmt: skip


# What readers may add to an address of theirs: `{run}` is a result that is there.
ASKED = {
    "/planner/runs/{run}/": ("sort", "order", "row", "sliver", "part", "lang"),
    "/planner/runs/{run}/parts/": ("page", "row", "sliver", "part"),
    "/planner/runs/{run}/parts.json": ("part", "row", "sliver"),
    "/planner/runs/{run}/ogc/collections/result/items": ("limit", "after", "bbox", "f"),
    "/planner/runs/{run}/table.json": ("lang",),
    "/planner/runs/{run}/map.pdf": ("paper",),
    "/planner/runs/{run}/difference/{run}/": ("lang",),
    "/planner/": ("q", "all"),
    "/planner/new/": ("ready",),
    "/planner/map/": ("run",),
    "/planner/map/classes/": ("layer", "field", "method", "n", "palette"),
}
VALUES = [
    "-1", "10" * 300, "\0", "\ud800", "²", "٣", "1e9", "nan", "NaN,NaN,NaN,NaN", "a" * 3000, "%00",
    "1,2", "inf,0,1,1", "9999999999999999999", "2147483648", "9223372036854775808", "' OR 1=1 --",
    "../../x", "occupier", "parcels.occupier", "count", "public-land-parcels", "quantile", "[]",
]  # fmt: skip
