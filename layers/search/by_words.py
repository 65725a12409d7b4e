"""Features by the words of their searchable public fields: all of them in any order, or most.

Which versions hold the words at all is asked of their vocabulary first, so that only those rows are
looked at that can fit; and the way to them is chosen by how many there are.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any

from layers.models import Layer
from layers.search.features import Hit, results_of, show, version_ids
from layers.search.fold import spelt, words
from layers.search.order import LAST, order_columns
from layers.search.results import Result
from layers.search.vocabulary import Meant, held_words

# Of each version so many matches are compared before the best are shown.
CANDIDATES = 60
# So many times what is asked for is looked at for its accents.
MORE = 3
# Words that more rows hold are common: the first rows are walked instead of an index of them all.
COMMON = 100_000
WALKED = 4_000
# A word that a larger share of the rows holds is not looked for by the index beside a rarer one.
EVERYWHERE = 0.3
MAX_WORDS = 12
# Most of the words: of so many of the rarest, two at a time.
RAREST = 3

_HIT = """(WITH hit AS MATERIALIZED (
  SELECT version_id, id, search, properties FROM {rows}
  WHERE version_id = %s AND search <> '' AND {condition}
) SELECT * FROM hit LIMIT %s)"""
_ROWS = "layers_feature"
_WALK = """(SELECT version_id, id, unit_id, search, properties FROM layers_feature
  WHERE version_id = %s AND search <> '' LIMIT %s) AS walked"""
# What is over comes after what is not; equally near ones stand in their layer's own order. All by
# words that are there: similarity by trigrams took longer than finding.
_RANKED = """SELECT version_id, id, row_number() OVER (
  ORDER BY place = {last}, whole DESC, beside DESC, place, due, size, id
) AS rank
FROM (
  SELECT version_id, id, length(search) AS size,
    (SELECT count(*) FROM unnest(%s::text[]) AS pair WHERE strpos(' ' || search || ' ', pair) > 0)
      AS beside,
    cardinality(ARRAY(SELECT unnest(portal_words(search)) INTERSECT SELECT unnest(%s::text[])))
      AS whole, {order}
  FROM ({hits}) AS hits
) AS candidates ORDER BY rank LIMIT %s"""
_HOLDS = "portal_words(search) && %s::text[]"


def by_words(
    layers: Sequence[Layer], text: str, *, limit: int, units: Collection[int] | None = None
) -> list[Result]:
    """Features whose searchable text holds every word, the closest first; in `units` only, when
    given.
    """
    asked = words(text)[:MAX_WORDS]
    if not asked or max(map(len, asked)) < 2:
        return []
    whole = _whole(held_words(version_ids(layers), asked))
    counts = {
        one.live_version.pk: one.live_version.feature_count for one in layers if one.live_version
    }
    for is_first in (True, False):
        branches = [
            _hit(
                version,
                _rarest_first(meant, counts[version]),
                units,
                walks=is_first and units is None and _are_common(meant),
            )
            for version, meant in whole.items()
            if is_first or (units is None and _are_common(meant))
        ]
        found = _ranked(layers, text, asked, branches, limit)
        if found:
            return found
    return []


def by_most_words(
    layers: Sequence[Layer], text: str, *, limit: int, units: Collection[int] | None = None
) -> list[Result]:
    """Features that hold at least two of three or more words, among them two of the rarest."""
    asked = words(text)[:MAX_WORDS]
    if len(asked) < RAREST:
        return []
    branches = []
    for version, held in held_words(version_ids(layers), asked).items():
        known = [meant for meant in held if meant is not None]
        rarest = sorted(known, key=lambda meant: meant.rows or 0)[:RAREST]
        if len(rarest) > 1 and not _are_common(rarest[:2]):
            branches.append(_pairs(version, rarest, units))
    return _ranked(layers, text, asked, branches, limit)


def _whole(held: dict[int, list[Meant | None]]) -> dict[int, list[Meant]]:
    """The versions that hold every word."""
    found = {version: [one for one in meant if one is not None] for version, meant in held.items()}
    return {version: meant for version, meant in found.items() if len(meant) == len(held[version])}


def _rarest_first(meant: Sequence[Meant], count: int) -> list[tuple[Meant, str]]:
    """Each word with its condition: the index is asked for the rarer ones, and the rows that it
    gives for what most rows hold anyway ("ubnd", "xa"): a list of a million rows takes 30 ms.
    """
    ordered = sorted(meant, key=lambda one: one.rows or 0)
    asked_of_rows = [one.rows is not None and one.rows > EVERYWHERE * count for one in ordered]
    asked_of_rows[0] = False
    return [
        (one, f"({_HOLDS}) IS TRUE" if of_rows else _HOLDS)
        for one, of_rows in zip(ordered, asked_of_rows, strict=True)
    ]


def _are_common(meant: Sequence[Meant]) -> bool:
    counted = [one.rows for one in meant if one.rows is not None]
    return len(counted) == len(meant) and min(counted) > COMMON


Branch = tuple[str, list[Any]]


def _hit(
    version: int,
    meant: Sequence[tuple[Meant, str]],
    units: Collection[int] | None,
    *,
    walks: bool,
) -> Branch:
    conditions = [condition for _one, condition in meant]
    bound: list[Any] = [version, *(list(one.words) for one, _condition in meant)]
    if units is not None:
        conditions.append("unit_id = ANY(%s)")
        bound.append(sorted(units))
    rows = _WALK if walks else _ROWS
    before: list[Any] = [version, WALKED] if walks else []
    sql = _HIT.format(rows=rows, condition=" AND ".join(conditions))
    return sql, [*before, *bound, CANDIDATES]


def _pairs(version: int, rarest: Sequence[Meant], units: Collection[int] | None) -> Branch:
    """Any two of them."""
    pairs = [(a, b) for n, a in enumerate(rarest) for b in rarest[n + 1 :]]
    condition = " OR ".join([f"({_HOLDS} AND {_HOLDS})"] * len(pairs))
    bound: list[Any] = [list(one.words) for pair in pairs for one in pair]
    condition = f"({condition})"
    if units is not None:
        condition += " AND unit_id = ANY(%s)"
        bound.append(sorted(units))
    return _HIT.format(rows=_ROWS, condition=condition), [version, *bound, CANDIDATES]


def _ranked(
    layers: Sequence[Layer],
    typed: str,
    asked: Sequence[str],
    branches: Sequence[Branch],
    limit: int,
) -> list[Result]:
    """Whole words first, then those that stand beside each other as typed, then short texts."""
    if not branches:
        return []
    phrase = " ".join(asked)
    # The last word may be unfinished.
    ends = [" "] * (len(asked) - 2) + [""]
    pairs = [f" {a} {b}{end}" for (a, b), end in zip(pairwise(asked), ends, strict=False)]
    order, order_values = order_columns(layers)
    sql = _RANKED.format(
        last=LAST,
        order=order,
        hits=" UNION ALL ".join(statement for statement, _bound in branches),
    )
    bound: list[Any] = [pairs, list(asked), *order_values]
    for _statement, values in branches:
        bound += values
    has_accents = not typed.isascii()
    shown = show(layers, sql, [*bound, limit * MORE if has_accents else limit])
    if has_accents:
        # Who types accents means them: Tam Phước is not Trung tâm Phước Hòa.
        said = set(spelt(typed))
        shown.sort(key=lambda hit: -len(said & set(spelt(" ".join(_texts(hit))))))
    return results_of(layers, shown[:limit], phrase)


def _texts(hit: Hit) -> Iterable[str]:
    return (value for value in hit.properties.values() if isinstance(value, str))
