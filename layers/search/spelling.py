"""What may have been meant where nothing is called as typed: slips of the finger, keys of Telex and
VNI, words written together.

Each typed word gets the known words that it may stand for: those of units' names, old and new, of
the layers' own words and of their features' texts (`vocabulary`). Neighbours in a name speak for
each other: "lonh dien" is Long Điền, not Linh Điền. Asked only when nothing was found.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from layers.models import Layer
from layers.search import keyboard
from layers.search.features import version_ids
from layers.search.fold import fold_aligned, words
from layers.search.slips import deletions, is_one_slip, slips_between
from layers.search.vocabulary import LONG, near_words
from layers.units import SHORT_FORMS, names_of_all_units

MAX_PHRASES = 3
MAX_WORDS = 12
# So many readings of a word are followed, and so many of the text.
_READINGS, _BEAM = 8, 24
# What a reading costs: the less, the likelier.
_KEYS, _SOUND, _SLIP, _FIRST_LETTER, _LONG, _TOGETHER, _UNKNOWN = (
    0.4, 0.8, 1.0, 0.4, 2.0, 0.8, 4.0,
)  # fmt: skip
_NEIGHBOURS, _OFTEN = 0.7, 0.04
# Words of an address and of a parcel, as people say them.
_SAID = (
    "so thua dat so to ban do so", "thua so", "to so", "thua 1", "to 1", "so 1", "thi tran",
    "thi xa", "thanh pho", "phuong",
    "xa", "huyen", "quan", "tinh", "dac khu", "duong", "khu pho", "ap", "thon", "cu",
)  # fmt: skip
# What offices and maps write short, besides `layers.units.SHORT_FORMS`; both ways are tried.
_SHORT_FORMS = {
    "ql": "quoc lo", "tl": "tinh lo", "dt": "duong tinh", "dh": "duong huyen",
    "kcn": "khu cong nghiep", "ccn": "cum cong nghiep", "kdc": "khu dan cu",
    "ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "bql": "ban quan ly",
    "ttptqd": "trung tam phat trien quy dat", "bv": "benh vien", "tt": "trung tam",
    "thcs": "trung hoc co so", "thpt": "trung hoc pho thong", "mn": "mam non",
    "cty": "cong ty", "nvh": "nha van hoa", "vh": "van hoa", "cv": "cong vien",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_NUMBER = "1"


@dataclass
class _Known:
    """Words that exist (with the rows that hold them), and which stand beside each other."""

    rows: dict[str, int] = field(default_factory=dict)
    neighbours: set[tuple[str, str]] = field(default_factory=set)

    def learn(self, names: Iterable[str]) -> None:
        for name in names:
            said = [_NUMBER if word.isdigit() else word for word in words(name)]
            self.rows.update((word, 1) for word in said if word not in self.rows)
            self.neighbours.update(pairwise(said))


@dataclass(frozen=True)
class _Reading:
    """A word, or words, for a typed one."""

    words: tuple[str, ...]
    cost: float

    @property
    def said(self) -> tuple[str, ...]:
        """The words as `_Known` has them: every number is alike."""
        return tuple(_NUMBER if word.isdigit() else word for word in self.words)


def phrases(layers: Sequence[Layer], text: str) -> list[str]:
    """The text with its words corrected, the likeliest first; none when all are known as typed."""
    folded = fold_aligned(text).strip()
    spans = [found.span() for found in _WORD.finditer(folded)][:MAX_WORDS]
    asked = [folded[start:end] for start, end in spans]
    known = _known(layers, asked)
    found = [phrase for phrase in _shortened(folded) if phrase != folded]
    for chosen in _likeliest([_readings(word, known) for word in asked], known):
        phrase = _put_in(folded, spans, chosen)
        exists = all(one.cost < _UNKNOWN for one in chosen)
        if exists and phrase != folded and phrase not in found and _is_likely(asked, chosen, known):
            found.append(phrase)
    return found[:MAX_PHRASES]


def _shortened(text: str) -> list[str]:
    """Short forms written out, and long ones written short: `ql51`, `uy ban nhan dan`."""
    apart = re.sub(r"\b([a-z]{2,5})(?=\d)", lambda m: m[0] + " " * (m[1] in _SHORT_FORMS), text)
    out = _WORD.sub(lambda found: _SHORT_FORMS.get(found[0], found[0]), apart)
    short = text
    for form, long in _SHORT_FORMS.items():
        short = re.sub(rf"\b{long}\b", form, short)
    return [one for one in (out, short) if one != text]


def _is_likely(asked: Sequence[str], chosen: Sequence[_Reading], known: _Known) -> bool:
    """Words that exist are taken for others only where a name says so together with a word that
    stays: `vung tua` is Vũng Tàu, but “sở” is no slip for “số”.
    """
    both = list(zip(asked, chosen, strict=True))
    stays = {one.words for word, one in both if one.words == (word,)}
    for place, (word, one) in enumerate(both):
        if one.words == (word,) or word not in known.rows:
            continue
        beside = [
            other for _word, other in (*both[max(0, place - 1) : place], *both[place + 1 :][:1])
        ]
        if not any(
            other.words in stays and not known.neighbours.isdisjoint(_pairs(one, other))
            for other in beside
        ):
            return False
    return True


def _pairs(one: _Reading, other: _Reading) -> set[tuple[str, str]]:
    return {(one.said[-1], other.said[0]), (other.said[-1], one.said[0])}


def _put_in(text: str, spans: list[tuple[int, int]], chosen: Sequence[_Reading]) -> str:
    """The text with other words in the same places: its commas and slashes stay."""
    parts, end = [], 0
    for (start, stop), reading in zip(spans, chosen, strict=True):
        parts += [text[end:start], " ".join(reading.words)]
        end = stop
    return "".join([*parts, text[end:]])


def _known(layers: Sequence[Layer], asked: Sequence[str]) -> _Known:
    known = _Known()
    known.learn(_SAID)
    known.learn(SHORT_FORMS)
    known.learn(SHORT_FORMS.values())
    for layer in layers:
        parsed = layer.parsed
        known.learn((parsed.title.vi, parsed.title.en, *parsed.search_words))
    known.learn(names_of_all_units())
    written = [word for word in asked if not word.isdigit()]
    cut = {one for word in written for one in deletions(word)}
    cut.update(one for word in written for one in keyboard.meant(word))
    cut.update(one for word in written for one in keyboard.sounds_like(word))
    cut.update(one for word in written if len(word) > 4 for one in keyboard.pieces(word))
    long = [word for word in written if len(word) >= LONG]
    for word, rows in near_words(version_ids(layers), sorted(cut), long).items():
        known.rows[word] = known.rows.get(word, 0) + rows
    return known


def _readings(typed: str, known: _Known) -> list[_Reading]:
    """What the word may stand for, the cheapest first; itself where it is known or a number."""
    if typed.isdigit():
        return [_Reading((typed,), 0)]
    found: dict[tuple[str, ...], float] = {(typed,): 0.0 if typed in known.rows else _UNKNOWN}
    for word in keyboard.meant(typed):
        if word in known.rows:
            found[(word,)] = _KEYS
    for word in keyboard.sounds_like(typed):
        if word in known.rows:
            found.setdefault((word,), _SOUND)
    if len(typed) > 1 and typed.isalpha():
        for word in known.rows:
            cost = _slip_cost(typed, word)
            if cost is not None:
                found.setdefault((word,), cost - _OFTEN * math.log10(known.rows[word]))
        apart = keyboard.syllables(typed, known.rows.keys() - {typed}) if len(typed) > 4 else []
        if apart:
            found.setdefault(tuple(apart), _TOGETHER)
    best = sorted(found.items(), key=lambda reading: reading[1])[:_READINGS]
    return [_Reading(*one) for one in best]


def _slip_cost(typed: str, word: str) -> float | None:
    if len(typed) == 1 or len(word) == 1 or word == typed:
        return None
    # The first letter is seldom the wrong one.
    first = 0 if typed[0] == word[0] else _FIRST_LETTER
    if is_one_slip(typed, word):
        return _SLIP + first
    if min(len(typed), len(word)) >= LONG and not first and slips_between(typed, word) <= 2:
        return _LONG
    return None


def _likeliest(readings: list[list[_Reading]], known: _Known) -> list[list[_Reading]]:
    """Whole texts, one reading a word, by cost: words that stand beside each other in a name are
    cheaper together.
    """
    beam: list[tuple[float, list[_Reading]]] = [(0.0, [])]
    for choices in readings:
        longer = [
            (cost + one.cost - _gain(so_far, one, known), [*so_far, one])
            for cost, so_far in beam
            for one in choices
        ]
        beam = sorted(longer, key=lambda path: path[0])[:_BEAM]
    return [chosen for _cost, chosen in beam]


def _gain(so_far: list[_Reading], one: _Reading, known: _Known) -> float:
    run = [*(so_far[-1].said[-1:] if so_far else ()), *one.said]
    return _NEIGHBOURS * sum(pair in known.neighbours for pair in pairwise(run))
