"""Columns of floats that need no reading: what is stored is what is there.

A register's areas hardly repeat themselves, and a decimal of each costs seconds of a million.
Used by `importers.steps.coerce`, which reads everything else cell by cell.
"""

import math

import numpy as np

from layers.fieldtypes import DecimalType, FieldType, IntegerType

# Up to so many digits a float and the decimal that it is written as are one to one.
_DIGITS = 15


def settled(numbers: np.ndarray, kind: FieldType) -> np.ndarray | None:
    """What `kind.coerce` makes of these floats (n,), whole ones as int; None where a single one is
    empty, out of bounds or has digits to round.
    """
    if numbers.dtype.kind != "f" or not isinstance(kind, DecimalType):
        return None
    low = -math.inf if kind.minimum is None else kind.minimum
    high = math.inf if kind.maximum is None else kind.maximum
    digits = 0 if isinstance(kind, IntegerType) else kind.digits
    rounded = numbers if digits is None else np.round(numbers, digits)
    usual = (numbers >= low) & (numbers <= high) & (rounded == numbers)
    if not (usual & (np.abs(numbers) < 10.0 ** (_DIGITS - (digits or 0)))).all():
        return None
    values = numbers.astype(object)
    whole = numbers == np.rint(numbers)
    values[whole] = numbers[whole].astype(np.int64).astype(object)
    return values
