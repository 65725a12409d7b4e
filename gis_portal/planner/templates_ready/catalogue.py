"""The ready questions: each a file in `questions/`, a document with words and a few parameters.

A parameter names the places of the document that its value takes (JSON Pointer), so a ready
question filled in is a document like any other; nothing of it is computed differently.
"""

import copy
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from layers.definition import Text
from layers.errors import PortalError
from layers.values import group_digits

Json = Any
FOLDER = Path(__file__).resolve().parent / "questions"
NUMBER, CHOICE, DATE = "number", "choice", "date"


class UnknownReadyQuestion(PortalError):
    """No ready question has that name."""

    code, status = "ready-question-unknown", 404
    title = gettext_lazy("Không có câu hỏi mẫu này")
    hint = gettext_lazy("Hãy chọn một câu hỏi mẫu trong danh sách.")


class BadReadyValue(PortalError):
    """A value of a parameter that it cannot take; the detail names it and its limits."""

    code, status = "ready-question-value", 400
    title = gettext_lazy("Giá trị của câu hỏi mẫu chưa đúng")
    hint = gettext_lazy("Hãy sửa ô được nêu rồi gửi lại.")


@dataclass(frozen=True)
class Choice:
    """One value that a parameter may take."""

    value: Json
    label: Text


@dataclass(frozen=True)
class Parameter:
    """What a planner may set: its words, its limits, and where in the document it stands."""

    name: str
    kind: str
    label: Text
    unit: str
    default: Json
    places: tuple[str, ...]
    least: float | None = None
    most: float | None = None
    choices: tuple[Choice, ...] = ()

    def read(self, raw: str) -> Json:
        """A form's text as the value. Raises BadReadyValue."""
        try:
            return self._value(raw.strip())
        except (ValueError, OverflowError, KeyError) as error:
            raise BadReadyValue(self.limits(), at=self.name) from error

    def _value(self, raw: str) -> Json:
        if self.kind == DATE:
            return dt.date.fromisoformat(raw).isoformat()
        if self.kind == CHOICE:
            return {str(choice.value): choice.value for choice in self.choices}[raw]
        value = float(raw)
        if not (self.least or 0) <= value <= (self.most or 1e9):
            raise ValueError(raw)
        return int(value) if value == int(value) else value

    def limits(self) -> str:
        """What it can take, in the reader's language."""
        language = "en" if get_language() == "en" else "vi"
        label = self.label(language)
        if self.kind != NUMBER:
            return label
        words = _("%(label)s: từ %(least)s đến %(most)s %(unit)s") % {
            "label": label,
            "least": group_digits(self.least or 0, None, language),
            "most": group_digits(self.most or 1e9, None, language),
            "unit": self.unit,
        }
        return f"{words.strip()}."


@dataclass(frozen=True)
class ReadyQuestion:
    """A document to start from. `purpose`: when one asks it; `reading`: how to read its answer."""

    slug: str
    title: Text
    purpose: Text
    reading: Text
    parameters: tuple[Parameter, ...]
    _document: Mapping[str, Json]

    def values_in(self, document: Json) -> dict[str, str] | None:
        """The values with which this question would be that document, titles apart; None where no
        values make it so.
        """
        found: dict[str, str] = {}
        try:
            for parameter in self.parameters:
                values = [_at(document, place) for place in parameter.places]
                if any(value != values[0] for value in values):
                    return None
                is_default = values[0] == parameter.default
                found[parameter.name] = "" if is_default else str(values[0])
            made = self.document(found)
        except (BadReadyValue, LookupError, TypeError, ValueError):
            return None
        return found if made == {**document, "title": made["title"]} else None

    def document(self, given: Mapping[str, str] | None = None) -> dict[str, Json]:
        """The document with these values (texts of a form), the rest as they stand by default.
        Raises BadReadyValue.
        """
        filled: dict[str, Json] = copy.deepcopy(dict(self._document))
        for parameter in self.parameters:
            raw = (given or {}).get(parameter.name)
            value = parameter.default if raw in (None, "") else parameter.read(str(raw))
            for place in parameter.places:
                _put(filled, place, value)
        return filled


def _at(document: Json, place: str) -> Json:
    """What stands at a JSON Pointer. Raises LookupError, TypeError, ValueError."""
    for part in place.strip("/").split("/"):
        document = document[int(part) if isinstance(document, list) else part]
    return document


def _put(document: Json, place: str, value: Json) -> None:
    """Set what stands at a JSON Pointer."""
    *way, last = place.strip("/").split("/")
    here = document
    for part in way:
        here = here[int(part) if isinstance(here, list) else part]
    here[int(last) if isinstance(here, list) else last] = value


def ready_for(document: Json) -> tuple[ReadyQuestion, dict[str, str]] | None:
    """The ready question that a document was made of, and its values; None for any other."""
    if not isinstance(document, dict):
        return None
    for question in ready_questions():
        values = question.values_in(document)
        if values is not None:
            return question, values
    return None


@cache
def ready_questions() -> tuple[ReadyQuestion, ...]:
    """All of them, in the order in which people look for them."""
    raw = [json.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.json")]
    return tuple(_question(each) for each in sorted(raw, key=lambda each: each["position"]))


def ready_question(slug: str) -> ReadyQuestion:
    """One of them. Raises UnknownReadyQuestion."""
    for question in ready_questions():
        if question.slug == slug:
            return question
    raise UnknownReadyQuestion


def _question(raw: dict[str, Json]) -> ReadyQuestion:
    return ReadyQuestion(
        slug=raw["slug"],
        title=_text(raw["document"]["title"]),
        purpose=_text(raw["purpose"]),
        reading=_text(raw["reading"]),
        parameters=tuple(_parameter(each) for each in raw["parameters"]),
        _document=raw["document"],
    )


def _parameter(raw: dict[str, Json]) -> Parameter:
    return Parameter(
        name=raw["name"],
        kind=raw["kind"],
        label=_text(raw["label"]),
        unit=raw.get("unit", ""),
        default=raw["default"],
        places=tuple(raw["places"]),
        least=raw.get("min"),
        most=raw.get("max"),
        choices=tuple(Choice(c["value"], _text(c["label"])) for c in raw.get("choices", ())),
    )


def _text(raw: dict[str, str]) -> Text:
    return Text(raw["vi"], raw["en"])
