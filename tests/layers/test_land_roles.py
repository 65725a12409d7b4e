"""What a declaration may say of parcels: `[register]`, `[restricts]`, `[near]`."""

import copy
from typing import Any

import pytest

from layers.definition import parse_definition
from layers.errors import DefinitionError
from tests.layers.rows import DEFINITION

LINES: dict[str, Any] = {"geometry": "line", "restricts": {"buffer": {"metres": 5}}}


def declared(**tables: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DEFINITION), **tables}


def test_what_is_left_out_has_its_usual_value() -> None:
    roles = parse_definition(declared(restricts={"kind": "plan"}, near={"kind": "place"})).land
    assert roles.restricts is not None
    assert (roles.restricts.covers, roles.restricts.sliver_m2) == ("units", 1.0)
    assert (roles.near, roles.register) == ("place", None)
    lines = parse_definition(declared(**LINES)).land.restricts
    assert lines is not None
    assert lines.buffer is not None
    assert lines.buffer.metres == 5


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ({"register": {"number": "code"}}, "sheet và number"),
        ({"register": {"sheet": "code", "number": "code", "colour": "code"}}, "register.colour"),
        ({"register": {"sheet": "code", "number": "owner"}}, "owner"),
        ({"restricts": {"kind": "whatever"}}, "restricts.kind"),
        ({"restricts": {"kind": "plan", "covers": "marks"}}, "restricts.covers"),
        ({"restricts": {"kind": "plan", "decision": "paper"}}, "paper"),
        ({"restricts": {"kind": "plan", "sliver_m2": -1}}, "ngưỡng"),
        ({"restricts": {"buffer": {"metres": 5}}}, "restricts.buffer"),
        ({"geometry": "line", "restricts": {"kind": "corridor"}}, "restricts.buffer"),
        ({"near": {"kind": "anything"}}, "near.kind"),
        ({"register": "yes"}, "[register]"),
        ({"restricts": {"kind": "plan", "sliver_m2": "wide"}}, ""),
    ],
)
def test_what_cannot_be_is_refused(tables: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_definition(declared(**tables))
    assert problem in str(refused.value)
