"""Which share of each unit's ground lies within reach of a layer's points (`[coverage]`).

Circles around the points, united unit by unit in the province's grid, where a metre is a metre.
Kept like other tallies, by the version of the points and of the units' shapes. The query behind a
number of points is theirs; an area has no list, so the points that make it are linked.
"""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from django.conf import settings
from django.db import OperationalError, connection, transaction

from gis_portal.figures.models import Tally
from layers.cql2 import Sql, compile_filter, evaluating, queryables_of
from layers.crs import by_code
from layers.errors import BadFilter, FilterNotEvaluable
from layers.models import Layer

log = logging.getLogger(__name__)
REVISION = 1
KEY = "coverage"
# Points whose circles a page unites itself: a second.
AT_ONCE = 3_000
PAGE_SECONDS, WORKER_SECONDS = 5, 300
_KEPT = 50
_known: OrderedDict[tuple[int, str], tuple["Reach", ...]] = OrderedDict()
# Sixteen segments a quarter: 0.2 % less than the circle.
_COVERED = """
WITH circle AS MATERIALIZED (
  SELECT ST_Buffer(ST_Transform(ST_PointOnSurface(f.geom), %s), {radius}, 16) AS shape
  FROM layers_feature f WHERE f.version_id = %s AND ({where}) AND {radius} > 0
), ground AS MATERIALIZED (
  SELECT id, ST_Transform(geom, %s) AS shape FROM layers_adminunit
  WHERE level = 'commune' AND valid_to IS NULL AND geom IS NOT NULL
)
SELECT ground.id, coalesce(ST_Area(ST_Intersection(ground.shape, ST_Union(circle.shape))), 0),
  ST_Area(ground.shape)
FROM ground LEFT JOIN circle ON ST_Intersects(ground.shape, circle.shape)
GROUP BY ground.id, ground.shape
"""


@dataclass(frozen=True)
class Reach:
    """One unit: m² within reach, and m² in all."""

    unit: int
    covered: float
    area: float

    @property
    def share(self) -> float:
        """0 to 1; rounding of shapes must not make it more."""
        return min(1.0, self.covered / self.area) if self.area else 0.0


def reach_of(layer: Layer) -> tuple[Reach, ...] | None:
    """Of every unit with a shape; None: not counted yet. The layer is live and declares coverage.

    Counted here when the version is small; else by the worker.
    """
    version = layer.live_version
    assert version is not None
    name = version.pk, _digest(layer)
    if name in _known:
        return _known[name]
    kept = Tally.objects.filter(version=version, key=KEY, digest=name[1]).first()
    if kept is not None:
        return _remember(name, tuple(Reach(*cell) for cell in kept.cells))
    if version.feature_count > AT_ONCE:
        return None
    return _made(layer, name, PAGE_SECONDS)


def count_reach(layer: Layer) -> None:
    """The worker: unless it is counted already."""
    version = layer.live_version
    if version is None or layer.parsed.shown.coverage is None:
        return
    name = version.pk, _digest(layer)
    if not Tally.objects.filter(version=version, key=KEY, digest=name[1]).exists():
        _made(layer, name, WORKER_SECONDS)


def _digest(layer: Layer) -> str:
    """What it depends on beside the points: the declaration, the shapes of units, the grid."""
    version = layer.live_version
    assert version is not None
    shapes = Layer.objects.filter(definition__feeds="units").values_list("live_version", flat=True)
    parts = (REVISION, layer.parsed.shown.coverage, version.public_fields, settings.PORTAL_GRID)
    return hashlib.sha256(repr((*parts, list(shapes))).encode()).hexdigest()[:16]


def _made(layer: Layer, name: tuple[int, str], seconds: int) -> tuple[Reach, ...] | None:
    try:
        found = tuple(_counted(layer, name[0], seconds))
    except (OperationalError, BadFilter, FilterNotEvaluable) as error:
        log.warning("%s: its coverage was not counted: %s", layer.slug, type(error).__name__)
        return None
    Tally.objects.bulk_create(
        [Tally(version_id=name[0], key=KEY, digest=name[1], cells=[*map(astuple, found)])],
        ignore_conflicts=True,
    )
    return _remember(name, found)


def _counted(layer: Layer, version_id: int, seconds: int) -> Iterable[Reach]:
    coverage = layer.parsed.shown.coverage
    assert coverage is not None
    names = queryables_of(layer.parsed)
    where = compile_filter(coverage.where, "cql2-text", names) if coverage.where else Sql("true")
    radius = Sql("%s::float8", (coverage.radius,))
    if coverage.radius_field:
        stated = names[coverage.radius_field].sql
        radius = Sql(f"coalesce({stated.text}, %s)::float8", (*stated.values, coverage.radius))
    srid = by_code(settings.PORTAL_GRID).srid
    with transaction.atomic(), connection.cursor() as cursor, evaluating(where):
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
        cursor.execute(
            _COVERED.format(radius=radius.text, where=where.text),
            [srid, *radius.values, version_id, *where.values, *radius.values, srid],
        )
        return [Reach(*row) for row in cursor.fetchall()]


def _remember(name: tuple[int, str], found: tuple[Reach, ...]) -> tuple[Reach, ...]:
    _known[name] = found
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return found


def forget() -> None:
    """What this process remembers, for tests: their versions are rolled back."""
    _known.clear()
