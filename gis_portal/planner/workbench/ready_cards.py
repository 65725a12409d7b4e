"""The ready questions in the reader's language, with the boxes of their parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gis_portal.planner.templates_ready.catalogue import DATE, Parameter, ReadyQuestion
from gis_portal.planner.workbench.operation_words import version_words
from gis_portal.planner.workbench.page_config import boundary_days
from gis_portal.planner.workbench.sentence import written_day
from layers.errors import PortalError

Json = Any
PREFIX = "p-"


@dataclass(frozen=True)
class Box:
    """One parameter as a box of a form."""

    name: str
    kind: str
    label: str
    unit: str
    value: str
    least: float | None
    most: float | None
    choices: tuple[tuple[str, str], ...]
    unset: str = ""
    error: str = ""


@dataclass(frozen=True)
class ReadyCard:
    """A ready question as its card and its page show it."""

    slug: str
    title: str
    purpose: str
    reading: str
    boxes: tuple[Box, ...]


def ready_cards(questions: Iterable[ReadyQuestion], language: str) -> list[ReadyCard]:
    """All of them."""
    return [ready_card(question, language) for question in questions]


def ready_card(
    question: ReadyQuestion,
    language: str,
    given: Mapping[str, str] | None = None,
    refused: PortalError | None = None,
) -> ReadyCard:
    """One, with what was typed into its boxes, and what is wrong with one of them."""
    return ReadyCard(
        question.slug,
        question.title(language),
        question.purpose(language),
        question.reading(language),
        tuple(_box(each, language, given or {}, refused) for each in question.parameters),
    )


def values_given(posted: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a form by their own names."""
    return {name[len(PREFIX) :]: v for name, v in posted.items() if name.startswith(PREFIX)}


def _box(
    parameter: Parameter, language: str, given: Mapping[str, str], refused: PortalError | None
) -> Box:
    is_here = refused is not None and refused.extra.get("at") == parameter.name
    is_word = parameter.kind == "number" and isinstance(parameter.default, str)
    default = "" if parameter.default is None else str(parameter.default)
    return Box(
        name=PREFIX + parameter.name,
        kind=parameter.kind,
        label=parameter.label(language),
        unit=parameter.unit,
        # A number box holds no words: “previous” stands for an empty one.
        value=given.get(parameter.name) or ("" if is_word else default),
        error=str(refused.detail) if refused is not None and is_here else "",
        unset=version_words(default) if is_word else "",
        least=parameter.least,
        most=parameter.most,
        choices=_choices(parameter, language, given),
    )


def _choices(
    parameter: Parameter, language: str, given: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Days are those between which boundaries changed; another that was typed stays."""
    if parameter.kind != DATE:
        return tuple(
            ("" if c.value is None else str(c.value), c.label(language)) for c in parameter.choices
        )
    day = given.get(parameter.name, "")
    known = boundary_days()
    other = [(day, written_day(day, language))] if day and day not in dict(known) else []
    return (*known, *other)
