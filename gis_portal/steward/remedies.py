"""What somebody can choose so that a refused file is read after all: its system, a layer or sheet,
the levels of a drawing, values for the whole file, the day of a picture. Most refusals need another
file, and then nothing is offered.
"""

from dataclasses import dataclass
from typing import Any

from importers.models import ImportRun

# Codes of refusals that another coordinate system, or another reading of it, can mend.
ABOUT_SYSTEM = frozenset(
    {
        "axes-swapped",
        "axis-order-unclear",
        "crs-datum-unclear",
        "crs-missing",
        "crs-unknown",
        "datum-shift",
        "degrees-in-projected",
        "metres-in-geographic",
        "outside-crs-area",
        "outside-province",
        "unknown-crs",
        "wrong-meridian",
    }
)
_ELSEWHERE = "outside-province"
SHEET, LEVELS = "choice-needed", "levels-needed"
DAY = "acquired-missing"
ABOUT_VALUES = frozenset({"missing-columns", "bad-fixed-value"})
# Nothing is wrong with the file: the same once more may do.
_ONCE_MORE = frozenset({"definition-changed", "service-busy"})
_UNFINISHED = (ImportRun.FAILED, ImportRun.INTERRUPTED, ImportRun.CANCELLED)


@dataclass(frozen=True)
class MissingField:
    """A required field without a column: its label, and the names that a column may have."""

    label: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Remedies:
    """What to offer. `levels`: rows of `importers.readers.levels`, each with its usual `role`."""

    system: bool = False
    needs_sheet: bool = False
    sheets: tuple[str, ...] = ()
    levels: tuple[dict[str, Any], ...] = ()
    values: bool = False
    missing: tuple[MissingField, ...] = ()
    columns: tuple[str, ...] = ()
    once_more: bool = False
    needs_day: bool = False
    offered_day: str = ""

    @property
    def any_choice(self) -> bool:
        """There is something to fill in."""
        chosen = self.system or self.needs_sheet or bool(self.levels) or self.values
        return chosen or self.needs_day


def may_choose_system(run: ImportRun) -> bool:
    """Another coordinate system may mend it: not when no known one puts the data here."""
    error = run.report.get("error") or {}
    code = run.error_code or str(error.get("code", ""))
    hopeless = code == _ELSEWHERE and error.get("candidates") == []
    return (code in ABOUT_SYSTEM and not hopeless) or bool(error.get("candidates"))


def remedies_of(run: ImportRun) -> Remedies:
    """By the refusal's code and by what it brings."""
    error = run.report.get("error") or {}
    code = run.error_code or str(error.get("code", ""))
    return Remedies(
        system=may_choose_system(run),
        needs_sheet=code == SHEET,
        sheets=tuple(str(name) for name in error.get("layers") or ()),
        levels=tuple(error.get("levels") or ()) if code == LEVELS else (),
        values=code in ABOUT_VALUES,
        missing=tuple(
            MissingField(str(m["label"]), tuple(m["names"])) for m in error.get("missing") or ()
        ),
        columns=tuple(str(name) for name in error.get("columns") or ()),
        needs_day=code == DAY,
        offered_day=str(error.get("offered") or ""),
        once_more=run.state in _UNFINISHED or code in _ONCE_MORE,
    )
