"""What must hold of a whole import before it may stand: else the file is refused by name."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from importers.issue_log import IssueLog
from importers.refusals import (
    EmptyFile,
    NoGeometry,
    NothingLeft,
    TooManyBadRows,
    WrongGeometryType,
)

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
    if tally.bad_share > allowed:
        raise TooManyBadRows(
            _("%(bad)d trên %(read)d dòng có lỗi (%(share).1f %%), quá mức cho phép %(most).1f %%.")
            % {
                "bad": tally.bad,
                "read": tally.read,
                "share": tally.bad_share * 100,
                "most": allowed * 100,
            }
        )


def _explain_nothing_left(tally: Tally, log: IssueLog) -> None:
    if sum(log.count(code) for code in _MISSING_SHAPES) == tally.read:
        raise NoGeometry()
    if log.count("wrong-geometry-type") == tally.read:
        kinds = sorted({i.value for i in log.kept if i.code == "wrong-geometry-type"})
        raise WrongGeometryType(_("Hình trong tệp: %(kinds)s.") % {"kinds": ", ".join(kinds)})
    first = "; ".join(str(group["message"]) for group in log.groups()[:3])
    raise NothingLeft(first)
