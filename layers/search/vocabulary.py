"""The words that the texts of the live versions hold, and in how many rows: what there is to be
found, asked before the rows are.

The list is made by the database when a version is sealed (`migrations/sql/search.sql`). Words with
digits and single letters are not in it: they are looked for as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

# Beginnings of words: "tra" stands for so many of those that are most often there.
MAX_ENDINGS = 30
MAX_NEAR = 600
# From this length on a word may hold more slips than one.
LONG = 7
_BEHIND_ALL = "\U0010ffff"
_HELD = """SELECT asked.place, version, held.word, held.rows
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS asked(word, until, place),
  unnest(%s::bigint[]) AS version,
LATERAL (
  SELECT word, rows FROM layers_searchword
  WHERE version_id = version AND word >= asked.word COLLATE "C" AND word < asked.until COLLATE "C"
  ORDER BY word <> asked.word, rows DESC LIMIT %s
) AS held"""
_NEAR = """SELECT word, sum(rows) FROM layers_searchword
WHERE version_id = ANY(%s) AND slips && %s::text[] GROUP BY word ORDER BY 2 DESC LIMIT %s"""
_NEAR_LONG = """SELECT near.word, sum(near.rows) FROM unnest(%s::text[]) AS typed,
LATERAL (SELECT word, rows FROM layers_searchword
  WHERE version_id = ANY(%s) AND word %% typed
  ORDER BY similarity(word, typed) DESC LIMIT 20) AS near
GROUP BY near.word"""


@dataclass(frozen=True)
class Meant:
    """One typed word as a version's rows may hold it. `rows` None: nobody counted (digits)."""

    words: tuple[str, ...]
    rows: int | None = None


def held_words(versions: Sequence[int], asked: Sequence[str]) -> dict[int, list[Meant | None]]:
    """version → each asked word as its rows hold it, None where none does.

    The last word may be unfinished, so may a word that is nowhere whole.
    """
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    until = [word + _BEHIND_ALL for word in asked]
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [list(asked), until, list(versions), MAX_ENDINGS])
        for place, version, word, rows in cursor.fetchall():
            found.setdefault((version, place - 1), []).append((word, rows))
    last = len(asked) - 1
    return {
        version: [
            _meant(word, found.get((version, place), []), may_go_on=place == last)
            for place, word in enumerate(asked)
        ]
        for version in versions
    }


def _meant(asked: str, held: list[tuple[str, int]], *, may_go_on: bool) -> Meant | None:
    if len(asked) == 1 or any(letter.isdigit() for letter in asked):
        return Meant((asked,))
    whole = [one for one in held if one[0] == asked]
    taken = whole if whole and not may_go_on else held
    if not taken:
        return None
    return Meant(tuple(word for word, _rows in taken), sum(rows for _word, rows in taken))


def near_words(versions: Sequence[int], cut: Sequence[str], long: Sequence[str]) -> dict[str, int]:
    """Words one slip from those that `cut` was made of (`slips.deletions`), and words that resemble
    the long ones; with how many rows hold them.
    """
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [list(versions), list(cut), MAX_NEAR])
        found.update((word, int(rows)) for word, rows in cursor.fetchall())
        if long:
            cursor.execute(_NEAR_LONG, [list(long), list(versions)])
            found.update((word, int(rows)) for word, rows in cursor.fetchall())
    return found
