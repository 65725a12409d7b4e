"""Classes of a field's values in the live version: quantile, equal interval, natural breaks, or the
values themselves. Made by the database and on the server, so that a map's legend is right for the
whole layer and not only for what is on the screen.
"""

from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_portal.planner.compositions.palettes import FEWEST, MOST, PALETTES, UNKNOWN
from layers.cql2 import Queryable, queryables_of
from layers.definition import LayerDefinition
from layers.errors import BadFilter
from layers.heavy import in_turn
from layers.landuse import name_of
from layers.models import Layer
from layers.partitions import feature_table
from layers.values import group_digits, unit_in

METHODS = ("quantile", "equal", "natural")
NUMBERS = ("number", "integer")
WORDS = ("text", "boolean", "date", "unit")
# The distribution is read at so many places: natural breaks are those of this many values.
SAMPLED = 400
SECONDS = 8
HECTARE = 10_000.0
# Decimals of limits, by the narrowest class.
DECIMALS = ((0, 2), (1, 0.2), (2, 0.02), (3, 0.002))
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClassLine:
    """A line of the legend: from (included) to (excluded, but of the last), or one `value`."""

    label: str
    colour: str
    count: int
    low: float | None = None
    high: float | None = None
    value: str | None = None


@dataclass(frozen=True)
class Classes:
    """`missing`: features without a value; `others`: with one beyond the palette."""

    field: str
    label: str
    kind: str
    lines: tuple[ClassLine, ...]
    missing: int
    others: int
    unknown: str = UNKNOWN

    def as_json(self) -> dict[str, Any]:
        """For the browser."""
        return asdict(self)


def themeable(definition: LayerDefinition) -> dict[str, Queryable]:
    """The fields that a map can be coloured by: readable ones with single values."""
    return {
        name: queryable
        for name, queryable in queryables_of(definition).items()
        if queryable.kind in (*NUMBERS, *WORDS)
        and not queryable.synonym_of
        and name not in ("id", "uid")
    }


def classes_of(
    layer: Layer, name: str, *, method: str, count: int, palette: str, language: str
) -> Classes:
    """Raises BadFilter for a field, method, palette or count that there is not."""
    queryable = themeable(layer.parsed).get(name)
    if queryable is None:
        raise BadFilter(_("Lớp này không có trường “%(name)s” để tô màu.") % {"name": name[:60]})
    if method not in METHODS or palette not in PALETTES or not FEWEST <= count <= MOST:
        raise BadFilter(_("Cách chia, bảng màu hoặc số hạng không đúng."))
    assert layer.live_version_id is not None
    label = queryable.field.label(language) if queryable.field else built_in_label(name)
    how = (method, count, palette)
    return _made(layer.live_version_id, queryable, label, how, language)


@lru_cache(512)
def _made(
    version: int, queryable: Queryable, label: str, how: tuple[str, int, str], language: str
) -> Classes:
    """A version never changes: its classes are counted once in this process."""
    if queryable.kind in NUMBERS:
        return _numbers(version, queryable, label, how, language)
    return _values(version, queryable, label, how[2], language)


def built_in_label(name: str) -> str:
    """What every feature has, in words."""
    words = {"area_m2": _("Diện tích"), "length_m": _("Chiều dài"), "unit": _("Mã xã")}
    return str(words.get(name, name))


def edges_of(values: Floats, method: str, count: int) -> list[float]:
    """Limits of classes over sorted values: first the least, last the greatest, none twice."""
    if values.size == 0:
        return []
    if method == "equal":
        edges = np.linspace(values[0], values[-1], count + 1)
    elif method == "quantile":
        edges = np.quantile(values, np.linspace(0, 1, count + 1))
    else:
        edges = np.array([values[0], *natural_breaks(values, count), values[-1]])
    unique = [float(edge) for edge in np.unique(edges)]
    return unique if len(unique) > 1 else [unique[0], unique[0]]


def natural_breaks(values: Floats, count: int) -> list[float]:
    """Fisher's optimum: the inner limits for which the squares within classes sum to the least.

    Dynamic programming over sorted values, O(count · n²) by whole rows of numpy; the values are
    those of the sampled distribution, so n is small.
    """
    n = values.size
    count = min(count, int(np.unique(values).size))
    sums = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values**2)])

    def within(starts: npt.NDArray[np.int64], end: int) -> Floats:
        """Squares within the classes values[start:end]."""
        size = end - starts
        total = sums[end] - sums[starts]
        return np.asarray(squares[end] - squares[starts] - total**2 / size)

    zero = np.array([0])
    best = np.array([0.0, *(within(zero, end)[0] for end in range(1, n + 1))])
    cuts = np.zeros((count + 1, n + 1), dtype=np.int64)
    for number in range(2, count + 1):
        row = np.full(n + 1, np.inf)
        for end in range(number, n + 1):
            starts = np.arange(number - 1, end)
            costs = best[starts] + within(starts, end)
            place = int(np.argmin(costs))
            row[end], cuts[number, end] = costs[place], starts[place]
        best = row
    limits, end = [], n
    for number in range(count, 1, -1):
        end = int(cuts[number, end])
        limits.append(float(values[end]))
    return sorted(limits)


