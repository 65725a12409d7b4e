"""How long a text may be that an index or a key holds: one cell must not fail a whole import.

Used by `layers.definition`, whose fields carry the length; a longer cell refuses its row by name.
"""

from typing import Any

# Types whose values have no length of their own.
OPEN_TEXT = ("text", "url", "land_use")
# A B-tree takes 2,704 bytes, a character has up to four.
INDEXED_LENGTH = 600


def most_characters(raw: dict[str, Any], key: tuple[str, ...], problems: list[str]) -> int | None:
    """The length of a [[field]] table's values: as declared, and never without one where they are
    indexed. The parts of a key share one entry of an index.
    """
    declared: int | None = raw.get("max_length")
    is_key = raw.get("name") in key
    indexed = is_key or raw.get("filterable") or raw.get("searchable") == "exact"
    if not indexed or raw.get("type") not in OPEN_TEXT:
        return declared
    most = INDEXED_LENGTH // len(key) if is_key else INDEXED_LENGTH
    if declared is not None and declared > most:
        problems.append(
            f"trường “{raw.get('name')}”: trường khóa, lọc hoặc tìm chính xác có max_length "
            f"không quá {most}"
        )
    return declared or most
