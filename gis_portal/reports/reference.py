"""The number that a reporter keeps: sixteen digits, read aloud in fours, the last one a check.

Digits only: they are said the same way over any telephone, and typed on any keyboard. Fifteen are
drawn at random (10¹⁵), so nobody finds another person's report by trying. The sixteenth is Damm's:
every single wrong digit and every swap of two neighbours is noticed before anything is looked up.
"""

import re
import secrets

DIGITS = 16
_GROUP = 4
# Damm's quasigroup of order 10: row by digit; a right number ends at 0.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def new_reference() -> str:
    """Sixteen digits, the check included."""
    drawn = "".join(secrets.choice("0123456789") for _ in range(DIGITS - 1))
    return drawn + _check(drawn)


def read_reference(text: str) -> str | None:
    """The digits of what somebody typed or said; None when it cannot be a number of ours."""
    digits = re.sub(r"[\s.\-–]+", "", text)
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) or _check(digits) != "0":
        return None
    return digits


def in_groups(digits: str, between: str = " ") -> str:
    """`4831027591638042` → `4831 0275 9163 8042`."""
    return between.join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def _check(digits: str) -> str:
    row = "0"
    for digit in digits:
        row = _DAMM[int(row)][int(digit)]
    return row
