"""Text of Vietnamese files: UTF-8, CP1258, TCVN3 (ABC) and VNI-Windows, decided per column.

Readers hand over raw text as Latin-1 (one character a byte) or as Unicode that may still hold
TCVN3 or VNI letters under their Latin-1 names; the result is NFC. The tables are in
`encoding_tables`, the judge of a guess is `syllables`. Encoders exist for the demo and for tests.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from importers.encoding_tables import TCVN3, VNI
from importers.syllables import count_syllables, has_odd_sign

_SAMPLE = 2000
_PREVIEW = 3
_CP1258_TONES = {
    "\u0300": b"\xcc",
    "\u0309": b"\xd2",
    "\u0303": b"\xde",
    "\u0301": b"\xec",
    "\u0323": b"\xf2",
}
_TCVN3_DECODE = str.maketrans(TCVN3)
_TCVN3_ENCODE = {letter: surface for surface, letter in TCVN3.items()}


def _vni_with_mixed_case() -> dict[str, str]:
    """Typists leave the mark in the other case (`Aù`): the letter decides."""
    table = dict(VNI)
    for surface, letter in VNI.items():
        if len(surface) == 2:
            table.setdefault(surface[0] + surface[1].swapcase(), letter)
    return table


_VNI_DECODE = _vni_with_mixed_case()
# Longest match first: `ôï` is `ợ`, a lone `ô` is `ơ`.
_VNI_SURFACE = re.compile("|".join(sorted(map(re.escape, _VNI_DECODE), key=len, reverse=True)))
_VNI_ENCODE = {letter: surface for surface, letter in VNI.items()} | {
    letter: letter for letter in "íìÍÌ"
}
_LETTER_RUN = re.compile(r"[^\W\d_]+")


def decode_tcvn3(surface: str) -> str:
    """Unicode (NFC) of TCVN3 bytes shown as Latin-1; capitals that TCVN3 lacks are restored."""
    text = unicodedata.normalize("NFC", surface.translate(_TCVN3_DECODE))
    return _restore_capitals(text)


def _restore_capitals(text: str) -> str:
    """`HOμ LONG` decodes to `HOà LONG`: a text without any small untoned letter was in capitals."""
    if text.isupper() or text.islower():
        return text
    untoned = [c for c in text if c.isalpha() and not _has_only_small_form(c)]
    words = _LETTER_RUN.findall(text)
    in_capitals = all(c.isupper() for c in untoned) and any(
        sum(c.isupper() for c in word) > 1 for word in words
    )
    return text.upper() if in_capitals else _restore_titles(text, words)


def _restore_titles(text: str, words: list[str]) -> str:
    """`Huyện ý Yên`: where every other word has a capital, a toned first letter lost its own."""
    lost = [word for word in words if _has_only_small_form(word[0])]
    kept = [word for word in words if not _has_only_small_form(word[0])]
    if not lost or not kept or not all(word[0].isupper() for word in kept):
        return text
    return _LETTER_RUN.sub(lambda m: m.group()[0].upper() + m.group()[1:], text)


def _has_only_small_form(letter: str) -> bool:
    """A small letter whose capital TCVN3 cannot write."""
    return letter in _TCVN3_ENCODE and letter.islower() and letter.upper() not in _TCVN3_ENCODE


def decode_vni(surface: str) -> str:
    """Unicode (NFC) of VNI-Windows bytes shown as Latin-1."""
    text = _VNI_SURFACE.sub(lambda match: _VNI_DECODE[match.group()], surface)
    return unicodedata.normalize("NFC", text)


def decode_cp1258(surface: str) -> str:
    """Unicode (NFC) of Windows-1258 bytes shown as Latin-1: base letter, then combining tone."""
    text = surface.encode("latin-1", "replace").decode("cp1258", "replace")
    return unicodedata.normalize("NFC", text)


def decode_cp1252(surface: str) -> str:
    """Unicode (NFC) of Western bytes shown as Latin-1."""
    text = surface.encode("latin-1", "replace").decode("cp1252", "replace")
    return unicodedata.normalize("NFC", text)


def decode_utf8(surface: str) -> str:
    """Unicode (NFC) of UTF-8 bytes shown as Latin-1; a letter cut at the field's end is dropped.

    Raises UnicodeDecodeError when the bytes are not UTF-8.
    """
    raw = surface.encode("latin-1")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end < len(raw) or error.start < len(raw) - 3:
            raise
        text = raw[: error.start].decode("utf-8")
    return unicodedata.normalize("NFC", text)


def as_is(text: str) -> str:
    """NFC of text that is Unicode already."""
    return unicodedata.normalize("NFC", text)


def encode_tcvn3(text: str) -> bytes:
    """TCVN3 bytes; a toned capital becomes the small letter, as the font .VnTimeH draws it."""
    return _encode(text, lambda c: _TCVN3_ENCODE.get(c) or _TCVN3_ENCODE.get(c.lower()))


def encode_vni(text: str) -> bytes:
    """VNI-Windows bytes. Raises UnicodeEncodeError for letters outside the table."""
    return _encode(text, _VNI_ENCODE.get)


def _encode(text: str, table: Callable[[str], str | None]) -> bytes:
    surface = "".join(
        c if c.isascii() else table(c) or c for c in unicodedata.normalize("NFC", text)
    )
    return surface.encode("latin-1")


def encode_cp1258(text: str) -> bytes:
    """Windows-1258 bytes: base letter with its hat, then the tone as a combining byte."""
    out = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in parts if mark in _CP1258_TONES), "")
        base = unicodedata.normalize("NFC", parts.replace(tone, "")) if tone else letter
        out += base.encode("cp1258") + _CP1258_TONES.get(tone, b"")
    return bytes(out)


def _all_vietnamese(text: str) -> bool:
    good, bad = count_syllables(text)
    return good > 0 and bad == 0


DECODERS: dict[str, Callable[[str], str]] = {
    "utf-8": decode_utf8,
    "cp1258": decode_cp1258,
    "tcvn3": decode_tcvn3,
    "vni": decode_vni,
    "cp1252": decode_cp1252,
    "unicode": as_is,
}
# Order of trust where the text itself does not decide.
_BYTE_CANDIDATES = ("cp1258", "tcvn3", "vni", "cp1252")
_TEXT_CANDIDATES = ("unicode", "tcvn3", "vni")


@dataclass(frozen=True)
class ColumnEncoding:
    """How one column's text was read: `confidence` 0–1, `preview` pairs (as stored, as read)."""

    column: str
    encoding: str
    confidence: float
    preview: tuple[tuple[str, str], ...] = ()

    def decode(self, text: str) -> str:
        """One value as Unicode (NFC). A value that reads badly is tried in the other encodings.

        Registers are pasted together: a TCVN3 column holds rows typed in VNI. The other reading is
        taken only when all its accented words are Vietnamese and this one's are not.
        """
        try:
            read = DECODERS[self.encoding](text)
        except UnicodeError:
            read = decode_cp1252(text)
        if self.encoding not in ("tcvn3", "vni", "cp1258") or not count_syllables(read)[1]:
            return read
        others = (DECODERS[e](text) for e in ("tcvn3", "vni", "cp1258") if e != self.encoding)
        return next((other for other in others if _all_vietnamese(other)), read)


