"""The names of the design tokens, read from their one file, for the page that shows them all."""

import re
from functools import cache
from pathlib import Path

TOKENS = Path(__file__).resolve().parent.parent / "frontend" / "src" / "styles" / "tokens.css"
_COLOUR = re.compile(r"^\s+(--[a-z0-9-]+): (#[0-9a-f]{6});", re.MULTILINE)


@cache
def token_names() -> tuple[str, ...]:
    """The colour tokens in the order of the file; none when the sources are not deployed."""
    if not TOKENS.exists():
        return ()
    light = TOKENS.read_text(encoding="utf-8").split("@media", 1)[0]
    return tuple(name for name, _value in _COLOUR.findall(light))
