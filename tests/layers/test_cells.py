"""No cell fails a file: whatever stands in it is a value or refuses its row by name."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers.fieldtypes import TYPES, BadValue, Choice, FieldType

CHOICES = (Choice("a", "Chợ", "Market"), Choice("b", "Trường", "School"))
NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.decimals(),
    st.builds("{}e{}".format, st.integers(), st.integers(-999, 999)),
    st.text("0123456789.,- ", max_size=60),
)
DAYS = st.one_of(
    st.dates(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.builds("{:04}-{:02}-{:02}".format, *[st.integers(0, 99999)] * 3),
)
CELLS = st.one_of(st.none(), st.booleans(), st.text(), NUMBERS, DAYS, st.lists(st.text()))
BEYOND = dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14)))


def types(**limits: Any) -> list[FieldType]:
    return [kind(choices=CHOICES, **limits) for kind in TYPES.values()]


def value_of(kind: FieldType, cell: Any) -> Any:
    """None for an empty cell and for one that is refused by name."""
    try:
        return kind.coerce(cell)
    except BadValue:
        return None


@settings(deadline=None)
@given(cell=CELLS)
@example(cell=1e300)
@example(cell="1e300")
@example(cell="9" * 35)
@example(cell=10**5000)
@example(cell=2**64)
@example(cell=Decimal("1e999999"))
@example(cell="0000-00-00")
@example(cell="99999-01-01")
@example(cell=BEYOND)
@example(cell="\ud800")
def test_a_cell_is_a_value_or_refused_by_name(cell: Any) -> None:
    for kind in [*types(), *types(digits=1, minimum=0, maximum=1e6, max_length=9)]:
        json.dumps(value_of(kind, cell), allow_nan=False).encode()


@pytest.mark.parametrize("cell", [1e300, "1e300", "9" * 35, 2**64])
def test_numbers_that_no_program_keeps_exactly_are_too_large(cell: Any) -> None:
    for kind in (TYPES["decimal"](digits=1), TYPES["integer"](), TYPES["money"]()):
        with pytest.raises(BadValue) as refused:
            kind.coerce(cell)
        assert refused.value.code == "too-large"
