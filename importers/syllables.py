"""Tell a Vietnamese syllable from a string of accented letters.

`importers.encoding` decodes a column several ways and keeps the way that gives real syllables; a
syllable is an onset, a rhyme and at most one tone mark.
"""

import re
import unicodedata
from functools import lru_cache

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx]"
_RHYMES = (
    "a ac ach ai am an ang anh ao ap at au ay ă ăc ăk ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êc êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt "
    "iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng "
    "oăt oc oe oen oeo oet oi om on ong oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơng ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh uêt ui um un ung uôc uôi uôm uôn uông uôt uơ up ut "
    "uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yêm yên yêng yêt yêu"
)
_SYLLABLE = re.compile(
    f"(?:{_ONSET})?(?:{'|'.join(sorted(_RHYMES.split(), key=len, reverse=True))})"
)
_WORD = re.compile(r"[^\W\d_]+")
_NOT_WORD = re.compile(r"[^\w\x00-\x7f]")


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether one word (any case, composed or not) could be a Vietnamese syllable."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    letters = unicodedata.normalize("NFD", word.lower())
    tones = sum(letter in _TONES for letter in letters)
    if tones > 1:
        return False
    bare = "".join(letter for letter in letters if letter not in _TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


def count_syllables(text: str) -> tuple[int, int]:
    """(Vietnamese, other) among the words of `text` that carry a non-ASCII letter.

    A non-ASCII character that is no letter counts as other: `×` inside a name is a sign of TCVN3.
    """
    good = bad = 0
    for word in _WORD.findall(text):
        if not word.isascii():
            if is_syllable(word):
                good += 1
            else:
                bad += 1
    return good, bad + sum(map(_is_odd, _NOT_WORD.findall(text)))


def has_odd_sign(text: str) -> bool:
    """Whether a sign stands in the text that Vietnamese offices do not write."""
    return any(map(_is_odd, _NOT_WORD.findall(text)))


@lru_cache(maxsize=4096)
def _is_odd(sign: str) -> bool:
    """A non-ASCII sign outside punctuation, spaces and the few of areas and angles."""
    allowed = unicodedata.category(sign) in {"Mn", "Zs", "Pd", "Pi", "Pf"}
    return not allowed and sign not in "²³°′″…"
