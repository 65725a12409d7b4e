"""Sentences that were written down in the portal's own language, told in the reader's.

Reports of imports and hints of field types are, with figures and names filled in. What
was fixed words can be looked up as it stands; a sentence with something filled in is found by its
pattern, and what was filled in is put into the other language's sentence.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, trans_real

_GAP = re.compile(r"%(?:\((\w+)\))?[sd]")
# A pattern with fewer letters of its own would fit what it does not mean.
_LETTERS = 6
_MOST = 2_000


def in_language(text: str) -> str:
    """The text in the reader's language, line by line, as far as its sentences are known."""
    if not text or get_language() == settings.LANGUAGE_CODE:
        return text
    whole = gettext(text)
    return whole if whole != text else "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    known = gettext(line) if line else line
    if known != line or len(line) > _MOST:
        return known
    for beginning, pattern, other in _sentences(get_language() or settings.LANGUAGE_CODE):
        found = pattern.fullmatch(line) if line.startswith(beginning) else None
        if found:
            return _filled(other, found)
    return line


def _filled(other: str, found: re.Match[str]) -> str:
    """The other language's sentence with what the pattern found; fixed words in turn."""
    named = {name[1:]: _line(value) for name, value in found.groupdict().items() if value}
    places = iter(found.groups())
    return _GAP.sub(
        lambda gap: named.get(gap[1], "") if gap[1] else _line(next(places)), other
    ).replace("%%", "%")


@cache
def _sentences(language: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """(beginning, pattern, translation) of every sentence with gaps, the longest first."""
    found = sorted(_with_gaps(language), key=lambda pair: -len(_GAP.sub("", pair[0])))
    return tuple((_GAP.split(said)[0].replace("%%", "%"), _pattern(said), o) for said, o in found)


def _with_gaps(language: str) -> Iterator[tuple[str, str]]:
    catalogue: Any = trans_real.translation(language)
    for said, other in catalogue._catalog.items():
        if isinstance(said, str) and other and _GAP.search(said):
            letters = sum(letter.isalpha() for letter in _GAP.sub("", said))
            if letters >= _LETTERS:
                yield said, other


def _pattern(said: str) -> re.Pattern[str]:
    """What a sentence may have become; a name that stands twice is the same twice."""
    parts, seen, end = [], set(), 0
    for gap in _GAP.finditer(said):
        parts.append(re.escape(said[end : gap.start()].replace("%%", "%")))
        name = f"_{gap[1]}" if gap[1] else ""
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)" if name else "(.*?)")
        seen.add(name or None)
        end = gap.end()
    return re.compile("".join([*parts, re.escape(said[end:].replace("%%", "%"))]), re.DOTALL)
