"""What must hold of a whole import before it may stand: else the file is refused by name."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from importers.diff import Diff
from importers.issue_log import IssueLog
from importers.refusals import (
    EmptyFile,
    NoGeometry,
    NothingLeft,
    TooManyBadRows,
    WrongGeometryType,
)
from importers.wording import number
from layers.publish import check_removed

_MISSING_SHAPES = ("no-geometry", "empty-geometry", "cannot-read-geometry")


@dataclass(frozen=True)
class Tally:
    """Rows of the file and rows that came through all steps."""

    read: int
    good: int

    @property
    def bad(self) -> int:
        """Rows left out."""
        return self.read - self.good

    @property
    def bad_share(self) -> float:
        """Rows left out of rows read, 0–1."""
        return self.bad / self.read if self.read else 0.0


def check_expectations(tally: Tally, log: IssueLog) -> None:
    """Raise the refusal that says best what is wrong with the file as a whole."""
    if not tally.read:
        raise EmptyFile()
    if not tally.good:
        _explain_nothing_left(tally, log)
    allowed = settings.PORTAL_MAX_BAD_ROWS
    if tally.bad_share > allowed and tally.bad > settings.PORTAL_MIN_BAD_ROWS:
        raise TooManyBadRows(
            _("%(bad)s trên %(read)s dòng có lỗi (%(share)s %%), quá mức cho phép %(most)s %%.")
            % {
                "bad": number(tally.bad),
                "read": number(tally.read),
                "share": number(tally.bad_share * 100, 1),
                "most": number(allowed * 100, 1),
            }
        )


def check_removals(diff: Diff, *, allowed: str, publish: bool) -> dict[str, Any]:
    """For the report: whether too much goes, and why it may. Raises TooManyRemoved.

    `allowed` is the reason that a person gave. A check only warns.
    """
    if publish and not allowed:
        check_removed(diff.removed, diff.former)
    share, most = diff.removed_share, settings.PORTAL_MAX_REMOVED
    return {"share": share, "most": most, "too_many": share > most, "allowed": allowed}


def _explain_nothing_left(tally: Tally, log: IssueLog) -> None:
    if sum(log.count(code) for code in _MISSING_SHAPES) == tally.read:
        raise NoGeometry()
    if log.count("wrong-geometry-type") == tally.read:
        kinds = sorted({i.value for i in log.kept if i.code == "wrong-geometry-type"})
        raise WrongGeometryType(_("Hình trong tệp: %(kinds)s.") % {"kinds": ", ".join(kinds)})
    first = "; ".join(str(group["message"]) for group in log.groups()[:3])
    raise NothingLeft(first)
