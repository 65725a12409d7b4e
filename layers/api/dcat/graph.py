"""A small graph of described things and its two written forms, JSON-LD 1.1 and Turtle 1.1.

A node's properties are prefixed names (`dct:title`) in the order in which they are to be read. Both
forms are written from the same nodes; a test reads both with rdflib and finds the same graph.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

_INDENT = "    "
# What may not stand in an IRI as it is (Turtle, IRIREF).
_NOT_IRI = re.compile(r"""[\x00-\x20<>"{}|^`\\]""")


@dataclass(frozen=True)
class Iri:
    """An address as a value, whole or prefixed."""

    address: str


@dataclass(frozen=True)
class Literal:
    """A text with its language or its type."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass
class Node:
    """A thing: `iri` empty for one that is named only where it is used."""

    types: Sequence[str]
    iri: str = ""
    properties: list[tuple[str, "Value"]] = field(default_factory=list)

    def say(self, name: str, *values: "Value | None") -> "Node":
        """Add values of one property; None and empty texts say nothing."""
        for value in values:
            if value is None or (isinstance(value, Literal) and not value.text):
                continue
            self.properties.append((name, value))
        return self

    def grouped(self) -> dict[str, list["Value"]]:
        """Property → its values, each once, in the order in which they were said."""
        found: dict[str, list[Value]] = {}
        for name, value in self.properties:
            values = found.setdefault(name, [])
            if value not in values:
                values.append(value)
        return found


Value = Iri | Literal | Node


def as_jsonld(nodes: Iterable[Node], prefixes: dict[str, str]) -> bytes:
    """One document with its own context: nothing has to be fetched to read it."""
    document = {"@context": prefixes, "@graph": [_json_node(node) for node in nodes]}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _json_node(node: Node) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": _safe(node.iri)} if node.iri else {}
    made["@type"] = list(node.types)
    for name, values in node.grouped().items():
        written = [_json_value(value) for value in values]
        made[name] = written[0] if len(written) == 1 else written
    return made


def _json_value(value: Value) -> dict[str, Any]:
    if isinstance(value, Iri):
        return {"@id": _safe(value.address)}
    if isinstance(value, Node):
        return _json_node(value)
    made = {"@value": value.text}
    if value.language:
        made["@language"] = value.language
    if value.datatype:
        made["@type"] = value.datatype
    return made


def as_turtle(nodes: Iterable[Node], prefixes: dict[str, str]) -> bytes:
    """The same for people who read RDF."""
    head = "".join(f"@prefix {name}: <{address}> .\n" for name, address in prefixes.items())
    bodies = [f"<{_safe(node.iri)}> {_said(node, prefixes, 1)} .\n" for node in nodes]
    return "\n".join([head, *bodies]).encode()


def _said(node: Node, prefixes: dict[str, str], depth: int) -> str:
    lines = [f"a {', '.join(node.types)}"]
    for name, values in node.grouped().items():
        written = ", ".join(_turtle_value(value, prefixes, depth) for value in values)
        lines.append(f"{name} {written}")
    return f" ;\n{_INDENT * depth}".join(lines)


def _turtle_value(value: Value, prefixes: dict[str, str], depth: int) -> str:
    if isinstance(value, Iri):
        prefix, _colon, _rest = value.address.partition(":")
        return value.address if prefix in prefixes else f"<{_safe(value.address)}>"
    if isinstance(value, Node):
        return f"[ {_said(value, prefixes, depth + 1)} ]"
    # JSON's escapes are Turtle's, but for DEL, which both take as it is.
    text = json.dumps(value.text, ensure_ascii=False)
    if value.language:
        return f"{text}@{value.language}"
    return f"{text}^^{value.datatype}" if value.datatype else text


def _safe(address: str) -> str:
    return _NOT_IRI.sub(lambda found: quote(found[0], safe=""), address)