@lru_cache(256)
def _distribution(version: int, expression: str, values: tuple[Any, ...]) -> tuple[Floats, int]:
    """Values at equal shares of the version's, and how many features have none."""
    places = [i / SAMPLED for i in range(SAMPLED + 1)]
    statement = f"""SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY v),
            count(*) - count(v)
        FROM (SELECT ({expression})::float8 AS v FROM {feature_table(version)} f) AS t"""  # noqa: S608 - names of ours
    row = _rows(statement, [places, *values])[0]
    return np.array(row[0] or [], dtype=np.float64), int(row[1])


def _numbers(
    version: int, queryable: Queryable, label: str, how: tuple[str, int, str], language: str
) -> Classes:
    method, count, palette = how
    measure = _measure(queryable, language)
    sampled, missing = _distribution(version, queryable.sql.text, queryable.sql.values)
    edges = edges_of(sampled, method, count)
    pairs = list(pairwise(edges))
    colours = PALETTES[palette].colours(len(pairs)) if pairs else []
    counts = _counted(version, queryable, edges)
    shown = [edge / measure.ones for edge in edges]
    written = [_written(edge, shown, language) for edge in shown]
    lines = [
        ClassLine(
            f"{written[index]} – {written[index + 1]}",
            colours[min(index, len(colours) - 1)],
            counts[index],
            low=low,
            high=high,
        )
        for index, (low, high) in enumerate(pairs)
    ]
    named = f"{label} ({measure.unit})" if measure.unit else label
    return Classes(queryable.name, named, "number", tuple(lines), missing, 0)


@dataclass(frozen=True)
class _Measure:
    """How numbers are read: their unit, and how many of the stored ones make one of it."""

    unit: str
    ones: float = 1.0


def _measure(queryable: Queryable, language: str) -> _Measure:
    """Areas in hectares, whatever they are stored in."""
    built_in = {"area_m2": "m²", "length_m": "m"}.get(queryable.name, "")
    unit = queryable.field.type.unit if queryable.field else built_in
    return _Measure("ha", HECTARE) if unit in ("m²", "m2") else _Measure(unit_in(unit, language))


def _counted(version: int, queryable: Queryable, edges: list[float]) -> list[int]:
    """Features in each class, of all values and not of the sample."""
    if len(edges) < 2:
        return []
    statement = f"""SELECT
            least(width_bucket(({queryable.sql.text})::float8, %s::float8[]), %s), count(*)
        FROM {feature_table(version)} f WHERE ({queryable.sql.text}) IS NOT NULL GROUP BY 1"""  # noqa: S608 - names of ours
    values = queryable.sql.values
    found = dict(_rows(statement, [*values, edges, len(edges) - 1, *values]))
    return [int(found.get(index, 0)) for index in range(1, len(edges))]


def _written(value: float, edges: list[float], language: str) -> str:
    """With as many decimals as the narrowest class needs."""
    narrowest = min(
        (b - a for a, b in pairwise(edges) if b > a), default=max(map(abs, edges)) / 4 or 1.0
    )
    digits = next((n for n, least in DECIMALS if narrowest >= least), 4)
    return group_digits(value, digits, language)


def _values(version: int, queryable: Queryable, label: str, palette: str, language: str) -> Classes:
    expression = queryable.sql.text
    statement = f"""SELECT ({expression})::text AS v, count(*)
        FROM {feature_table(version)} f GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1000"""  # noqa: S608 - names of ours
    rows = _rows(statement, list(queryable.sql.values))
    known = [(str(value), int(n)) for value, n in rows if value not in (None, "")]
    chosen = PALETTES[palette] if PALETTES[palette].kind == "distinct" else PALETTES["distinct"]
    colours = chosen.colours(len(known))
    lines = [
        ClassLine(_said(queryable, value, language), colour, n, value=value)
        for (value, n), colour in zip(known, colours, strict=False)
    ]
    missing = sum(int(n) for value, n in rows if value in (None, ""))
    others = sum(n for _value, n in known[len(lines) :])
    return Classes(queryable.name, label, "value", tuple(lines), missing, others)


def _said(queryable: Queryable, value: str, language: str) -> str:
    """A value as it is read; codes of land use with their names."""
    kind = queryable.field.type if queryable.field else None
    if kind is None:
        return value
    if kind.name == "land_use":
        return f"{value} – {name_of(value, language)}"
    return kind.format(value, language)


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with in_turn(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        cursor.execute(statement, values)
        return list(cursor.fetchall())
