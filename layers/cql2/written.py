"""A filter as it was written: CQL2 text or JSON, read into one tree, the shape of CQL2 JSON.

The tree is not checked here: `layers.cql2.compiler` decides what it means. It remembers which piece
of the text each part came from, so that an error can point at it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from layers.cql2.limits import Meter
from layers.cql2.refusal import SyntaxRefusal
from layers.cql2.text_parser import TextParser

Language = Literal["cql2-text", "cql2-json"]
SHOWN = 80


@dataclass(frozen=True)
class Written:
    """The tree, and where its parts stand in the text: by identity, from and to."""

    text: str
    tree: Any
    places: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def place(self, node: Any) -> tuple[str, int | None]:
        """A part as it was written, shortened, and the position of its first character (from 1)."""
        span = self.places.get(id(node))
        if span is not None:
            return _shortened(self.text[slice(*span)]), span[0] + 1
        if node is None or self.places:
            return "", None
        try:
            return _shortened(json.dumps(node, ensure_ascii=False, default=str)), None
        except RecursionError:
            return "", None


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def read(text: str, language: Language, meter: Meter) -> Written:
    """The tree of a filter. Raises SyntaxRefusal, TooLarge."""
    meter.check_length(text)
    if not text.strip():
        raise SyntaxRefusal(None, _("Bộ lọc để trống."))
    if language == "cql2-json":
        return Written(text, _read_json(text))
    try:
        return _read_text(text, meter, escaping=True)
    except SyntaxRefusal as refusal:
        if "\\'" not in text:
            raise
        try:
            return _read_text(text, meter, escaping=False)
        except SyntaxRefusal:
            raise refusal from None


def _read_text(text: str, meter: Meter, *, escaping: bool) -> Written:
    parser = TextParser(text, meter, escaping=escaping)
    tree = parser.parse()
    return Written(text, tree, parser.places)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise SyntaxRefusal(error.pos, _("Không đọc được JSON của bộ lọc.")) from error
    except (ValueError, RecursionError, ArithmeticError) as error:  # digits or brackets by the 1000
        raise SyntaxRefusal(None, _("Không đọc được JSON của bộ lọc.")) from error


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON
