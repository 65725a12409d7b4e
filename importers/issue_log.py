"""Issues of a run: all are counted, the first of each kind are kept and become rows.

A file with a wrong column has a million equal issues; nobody reads more than the first thousand.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from importers.batch import Issue
from importers.issue_texts import text_of
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

    def add(self, issues: Iterable[Issue]) -> None:
        """Count all, keep the first of each (severity, code, field)."""
        for issue in issues:
            kind = (issue.severity, issue.code, issue.field)
            self.counts[kind] += 1
            if self.counts[kind] <= self._kept_each:
                self.kept.append(self._masked(issue))

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
        """For the report: each kind with its count, words and first rows; errors first."""
        ordered = sorted(self.counts.items(), key=lambda item: (item[0][0], -item[1]))
        return [self._group(kind, count) for kind, count in ordered]

    def _group(self, kind: tuple[str, str, str], count: int) -> dict[str, Any]:
        severity, code, field = kind
        first = [i for i in self.kept if (i.severity, i.code, i.field) == kind][:5]
        text = text_of(code)
        return {
            "severity": severity,
            "code": code,
            "field": field,
            "count": count,
            "message": str(text.message),
            "hint": next((i.hint for i in first if i.hint), str(text.hint)),
            "first": [{"row": i.row, "value": i.value, "x": i.x, "y": i.y} for i in first],
        }

    def save(self, run: ImportRun) -> None:
        """The kept issues as rows of the run, in the file's order."""
        ordered = sorted(self.kept, key=lambda issue: issue.row)
        ImportIssue.objects.bulk_create([_row(run, issue) for issue in ordered], batch_size=2000)


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
