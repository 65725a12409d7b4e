"""Numbers of a column, each rounded, that add up to their rounded total.

Rounded one by one, two hundred areas add up to some hundredths more or less than the total under
them, and whoever adds up the column finds a portal that cannot. So what is missing goes to those
that lost most (largest remainders): none is further from its value than the last digit written.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

# Remainders that are closer than that are equal: noise of the arithmetic must not choose.
_SAME = Decimal("0.000001")


def rounded(value: float, digits: int) -> Decimal:
    """One number."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0


def adding_up(
    values: Sequence[float | None], digits: int, total: float | None
) -> list[Decimal | None]:
    """The same numbers with so many digits. Where they do not add up to `total`, beyond rounding,
    each is rounded for itself.
    """
    step = Decimal(1).scaleb(-digits)
    known = [Decimal(repr(float(value))) for value in values if value is not None]
    floors = [(number / step).to_integral_value(ROUND_FLOOR) for number in known]
    rest = [number / step - floor for number, floor in zip(known, floors, strict=True)]
    wanted = rounded(total, digits) / step if total is not None else None
    missing = int(wanted - sum(floors)) if wanted is not None else -1
    if not 0 <= missing <= len(known):
        return [None if value is None else rounded(value, digits) for value in values]
    # The largest remainders first; of equal ones those that stand first.
    order = sorted(range(len(known)), key=lambda place: (-rest[place].quantize(_SAME), place))
    up = set(order[:missing])
    made = iter((floor + (place in up)) * step for place, floor in enumerate(floors))
    return [None if value is None else next(made).quantize(step) + 0 for value in values]
