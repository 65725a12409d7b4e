"""Checklists of field reports, declared in TOML as layers are: one file a kind of report.

The portal's own lie in `checklists/`; an office puts files of the same name into the folder
`PORTAL_CHECKLISTS` and they take their place. What is wrong in a file is said when it is read.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from gis_portal.officer.field.canonical import canonical, digest
from gis_portal.officer.field.models import REPORT_KINDS

SHIPPED = Path(__file__).parent / "checklists"
TYPES = ("yes-no", "choice", "choices", "number", "text", "date")
LANGUAGES = ("vi", "en")


class ChecklistError(ValueError):
    """A file that breaks the rules; names the file and what is wrong."""


@dataclass(frozen=True)
class Question:
    """One question. `unit` and bounds are of numbers, `choices` of choices."""

    id: str
    type: str
    label: dict[str, str]
    help: dict[str, str]
    required: bool
    unit: str
    least: float | None
    most: float | None
    choices: tuple[dict[str, Any], ...]

    def told(self) -> dict[str, Any]:
        """As a device gets it; nothing that is empty."""
        found: dict[str, Any] = {
            "id": self.id, "type": self.type, "label": self.label, "required": self.required,
        }  # fmt: skip
        more = {
            "help": self.help, "unit": self.unit, "min": self.least, "max": self.most,
            "choices": list(self.choices),
        }  # fmt: skip
        return found | {
            name: value for name, value in more.items() if value not in ("", None, [], {})
        }


@dataclass(frozen=True)
class Checklist:
    """The questions of one kind of report."""

    kind: str
    title: dict[str, str]
    questions: tuple[Question, ...]

    def told(self) -> dict[str, Any]:
        """As a device gets it."""
        return {
            "kind": self.kind,
            "title": self.title,
            "questions": [question.told() for question in self.questions],
        }


def checklists() -> dict[str, Checklist]:
    """By kind of report, in the order of the kinds. Raises ChecklistError."""
    files: dict[str, Path] = {}
    for folder in (SHIPPED, *_own_folder()):
        files |= {path.stem: path for path in sorted(folder.glob("*.toml"))}
    marks = tuple((str(path), path.stat().st_mtime_ns) for path in files.values())
    return _read_all(marks)


def told() -> dict[str, Any]:
    """All of them with a digest, for devices."""
    lists = [one.told() for one in checklists().values()]
    kinds = [{"kind": kind, "label": _named(kind)} for kind in REPORT_KINDS]
    return {"version": digest(canonical([kinds, lists]))[:16], "kinds": kinds, "checklists": lists}


def missing(kind: str, answers: Mapping[str, Any]) -> list[str]:
    """Required questions without an answer."""
    try:
        asked = checklists().get(kind)
    except ChecklistError:
        return []  # a broken file of the office must not stand between an officer and a receipt
    questions = asked.questions if asked else ()
    return [q.id for q in questions if q.required and answers.get(q.id) in (None, "", [])]


def _named(kind: str) -> dict[str, str]:
    """The kind's checklist names it."""
    return checklists()[kind].title


def _own_folder() -> tuple[Path, ...]:
    return (Path(settings.PORTAL_CHECKLISTS),) if settings.PORTAL_CHECKLISTS else ()


@lru_cache(maxsize=4)
def _read_all(marks: tuple[tuple[str, int], ...]) -> dict[str, Checklist]:
    read = {one.kind: one for one in (read_checklist(Path(path)) for path, _mark in marks)}
    return {kind: read[kind] for kind in REPORT_KINDS if kind in read}


def read_checklist(path: Path) -> Checklist:
    """One file. Raises ChecklistError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        if path.stem not in REPORT_KINDS:
            raise ChecklistError(f"no kind of report is called {path.stem}")
        questions = tuple(_question(one) for one in raw.get("question", []))
        if len({question.id for question in questions}) < len(questions):
            raise ChecklistError("two questions have the same id")
        return Checklist(path.stem, _words(raw, "title"), questions)
    except (tomllib.TOMLDecodeError, ChecklistError, TypeError, AttributeError) as error:
        raise ChecklistError(f"{path.name}: {error}") from error


def _question(raw: Mapping[str, Any]) -> Question:
    unknown = set(raw) - {
        "id", "type", "label", "help", "required", "unit", "min", "max", "choices",
    }  # fmt: skip
    name = raw.get("id", "")
    if unknown or not name or not str(name).replace("_", "").isalnum():
        raise ChecklistError(f"question {name!r}: id wrong or unknown keys {sorted(unknown)}")
    if raw.get("type") not in TYPES:
        raise ChecklistError(f"question {name}: type is one of {', '.join(TYPES)}")
    choices = tuple(
        {"value": str(one["value"]), "label": _words(one, "label")}
        for one in raw.get("choices", [])
    )
    if bool(choices) != (raw["type"] in ("choice", "choices")):
        raise ChecklistError(f"question {name}: choices belong to choice and choices")
    return Question(
        id=str(name),
        type=str(raw["type"]),
        label=_words(raw, "label"),
        help=_words(raw, "help") if "help" in raw else {},
        required=bool(raw.get("required", False)),
        unit=str(raw.get("unit", "")),
        least=raw.get("min"),
        most=raw.get("max"),
        choices=choices,
    )


def _words(raw: Mapping[str, Any], name: str) -> dict[str, str]:
    """A text in both languages."""
    found = raw.get(name)
    if not isinstance(found, Mapping) or any(not found.get(language) for language in LANGUAGES):
        raise ChecklistError(f"{name} needs vi and en")
    return {language: str(found[language]) for language in LANGUAGES}
