"""Invented words of the demo: people, phones, offices, decisions. Nobody real, and visibly so.

Personal names end in words that mean "example", phones start with 0100, which is no Vietnamese
prefix: both serve as canaries in privacy tests.
"""

import datetime as dt

import numpy as np

_FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Hồ", "Dương"]
_MIDDLE = ["Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh"]
_GIVEN = ["Thí Dụ", "Minh Họa", "Giả Định", "Ví Dụ", "Tưởng Tượng"]
ILLUSTRATIVE = "dữ liệu minh họa"


def person(rng: np.random.Generator) -> str:
    """`Trần Thị Thí Dụ`: a name that no one bears."""
    return f"{rng.choice(_FAMILY)} {rng.choice(_MIDDLE)} {rng.choice(_GIVEN)}"


def phone(rng: np.random.Generator) -> str:
    """`0100 123 456`: no subscriber can have it."""
    digits = f"{int(rng.integers(0, 1_000_000)):06d}"
    return f"0100 {digits[:3]} {digits[3:]}"


def decision(rng: np.random.Generator, year: int, office: str = "UBND") -> str:
    """`1234/QĐ-UBND (minh họa)`."""
    return f"{int(rng.integers(100, 5000))}/QĐ-{office} ({year}, minh họa)"


def day(rng: np.random.Generator, first: dt.date, last: dt.date) -> dt.date:
    """A day between two days, both included."""
    return first + dt.timedelta(days=int(rng.integers(0, (last - first).days + 1)))


def vi_date(moment: dt.date | None) -> str:
    """dd/mm/yyyy, empty for none."""
    return moment.strftime("%d/%m/%Y") if moment else ""


def vi_number(value: float, digits: int = 1) -> str:
    """2159.6 → `2.159,6`, as people type it."""
    text = f"{value:,.{digits}f}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")
