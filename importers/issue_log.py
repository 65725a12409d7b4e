"""Issues of a run: all are counted, the first of each kind are kept and become rows.

A file with a wrong column has a million equal issues; nobody reads more than the first thousand.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from importers.batch import Issue
from importers.issue_texts import is_serious, text_of
from importers.models import ImportIssue, ImportRun
from layers.definition import LayerDefinition

# Stands for a value that not everybody may read: issues say where it is, not what.
HIDDEN = "•••"


class IssueLog:
    """Collects issues while batches stream; values of fields that are not public stay outside.

    A definition may change while a layer lives: the one of this import says what is public.
    """

    def __init__(self, kept_each: int, definition: LayerDefinition) -> None:
        self._kept_each = kept_each
        self._private = {field.name for field in definition.fields if field.is_private}
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.kept: list[Issue] = []
        # One byte a row: a whole file may be in the wrong commune.
        self._serious = bytearray()

    def add(self, issues: Iterable[Issue]) -> set[int]:
        """Count all, keep the first of each (severity, code, field); answers the rows of those."""
        rows = set()
        for issue in issues:
            kind = (issue.severity, issue.code, issue.field)
            self.counts[kind] += 1
            if self.counts[kind] <= self._kept_each:
                self.kept.append(self._masked(issue))
                rows.add(issue.row)
            if is_serious(issue.code, issue.severity):
                self._mark(issue.row)
        return rows

    def _mark(self, row: int) -> None:
        if row >= len(self._serious):
            self._serious.extend(bytes(row + 1024 - len(self._serious)))
        self._serious[row] = 1

    def serious_rows(self) -> int:
        """How many rows carry a serious warning."""
        return self._serious.count(1)

    def _masked(self, issue: Issue) -> Issue:
        """The issue as anybody may read it. A key names its fields with commas between."""
        private = not self._private.isdisjoint(issue.field.split(", "))
        return replace(issue, value=HIDDEN) if private and issue.value else issue

    def count(self, code: str, severity: str = "error") -> int:
        """How many issues with this code."""
        return sum(n for (s, c, _field), n in self.counts.items() if c == code and s == severity)

    def errors(self) -> int:
        """How many issues that refused a row."""
        return sum(n for (severity, _code, _field), n in self.counts.items() if severity == "error")

    def groups(self) -> list[dict[str, Any]]:
        """For the report: each kind with its count, words and first rows; errors first, then
        serious warnings, then others.
        """
        ordered = sorted(self.counts.items(), key=_weight)
        return [self._group(kind, count) for kind, count in ordered]

    def _group(self, kind: tuple[str, str, str], count: int) -> dict[str, Any]:
        severity, code, field = kind
        first = [i for i in self.kept if (i.severity, i.code, i.field) == kind][:5]
        text = text_of(code)
        return {
            "severity": severity,
            "code": code,
            "field": field,
            "serious": is_serious(code, severity),
            "count": count,
            "message": str(text.message),
            "hint": next((i.hint for i in first if i.hint), str(text.hint)),
            "first": [{"row": i.row, "value": i.value, "x": i.x, "y": i.y} for i in first],
        }

    def save(self, run: ImportRun) -> None:
        """The kept issues as rows of the run, in the file's order."""
        ordered = sorted(self.kept, key=lambda issue: issue.row)
        ImportIssue.objects.bulk_create([_row(run, issue) for issue in ordered], batch_size=2000)


def _weight(item: tuple[tuple[str, str, str], int]) -> tuple[bool, bool, int]:
    (severity, code, _field), count = item
    return severity != "error", not is_serious(code, severity), -count


def _row(run: ImportRun, issue: Issue) -> ImportIssue:
    text = text_of(issue.code)
    return ImportIssue(
        run=run,
        row=issue.row,
        field=issue.field[:120],
        value=issue.value.replace("\x00", "")[:200],
        code=issue.code,
        severity=issue.severity,
        message=str(text.message),
        hint=issue.hint or str(text.hint),
        x=issue.x,
        y=issue.y,
    )