def decide(
    columns: Mapping[str, Iterable[str]], *, raw: bool, declared: str | None = None
) -> dict[str, ColumnEncoding]:
    """Decide each column's encoding from a sample of its values.

    `raw`: the values are bytes shown as Latin-1 (DBF); otherwise they are Unicode that may hide
    TCVN3 or VNI. `declared` is the file's own word (`.cpg`), followed unless the text contradicts.
    A column that fits two encodings equally follows the columns that are certain.
    """
    guesses = {name: _guess(name, values, raw, declared) for name, values in columns.items()}
    certain = [g.encoding for g in guesses.values() if g.confidence >= 0.8]
    if not certain:
        return guesses
    usual = max(sorted(set(certain)), key=certain.count)
    return {name: _follow(guess, columns[name], usual, raw) for name, guess in guesses.items()}


def _guess(name: str, values: Iterable[str], raw: bool, declared: str | None) -> ColumnEncoding:
    sample = _sample(values)
    default = _known(declared) if raw else "unicode"
    if not sample:
        return ColumnEncoding(name, "unicode", 0.0)
    if raw and default in (None, "utf-8") and _is_utf8(sample):
        return _result(name, "utf-8", 1.0, sample)
    candidates: tuple[str, ...] = _BYTE_CANDIDATES if raw else _TEXT_CANDIDATES
    # A UTF-8 text is believed unless the other reading is clearly Vietnamese and it is not.
    if not raw and not all(_is_single_byte(text) for text in sample):
        candidates = ("unicode",)
    order = sorted(candidates, key=lambda c: c != default)
    scores = {candidate: _score(candidate, sample) for candidate in order}
    best = max(order, key=lambda c: scores[c])
    if scores[best] < 0.5:
        # No reading gives Vietnamese: a foreign file, read as declared or as Western text.
        return _result(name, order[0] if default else "cp1252", 0.3, sample)
    second = max((scores[c] for c in order if c != best), default=0.0)
    return _result(name, best, _confidence(scores[best], second), sample)


