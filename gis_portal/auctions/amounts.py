"""Sums of money as notices write them: in figures, and in words so that no digit can be misread."""

from decimal import Decimal, InvalidOperation

from layers.values import BadValue, fold, parse_number

_VI = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_VI_SIZES = ("", "nghìn", "triệu")
_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_EN_SIZES = ("", "thousand", "million", "billion", "trillion", "quadrillion")
# What people type after a number.
_SIZES = {
    **dict.fromkeys(("ty", "ti", "billion", "bn", "b"), 10**9),
    **dict.fromkeys(("trieu", "tr", "million", "m"), 10**6),
    **dict.fromkeys(("nghin", "ngan", "k", "thousand"), 10**3),
}


def in_words(amount: float, language: str) -> str:
    """3619200000 → `Ba tỷ sáu trăm mười chín triệu hai trăm nghìn đồng`; whole đồng."""
    number = round(amount)
    words = _english(number) if language == "en" else _vietnamese(number)
    return f"{words[:1].upper()}{words[1:]} đồng"


def _vietnamese(number: int) -> str:
    """Groups of three; from a tỷ on the names begin anew, as in `một nghìn tỷ`."""
    above, below = divmod(number, 10**9)
    words = []
    if above:
        words = [_vietnamese(above), "tỷ"]
    for place in (2, 1, 0):
        group = below // 1000**place % 1000
        if group:
            words += _vi_group(group, whole=bool(words))
            words += [_VI_SIZES[place]] if place else []
    return " ".join(words) or _VI[0]


def _vi_group(group: int, *, whole: bool) -> list[str]:
    """1–999; `whole` names the hundreds even where there are none, as behind a larger group."""
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [_VI[hundreds], "trăm"] if hundreds or whole else []
    if tens > 1:
        words += [_VI[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones == 5 and tens:
        words.append("lăm")
    elif ones == 1 and tens > 1:
        words.append("mốt")
    elif ones:
        words.append(_VI[ones])
    return words


def _english(number: int) -> str:
    words = []
    for place in range(len(_EN_SIZES) - 1, -1, -1):
        group = number // 1000**place % 1000
        if group:
            words += [_en_group(group), *([_EN_SIZES[place]] if place else [])]
    return " ".join(words) or _EN[0]


def _en_group(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    words = [f"{_EN[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        words.append(_EN_TENS[tens - 2] + (f"-{_EN[ones]}" if ones else ""))
    elif rest:
        words.append(_EN[rest])
    return " and ".join(words)


def parse_amount(text: str) -> float:
    """What a person types for a sum: `2 tỷ`, `1,5 tỷ`, `500 triệu`, `850.000`. Raises BadValue."""
    folded = fold(text).strip()
    for currency in ("dong", "vnd", "d"):
        folded = folded.removesuffix(currency).rstrip()
    letters = folded.lstrip("0123456789., ")
    size = _SIZES.get(letters) if letters else 1
    figures = folded.removesuffix(letters).strip()
    if size is None or not figures:
        raise BadValue("not-an-amount", "")
    if size == 1:
        # Money has no fractions: 850.000 is eight hundred and fifty thousand.
        figures = figures.replace(".", "").replace(",", "").replace(" ", "")
    try:
        return float(parse_number(figures) * Decimal(size))
    except (InvalidOperation, OverflowError) as error:
        raise BadValue("not-an-amount", "") from error
