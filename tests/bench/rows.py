"""One figure of `make bench`: what was found, what the issue wants, in words for a table.

Every `bench_<topic>.py` answers figures; `tests/bench/report.py` writes them. A figure that could
not be taken says so in its remark and has no value: it is never left out.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` in `unit` against `limit`: at least it (`at_least`) or at most.

    `value` None: not taken, and `remark` says why. `limit` None: shown for information.
    """

    name: str
    value: float | None
    unit: str
    limit: float | None = None
    at_least: bool = True
    remark: str = ""

    @property
    def is_met(self) -> bool | None:
        """None where there is no value or nothing is wanted."""
        if self.value is None or self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def wanted(self) -> str:
        """The limit as text: "≥ 0.75"."""
        if self.limit is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {shown(self.limit)}"

    def row(self) -> str:
        """A line of the table | figure | found | wanted | met | remark |."""
        verdict = {True: "met", False: "**missed**", None: ""}[self.is_met]
        if self.value is None:
            found, verdict = "—", "**not taken**"
        else:
            found = f"{shown(self.value)} {self.unit}".rstrip()
        return f"| {self.name} | {found} | {self.wanted} | {verdict} | {self.remark} |"


def shown(value: float) -> str:
    """Three figures that count, thousands grouped: 0.753, 12.3, 4,210."""
    if value == 0:
        return "0"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