def _confidence(best: float, second: float) -> float:
    return round(min(1.0, max(0.0, best - second) + 0.5 * best), 2)


def _follow(guess: ColumnEncoding, values: Iterable[str], usual: str, raw: bool) -> ColumnEncoding:
    """An undecided column takes the usual encoding when it reads as well in it.

    Sheet numbers such as `T§03-2014` hold no syllable to decide by; a DBF is typed in one font.
    """
    if guess.confidence >= 0.8 or usual in (guess.encoding, "utf-8"):
        return guess
    sample = _sample(values)
    if not sample or usual not in (_BYTE_CANDIDATES if raw else _TEXT_CANDIDATES):
        return guess
    score = _score(usual, sample)
    if score >= max(0.5, _score(guess.encoding, sample)):
        return _result(guess.column, usual, 0.7, sample)
    undecided = guess.confidence < 0.5 and (raw or any(map(has_odd_sign, sample)))
    if undecided and not any(has_odd_sign(DECODERS[usual](text)) for text in sample):
        return _result(guess.column, usual, 0.6, sample)
    return guess


def _sample(values: Iterable[str]) -> list[str]:
    """Distinct texts with a non-ASCII character: only they tell an encoding."""
    found: dict[str, None] = {}
    for value in values:
        if not value.isascii():
            found[value] = None
            if len(found) >= _SAMPLE:
                break
    return list(found)


def _score(encoding: str, sample: list[str]) -> float:
    """Share of accented words that are Vietnamese syllables in this reading, 0–1."""
    good = bad = 0
    for text in sample:
        try:
            yes, no = count_syllables(DECODERS[encoding](text))
        except UnicodeError:
            yes, no = 0, 1
        good, bad = good + yes, bad + no
    return good / (good + bad) if good + bad else 0.0


def _is_utf8(sample: list[str]) -> bool:
    """Every value decodes, and at least one holds a whole letter of several bytes."""
    try:
        decoded = [decode_utf8(text) for text in sample]
    except UnicodeError:
        return False
    return any(not text.isascii() for text in decoded)


def _is_single_byte(text: str) -> bool:
    return all(character <= "\xff" for character in text)


def _known(declared: str | None) -> str | None:
    """Our name of a `.cpg` or language-driver name, None when it says nothing we know."""
    name = (declared or "").strip().lower().replace("_", "-")
    if name in {"utf-8", "utf8", "65001"}:
        return "utf-8"
    digits = re.sub(r"\D", "", name)
    return {"1258": "cp1258", "1252": "cp1252", "88591": "cp1252"}.get(digits)


def _result(name: str, encoding: str, confidence: float, sample: list[str]) -> ColumnEncoding:
    decoded = ColumnEncoding(name, encoding, confidence)
    preview = tuple((text, decoded.decode(text)) for text in sample[:_PREVIEW])
    return ColumnEncoding(name, encoding, confidence, preview)
