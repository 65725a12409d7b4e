"""Random filters as trees of CQL2 JSON, and how such a tree is written as text."""

from typing import Any

from hypothesis import strategies as st

Node = Any
NUMBER_NAMES = ("stalls", "rent", "floor", "yard", "area_m2", "length_m")
TEXT_NAMES = ("name", "name_ascii", "unit", "id", "uid")
TRUTH_NAMES = ("roofed", "checked")
TIME_NAMES = ("built", "begins", "ends")
PLACE_NAMES = ("geometry", "geom")
UNKNOWN_NAMES = ("owner", "nothing", "name;DROP", "zq'name")
NAMES = (
    *(*NUMBER_NAMES, *TEXT_NAMES, *TRUTH_NAMES, *TIME_NAMES, *PLACE_NAMES, "sells"),
    *UNKNOWN_NAMES,
)
# Everything that a request may say carries one of these, so that it can be looked for in the SQL.
MARK = "zq"
NUMBERS = st.one_of(
    st.sampled_from((0, 1, -1, 60, 0.5, -2.5, 1e15, 9007199254740993, 1e99, -1e99, 1e-99, 1e200)),
    st.integers(min_value=77001, max_value=77999),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXTS = st.one_of(
    st.sampled_from(("", "%", "_", "\\", "%\\", "\uff3c", "\ue000", "\x00", "\ud800", "'", '"')),
    st.sampled_from(("2026-07-01", "2026-02-30", "0001-01-01T00:00:00+14:00", "..", "97", "%s")),
    st.text(max_size=6).map(lambda text: f"{MARK}{text}"),
)
_DAYS = st.dates().map(str)
_MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
INSTANTS = st.one_of(
    st.builds(lambda day: {"date": day}, st.one_of(_DAYS, TEXTS)),
    st.builds(lambda moment: {"timestamp": moment}, st.one_of(_MOMENTS, TEXTS)),
)
_ENDS = st.one_of(_DAYS, _MOMENTS, st.just(".."), TEXTS)


def named(names: tuple[str, ...]) -> st.SearchStrategy[Node]:
    """One of these fields."""
    return st.sampled_from(names).map(lambda name: {"property": name})


PROPERTIES = named(NAMES)
INTERVALS = st.builds(
    lambda *ends: {"interval": list(ends)},
    st.one_of(_ENDS, named(TIME_NAMES)),
    st.one_of(_ENDS, named(TIME_NAMES)),
)
_COORDINATES = st.one_of(
    st.floats(min_value=106.9, max_value=107.1),
    st.floats(min_value=10.3, max_value=10.5),
    st.floats(min_value=-180, max_value=180),
    st.sampled_from((0, 90, -90, 180, 1e9, 1e308, 1e-300)),
)
_POSITIONS = st.lists(_COORDINATES, min_size=2, max_size=3)
_LINES = st.lists(_POSITIONS, min_size=0, max_size=5)
_RINGS = st.lists(_POSITIONS, min_size=0, max_size=5).map(lambda ring: [*ring, *ring[:1]])
_AREAS = st.lists(_RINGS, max_size=2)
SIMPLE = st.one_of(
    st.builds(lambda c: {"type": "Point", "coordinates": c}, _POSITIONS),
    st.builds(lambda c: {"type": "MultiPoint", "coordinates": c}, _LINES),
    st.builds(lambda c: {"type": "LineString", "coordinates": c}, _LINES),
    st.builds(lambda c: {"type": "MultiLineString", "coordinates": c}, st.lists(_LINES)),
    st.builds(lambda c: {"type": "Polygon", "coordinates": c}, _AREAS),
    st.builds(lambda c: {"type": "MultiPolygon", "coordinates": c}, st.lists(_AREAS, max_size=2)),
)
GEOMETRIES = st.one_of(
    SIMPLE,
    st.builds(
        lambda parts: {"type": "GeometryCollection", "geometries": parts},
        st.lists(SIMPLE, min_size=1, max_size=3),
    ),
    st.builds(lambda edges: {"bbox": edges}, st.lists(_COORDINATES, min_size=4, max_size=6)),
)
SCALARS = st.one_of(NUMBERS, TEXTS, st.booleans(), INSTANTS, PROPERTIES)


def _operation(names: tuple[str, ...], *args: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(
        lambda op, *found: {"op": op, "args": list(found)}, st.sampled_from(names), *args
    )


ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")
NUMERIC = st.recursive(
    st.one_of(NUMBERS, named(NUMBER_NAMES)),
    lambda part: _operation(ARITHMETIC, part, part),
    max_leaves=5,
)
TEXTUAL = st.recursive(
    st.one_of(TEXTS, named(TEXT_NAMES)),
    lambda part: _operation(("casei", "accenti"), part),
    max_leaves=3,
)
TIMELY = st.one_of(INSTANTS, named(TIME_NAMES), _DAYS, _MOMENTS)
TRUTHS = st.one_of(st.booleans(), named(TRUTH_NAMES))
# Values of one kind, mostly; what is mixed must be refused.
KINDS = (NUMERIC, TEXTUAL, TIMELY, TRUTHS, SCALARS)
LISTS = st.one_of(st.lists(SCALARS, max_size=4), st.lists(TEXTS, max_size=4), named(("sells",)))
PATTERNS = st.recursive(TEXTS, lambda part: _operation(("casei", "accenti"), part), max_leaves=2)
TEMPORAL = tuple(
    f"t_{name}"
    for name in (
        *("after", "before", "contains", "disjoint", "during", "equals", "finishedby"),
        *("finishes", "intersects", "meets", "metby", "overlappedby", "overlaps", "startedby"),
        "starts",
    )
)
SPATIAL = tuple(
    f"s_{name}"
    for name in (
        *("contains", "crosses", "disjoint", "equals"),
        *("intersects", "overlaps", "touches", "within"),
    )
)
_TIMES = st.one_of(INSTANTS, INTERVALS, INTERVALS, named(TIME_NAMES))
_PLACES = st.one_of(GEOMETRIES, named(PLACE_NAMES))
PREDICATES = st.one_of(
    *(_operation(("=", "<>", "<", ">", "<=", ">="), kind, kind) for kind in KINDS),
    *(_operation(("between",), kind, kind, kind) for kind in KINDS),
    *(_operation(("in",), kind, st.lists(kind, max_size=4)) for kind in KINDS),
    _operation(("like",), TEXTUAL, PATTERNS),
    _operation(("isNull",), st.one_of(*KINDS, named(("sells",)), _PLACES)),
    _operation(TEMPORAL, _TIMES, _TIMES),
    _operation(("a_equals", "a_contains", "a_containedby", "a_overlaps"), LISTS, LISTS),
    _operation(SPATIAL, _PLACES, _PLACES),
    TRUTHS,
)
CONDITIONS = st.recursive(
    PREDICATES,
    lambda part: st.one_of(_operation(("and", "or"), part, part), _operation(("not",), part)),
    max_leaves=4,
)
# Anything at all in the places of operands: most of it must be refused.
_ANYTHING = st.recursive(
    st.one_of(SCALARS, INTERVALS, GEOMETRIES, st.none(), st.just({}), TEXTS),
    lambda part: st.one_of(
        st.builds(
            lambda op, args: {"op": op, "args": args},
            st.sampled_from(
                (
                    *(*ARITHMETIC, *TEMPORAL, *SPATIAL, "=", "and", "or", "not", "in", "like"),
                    *("between", "isNull", "a_overlaps", "casei", "foo", "AND", ""),
                )
            ),
            st.lists(part, max_size=3),
        ),
        st.lists(part, max_size=3),
        st.dictionaries(
            st.sampled_from(("op", "args", "property", "date", "interval", "bbox", "type", "x")),
            part,
            max_size=2,
        ),
    ),
    max_leaves=8,
)
ANY_TREE = _ANYTHING


def as_text(node: Node) -> str:
    """The tree in CQL2 text, every part in brackets."""
    if isinstance(node, bool):
        return str(node).upper()
    if isinstance(node, int | float):
        return repr(node)
    if isinstance(node, str):
        escaped = node.replace("'", "\\'")
        return f"'{escaped}'"
    if isinstance(node, list):
        return f"({', '.join(map(as_text, node))})"
    return _object_text(node)


def _object_text(node: Node) -> str:
    if "property" in node:
        return f'"{node["property"]}"'
    if "type" in node:
        return _geometry(node)
    (name, *_rest) = node
    if name in ("date", "timestamp"):
        return f"{name.upper()}({as_text(node[name])})"
    if name in ("interval", "bbox"):
        return f"{name.upper()}({', '.join(map(as_text, node[name]))})"
    return _operation_text(node["op"], node["args"])


def _operation_text(op: str, args: list[Node]) -> str:
    parts = [as_text(arg) for arg in args]
    if op == "not":
        return f"(NOT {parts[0]})"
    if op == "isNull":
        return f"({parts[0]} IS NULL)"
    if op == "between":
        return f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"
    if op[0].isalpha() and op not in ("and", "or", "like", "in", "div"):
        return f"{op.upper()}({', '.join(parts)})"
    return "(" + f" {op.upper()} ".join(parts) + ")"


def _geometry(node: Node) -> str:
    kind = str(node["type"]).upper()
    if "geometries" in node:
        return f"{kind}({', '.join(map(_geometry, node['geometries']))})"
    if not node["coordinates"]:
        return f"{kind} EMPTY"
    if kind == "POINT":
        return f"POINT({_position(node['coordinates'])})"
    return kind + _positions(node["coordinates"])


def _positions(part: list[Any]) -> str:
    found = [_positions(p) if p and isinstance(p[0], list) else _position(p) for p in part]
    return f"({', '.join(found)})"


def _position(position: list[float]) -> str:
    return " ".join(map(repr, position)) or "()"
