"""CQL2 text cut into words: names, numbers, quoted texts, signs; each knows where it stands."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from layers.cql2.refusal import SyntaxRefusal

# Names that mean something wherever they stand; as names of fields they are written in quotes.
KEYWORDS = frozenset("and or not like between in is null true false div".split())
_REST = r"""
    |(?P<space>\s+)
    |"(?P<quoted>[^"]+)"
    |(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>(?:[^\W\d]|:)[\w.:\u0300-\u036f\u203f\u2040]*)
    |(?P<sign><>|<=|>=|[=<>()+\-*/%^,])"""
# A quote within a text is `''` or `\'`, says the standard.
_ESCAPING = re.compile(rf"'(?P<text>(?:[^'\\]|''|\\'|\\(?!'))*+)'{_REST}", re.VERBOSE)
# Programs that know `''` only may write a backslash before it, or at the end of a text.
_DOUBLING = re.compile(rf"'(?P<text>(?:[^']|'')*+)'{_REST}", re.VERBOSE)


@dataclass(frozen=True)
class Word:
    """One word. `kind`: text, quoted, number, name, keyword, sign, or end."""

    kind: str
    value: str
    start: int
    end: int


def words_of(text: str, *, escaping: bool = True) -> list[Word]:
    """All words, the last of kind `end`; `escaping`: a backslash before a quote makes it a part of
    the text. Raises SyntaxRefusal.
    """
    found, at = [], 0
    pattern = _ESCAPING if escaping else _DOUBLING
    while at < len(text):
        match = pattern.match(text, at)
        if match is None:
            raise SyntaxRefusal(at, _unreadable(text[at]))
        kind = match.lastgroup or ""
        if kind != "space":
            value = match[kind]
            if kind == "text":
                value = re.sub(r"''|\\'" if escaping else "''", "'", value)
            found.append(_word(kind, value, at, match.end()))
        at = match.end()
    return [*found, Word("end", "", at, at)]


def _word(kind: str, value: str, start: int, end: int) -> Word:
    if kind == "name" and value.lower() in KEYWORDS:
        kind, value = "keyword", value.lower()
    return Word(kind, value, start, end)


def _unreadable(character: str) -> str:
    if character == "'":
        return _("Chuỗi chữ thiếu dấu nháy đơn đóng.")
    if character == '"':
        return _("Tên trường thiếu dấu nháy kép đóng.")
    return _("Không hiểu ký tự “%s”.") % character
