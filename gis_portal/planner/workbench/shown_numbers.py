"""Measures as pages write them: hectares, kilometres, per cent."""

from django.utils.translation import get_language

from layers.values import group_digits

M2_PER_HA = 10_000
# Slivers: in hectares they would be noughts.
FEW_M2 = 100


def shown(measure: str, value: float | None) -> str:
    """With its unit; hectares with four decimals where they are few, as a square metre counts."""
    language = "en" if get_language() == "en" else "vi"
    if value is None:
        return "—"
    if measure == "area_m2":
        if abs(value) < FEW_M2:
            return f"{group_digits(value, 2, language)} m²"
        hectares = value / M2_PER_HA
        digits = 4 if abs(hectares) < 1 else 2 if abs(hectares) < 100 else 1
        return f"{group_digits(hectares, digits, language)} ha"
    if measure == "length_m":
        return f"{group_digits(value / 1000, 2, language)} km"
    if measure == "share":
        return f"{group_digits(100 * value, 2, language)} %"
    return group_digits(int(value), 0, language)
