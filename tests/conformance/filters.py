"""CQL2 filters to ask with: built once as CQL2 JSON (OGC 21-065r2), written as CQL2 text from it.

The other direction is the portal's business; this one is short, and no parser stands between a
test and what it asks.
"""

import json
from typing import Any

import shapely
from shapely.geometry import shape

Node = Any
LANGUAGES = ("cql2-text", "cql2-json")
COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC = ("+", "-", "*", "/", "^", "%", "div")


def op(name: str, *arguments: Node) -> Node:
    """An operator or function with its arguments."""
    return {"op": name, "args": list(arguments)}


def prop(name: str) -> Node:
    """A queryable."""
    return {"property": name}


def date(text: str) -> Node:
    """A day."""
    return {"date": text}


def moment(text: str) -> Node:
    """A timestamp."""
    return {"timestamp": text}


def interval(start: Node, end: Node) -> Node:
    """From, to; `..` for an open end."""
    return {"interval": [start, end]}


def bbox(*numbers: float) -> Node:
    """A box."""
    return {"bbox": list(numbers)}


def geometry(found: shapely.Geometry | str) -> Node:
    """A literal of a shape, or of its WKT."""
    made = shapely.from_wkt(found) if isinstance(found, str) else found
    return json.loads(shapely.to_geojson(made))


def as_parameter(node: Node, language: str) -> str:
    """The value of `filter`."""
    return as_text(node) if language == "cql2-text" else json.dumps(node, ensure_ascii=False)


def as_text(node: Node) -> str:
    """CQL2 text."""
    if isinstance(node, bool):
        return str(node).lower()
    if isinstance(node, int | float):
        return repr(node)
    if isinstance(node, str):
        return "'" + node.replace("'", "''") + "'"
    if isinstance(node, list):
        return f"({', '.join(as_text(each) for each in node)})"
    if "op" in node:
        return _operation(node["op"], node["args"])
    if "property" in node:
        return f'"{node["property"]}"'
    if "type" in node:
        return shapely.to_wkt(shape(node), rounding_precision=-1)
    kind, value = next(iter(node.items()))
    ends = value if isinstance(value, list) else [value]
    return f"{kind.upper()}({', '.join(as_text(each) for each in ends)})"


def _operation(name: str, arguments: list[Node]) -> str:
    written = [as_text(argument) for argument in arguments]
    match name:
        case "and" | "or":
            return "(" + f" {name.upper()} ".join(written) + ")"
        case "not":
            return f"NOT ({written[0]})"
        case "isNull":
            return f"{written[0]} IS NULL"
        case "like" | "in":
            return f"{written[0]} {name.upper()} {written[1]}"
        case "between":
            return f"{written[0]} BETWEEN {written[1]} AND {written[2]}"
    if name in COMPARISONS:
        return f"{written[0]} {name} {written[1]}"
    if name in ARITHMETIC:
        return f"({written[0]} {name} {written[1]})"
    return f"{name.upper()}({', '.join(written)})"
