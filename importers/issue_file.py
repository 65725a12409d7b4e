"""The issues of a run as a CSV that Excel opens: to pass to whoever mends the file."""

import csv
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from importers.models import ImportRun

# A spreadsheet would take a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")
_HEADER = (
    _("Dòng"),
    _("Trường"),
    _("Cột của tệp"),
    _("Giá trị"),
    _("Mức"),
    _("Nội dung"),
    _("Cần làm"),
    "x",
    "y",
)


def write_issues(run: ImportRun, path: Path) -> int:
    """Write the recorded issues in UTF-8 with its mark; the answer is how many. Raises OSError."""
    fields = run.report.get("fields", {})
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([str(name) for name in _HEADER])
        count = 0
        for issue in run.issues.all():
            known = [fields.get(name, {}) for name in issue.field.split(", ")]
            labels = ", ".join(f["label"] for f in known if f)
            columns = ", ".join(f["column"] for f in known if f.get("column")) or (
                "" if labels else issue.field
            )
            told = (issue.get_severity_display(), issue.message, issue.hint, issue.x, issue.y)
            writer.writerow([issue.row, labels, _plain(columns), _plain(issue.value), *told])
            count += 1
    return count


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
