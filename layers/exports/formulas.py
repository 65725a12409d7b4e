"""Cells that a spreadsheet would take for a formula when it opens the file: made harmless.

Names and notes come from strangers' files; `=HYPERLINK(…)` in one must stay a text
(OWASP, "CSV Injection").
"""

import re

# Also the wide forms that East Asian input methods type, and blanks that programs skip.
_STARTS = re.compile(r"[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*([eE][+-]?[0-9]+)?")


def is_formula(text: str) -> bool:
    """It begins as a formula does and is not just a number."""
    return bool(_STARTS.match(text)) and not _NUMBER.fullmatch(text)


def harmless(text: str) -> str:
    """With an apostrophe before it, which spreadsheets read as "this is text"."""
    return f"'{text}" if is_formula(text) else text
