"""What Vietnamese typing methods leave behind when they are off: `vuxng tauf` (Telex), `vu4ng ta2u`
(VNI).

Reads one folded word and touches no database. What comes out is a guess: `spelling` believes it
only where such a word exists.
"""

import re

# A syllable without accents: where it begins, its vowels, how it may end.
_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx]"
SYLLABLE = re.compile(rf"(?:{_ONSET})?[aeiouy]{{1,3}}(?:ch|ng|nh|[cmnpt])?")
MAX_SYLLABLE = 7
_FIRST_VOWEL = re.compile(r"[aeiouyw]")
_TONES = re.compile(r"[sfrxjz]")
_DOUBLED = re.compile(r"([aeo])\1")
# `data` is dât: the second letter of a pair may be typed after the end of the word.
_APART = re.compile(r"([aeo])([^aeo]+)\1$")


def meant(word: str) -> list[str]:
    """Syllables that the word's keys would have made with Telex or VNI on, besides the word."""
    found = [_untelexed(word) if word.isalpha() else _without_vni(word)]
    return [one for one in found if len(one) > 1 and one != word and SYLLABLE.fullmatch(one)]


def _untelexed(word: str) -> str:
    """`vuxng` → `vung`, `ddaast` → `dat`, `trwowfng` → `truong`."""
    vowel = _FIRST_VOWEL.search(word)
    if vowel is None:
        return ""
    onset, rest = word[: vowel.start()], word[vowel.start() :]
    rest = _TONES.sub("", rest)
    if rest.startswith("w"):
        rest = f"u{rest[1:]}"
    rest = _DOUBLED.sub(r"\1", rest.replace("w", ""))
    if not SYLLABLE.fullmatch(onset.replace("dd", "d") + rest):
        rest = _APART.sub(r"\1\2", rest)
    return onset.replace("dd", "d") + rest


def _without_vni(word: str) -> str:
    """`vu4ng` → `vung`, `d9a6t1` → `dat`; a number alone, or one before letters, is none."""
    return re.sub(r"[1-9]", "", word) if re.fullmatch(r"[a-z]+[1-9][a-z1-9]*", word) else ""


# Spoken alike somewhere in the country, and mixed up in writing.
_ONSETS = ("ch tr", "s x", "d gi r v", "l n", "c k q", "g gh", "ng ngh")
_CODAS = ("n ng nh", "t c ch")
_PARTS = re.compile(rf"({_ONSET})?([aeiouy]{{1,3}})(ch|ng|nh|[cmnpt])?")


def sounds_like(word: str) -> set[str]:
    """Other spellings of a syllable that sound the same or nearly: `cham` → `tram`, `mi` → `my`."""
    parts = _PARTS.fullmatch(word)
    if parts is None or len(word) < 2:
        return set()
    onset, vowels, coda = (part or "" for part in parts.groups())
    spelt = {vowels, vowels[:-1] + {"i": "y", "y": "i"}.get(vowels[-1], vowels[-1])}
    found = {
        one + two + three
        for one in _mixed_up(onset, _ONSETS)
        for two in spelt
        for three in _mixed_up(coda, _CODAS)
    }
    return found - {word}


def _mixed_up(part: str, groups: tuple[str, ...]) -> set[str]:
    return {part}.union(*(group.split() for group in groups if part in group.split()))


def syllables(word: str, known: set[str]) -> list[str]:
    """The fewest known syllables that the word is written together from, or none: `vungtau`."""
    best: list[list[str] | None] = [[], *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - MAX_SYLLABLE), end):
            before, piece = best[start], word[start:end]
            if before is None or piece not in known:
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = [*before, piece]
    return best[-1] or []


def pieces(word: str) -> set[str]:
    """Every part of the word that could be a syllable of its own."""
    found = {
        word[start:end]
        for start in range(len(word))
        for end in range(start + 1, min(len(word), start + MAX_SYLLABLE) + 1)
    }
    return {piece for piece in found if len(piece) > 1 and SYLLABLE.fullmatch(piece)}
