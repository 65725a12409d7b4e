"""How far one word is from another in slips of the finger: a letter wrong, missing, too many, or
two swapped.

Text only. The database finds candidates by `deletions` (the function portal_slips there is the
same); `slips_between` counts.
"""


def deletions(word: str) -> set[str]:
    """The word and all that is left when one letter is taken out."""
    return {word} | {word[:cut] + word[cut + 1 :] for cut in range(len(word))}


def is_one_slip(typed: str, word: str) -> bool:
    """At most one slip between them; quick, for long lists of words."""
    if abs(len(typed) - len(word)) > 1:
        return False
    start = 0
    shorter = min(len(typed), len(word))
    while start < shorter and typed[start] == word[start]:
        start += 1
    left, right = typed[start:], word[start:]
    if left[1:] == right[1:] or left == right[1:] or left[1:] == right:
        return True
    return left[:2] == right[1::-1] and left[2:] == right[2:] and len(left) > 1


def slips_between(typed: str, word: str, most: int = 2) -> int:
    """Number of slips; `most` + 1 stands for more."""
    if abs(len(typed) - len(word)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(word) + 1))
    for row, letter in enumerate(typed, start=1):
        now = [row]
        for column, other in enumerate(word, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and letter == word[column - 2]
            if swapped and typed[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return min(last[-1], most + 1)
