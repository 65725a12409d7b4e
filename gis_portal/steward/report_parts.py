"""A run's report as a page shows it: the file, its system, its encodings, what is wrong.

`importers.report` makes the plain values that are kept with the run; here they get the reader's
language and become parts of a page. The command line writes the same as text.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from importers.issue_file import is_in_degrees, value_of
from importers.issue_texts import text_of
from importers.models import ImportIssue, ImportRun
from layers.definition import Language
from layers.models import Layer
from layers.sentences import in_language

# Rows of each kind that the report itself shows; the list has them all.
FIRST_SHOWN = 3


@dataclass(frozen=True)
class IssueLine:
    """One defective row. `north` and `east` are in the file's own system."""

    row: int
    key: str
    value: str
    north: float | None
    east: float | None
    pk: int | None = None


@dataclass(frozen=True)
class IssueGroup:
    """All issues of one kind: how many, what is wrong, what to do, the first rows."""

    code: str
    field: str
    severity: str
    label: str
    message: str
    hint: str
    count: int
    first: tuple[IssueLine, ...]
    serious: bool = False

    @property
    def is_error(self) -> bool:
        """The rows were left out."""
        return self.severity == ImportIssue.ERROR

    @property
    def more(self) -> int:
        """Rows that are not shown here."""
        return self.count - len(self.first)


@dataclass(frozen=True)
class Refusal:
    """Why the file as a whole was refused."""

    code: str
    title: str
    detail: list[str]
    hint: str


def refusal_of(run: ImportRun) -> Refusal | None:
    """The refusal in the reader's language."""
    error = run.report.get("error") or {}
    if not (error or run.error_code):
        return None
    title = in_language(str(error.get("title", "")) or run.get_state_display())
    detail = in_language(str(error.get("detail", "")) or run.error_detail)
    return Refusal(
        code=run.error_code or str(error.get("code", "")),
        title=title,
        # Without a detail of its own a run's row repeats the title.
        detail=[] if detail == title else detail.splitlines(),
        hint=in_language(str(error.get("hint", ""))),
    )


def issue_groups(run: ImportRun, language: Language) -> list[IssueGroup]:
    """Errors first, the most frequent kind first."""
    return [_group(run, group, language) for group in run.report.get("issues", [])]


def _group(run: ImportRun, group: dict[str, Any], language: Language) -> IssueGroup:
    lines = tuple(
        IssueLine(i["row"], i.get("key", ""), value_of(group["code"], i["value"]), i["y"], i["x"])
        for i in group["first"][:FIRST_SHOWN]
    )
    return IssueGroup(
        code=group["code"],
        field=group["field"],
        severity=group["severity"],
        label=field_label(run, group["field"], language),
        message=str(text_of(group["code"]).message),
        hint=in_language(group["hint"]),
        count=group["count"],
        first=lines,
        serious=bool(group.get("serious")) and group["severity"] != ImportIssue.ERROR,
    )


def is_parcels(layer: Layer) -> bool:
    """Whether a feature has a number of its own on its commune's sheet: land that somebody holds.

    Such data come with a decision and from an organisation that answers for them.
    """
    definition = layer.parsed
    return definition.geometry == "polygon" and len(definition.key) > 1 and not definition.feeds


def serious_count(run: ImportRun) -> int:
    """Warnings that were loaded and that an approver must have seen, counted in rows."""
    groups = run.report.get("issues", [])
    counted = sum(
        int(g["count"]) for g in groups if g.get("serious") and g["severity"] != ImportIssue.ERROR
    )
    return int(run.report.get("serious_count", counted))


def field_label(run: ImportRun, field: str, language: Language) -> str:
    """The fields of an issue as people call them, with the file's column."""
    columns = run.report.get("fields", {})
    declared = run.layer.parsed.by_name
    found = []
    for name in filter(None, field.split(", ")):
        column = columns.get(name, {}).get("column", "")
        label = declared[name].label(language) if name in declared else ""
        shown = label or gettext("cột %(column)s") % {"column": name}
        if label and column:
            shown = gettext("%(label)s (cột %(column)s)") % {"label": label, "column": column}
        found.append(shown)
    return ", ".join(found)


@dataclass(frozen=True)
class FileFacts:
    """What is known of the file: format, system and how it is known, notes, encodings, columns."""

    format: str
    layer_name: str
    crs_code: str
    crs_title: str
    is_chosen: bool
    notes: list[str]
    axes: str
    point: dict[str, Any]
    encodings: list[dict[str, Any]]
    columns: list[tuple[str, str]]
    unused: list[str]


def file_facts(run: ImportRun) -> FileFacts | None:
    """None where the file was refused before it could be described."""
    source = run.report.get("source")
    if not source:
        return None
    notes = [in_language(str(note)) for note in source.get("notes", [])]
    if run.report.get("flattened"):
        notes.append(gettext("Đã bỏ độ cao (Z) hoặc trị đo (M) của các đỉnh."))
    return FileFacts(
        format=source["format"],
        layer_name=source.get("name", ""),
        crs_code=source["crs"]["code"],
        crs_title=source["crs"]["title"],
        is_chosen=bool((run.options or {}).get("crs")),
        notes=notes,
        axes=source.get("axes") or "",
        point={**source.get("first_point", {}), "degrees": is_in_degrees(run)}
        if source.get("first_point")
        else {},
        encodings=[_encoding(guess) for guess in source.get("encodings", [])],
        columns=list(source.get("columns", {}).items()),
        unused=[str(name) for name in source.get("unused_columns", [])],
    )


def _encoding(guess: dict[str, Any]) -> dict[str, Any]:
    changed = [pair for pair in guess.get("preview", []) if pair[0] != pair[1]]
    return {**guess, "sure": round(100 * guess["confidence"]), "preview": changed[:3]}
