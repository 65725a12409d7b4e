"""Vietnamese text without accents, in lower case: how search text is stored and how queries are
compared.

`folded` is for comparing (`layers.values.fold` with single spaces); `fold_aligned` keeps one
character for one, so that a match found in the folded text can be cut out of the original
("TĐ03-2014" must come back with its Đ).
"""

import re
import unicodedata

from layers.values import fold

# Letters that NFD does not take apart.
_WHOLE_LETTERS = {"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"}


def fold_aligned(text: str) -> str:
    """Lower case without accents, same length as the NFC form of `text`."""
    return "".join(_fold_letter(letter) for letter in unicodedata.normalize("NFC", text))


def folded(text: str) -> str:
    """Lower case, no accents, đ as d, spaces single and trimmed; NFC and NFD give the same."""
    return " ".join(fold(text).split())


def words(text: str) -> list[str]:
    """Folded words of letters and digits, in order."""
    return re.findall(r"[^\W_]+", fold(text))


def spelt(text: str) -> list[str]:
    """Words as written, in lower case with their accents: who types accents means them."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold())


def _fold_letter(letter: str) -> str:
    whole = _WHOLE_LETTERS.get(letter)
    if whole:
        return whole
    base = unicodedata.normalize("NFD", letter)[0].lower()
    # "İ".lower() has two characters; alignment matters more than that dot.
    return base[0]
