"""Which warnings are serious, and where they stand in a report."""

import pytest

from importers.batch import Issue
from importers.issue_log import IssueLog
from importers.issue_texts import EXPLAINED, ISSUE_TEXTS, SERIOUS
from tests.importers.made import plots


def test_serious_codes_have_words() -> None:
    assert ISSUE_TEXTS.keys() >= SERIOUS
    assert ISSUE_TEXTS.keys() >= EXPLAINED


@pytest.mark.django_db
def test_serious_warnings_come_before_many_others() -> None:
    log = IssueLog(10, plots().parsed)
    log.add(Issue(row, "repaired", severity="warning") for row in range(1, 50))
    kept = log.add(Issue(3, code, severity="warning") for code in ("overlap", "duplicate-key"))
    log.add([Issue(9, "not-a-date")])
    groups = [(g["code"], g["serious"]) for g in log.groups()]
    assert groups[0] == ("not-a-date", False)
    assert {code for code, serious in groups[1:3] if serious} == {"overlap", "duplicate-key"}
    assert groups[3] == ("repaired", False)
    assert (kept, log.serious_rows()) == ({3}, 1)
