"""What lies on the parcels of `land`: plans, roads, clusters, growing areas, places, stations and
footprints of pictures over the same ground. Used by `bench_parcel`.

Made by the database, seeded by the row's number; shapes have as many corners as real ones. Taken
down again afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from layers import measure, partitions
from layers.catalogue import layer_by_slug
from layers.models import Layer, LayerVersion
from layers.publish import publish
from tests.bench.land import Land
from tests.bench.register import GRID

# Each layer as (uid, unit, shape in the grid, values) over `e` (west, south, east, north, metres)
# and `unit(x, y)`: the commune of the parcels there. Corners every 25 m, as digitised ones.
_CELL = (
    "ST_Segmentize(ST_MakeEnvelope(x, y, least(x + {side}, e.east), least(y + {side}, e.north), "
    f"{GRID.srid}), 25)"
)
_GRID_OF_CELLS = (
    "generate_series(e.west::bigint, e.east::bigint - 1, {side}) x, "
    "generate_series(e.south::bigint, e.north::bigint - 1, {side}) y"
)
_SCATTERED = """LATERAL (SELECT e.west + (n * 7919.137)::numeric % (e.east - e.west)::numeric AS x,
  e.south + (n * 104729.731)::numeric % (e.north - e.south)::numeric AS y, n
  FROM generate_series(1, ({count})::int) n) p"""
_STAR = f"ST_Buffer(ST_SetSRID(ST_MakePoint(p.x, p.y), {GRID.srid}), {{size}} + n % {{size}}, 12)"
_POINT = f"ST_SetSRID(ST_MakePoint(p.x, p.y), {GRID.srid})"
_ROAD = f"""(SELECT ST_SetSRID(ST_MakeLine(array_agg(ST_MakePoint(
    p.x + k * 60 * cos(n), p.y + k * 60 * sin(n) + 15 * sin(k)) ORDER BY k)), {GRID.srid})
  FROM generate_series(0, 30) k)"""
LAYERS: dict[str, tuple[str, str, str]] = {
    # slug → (shape, rows, values)
    "land-use-plan": (
        _CELL.format(side=350),
        _GRID_OF_CELLS.format(side=350),
        (
            "'land_use', (ARRAY['ODT','CLN','DGT','RSX'])[1 + (x + y) % 4], 'plan_period', "
            "'2026-2030', 'decision_no', '1234/QĐ-UBND', 'decision_date', '2026-01-15'"
        ),
    ),
    "construction-plan": (
        _CELL.format(side=120),
        _GRID_OF_CELLS.format(side=240),
        "'function', 'residential-new', 'block_code', 'A-1', 'density', 70, 'decision_no', '9/QĐ'",
    ),
    "road-centrelines": (
        _ROAD,
        _SCATTERED.format(count="(e.east - e.west) * (e.north - e.south) / 250000"),
        "'name', 'Đường số ' || n, 'right_of_way', 6 + n % 40, 'class', 'commune'",
    ),
    "industrial-clusters": (
        _STAR.format(size=600),
        _SCATTERED.format(count="(e.east - e.west) * (e.north - e.south) / 50000000"),
        "'name', 'Cụm ' || n, 'kind', 'SKN'",
    ),
    "growing-areas": (
        _STAR.format(size=250),
        _SCATTERED.format(count="(e.east - e.west) * (e.north - e.south) / 3000000"),
        "'code', 'VT-' || n, 'crop', 'Nhãn', 'status', 'valid'",
    ),
    "tourism-points": (
        _POINT,
        _SCATTERED.format(count="(e.east - e.west) * (e.north - e.south) / 1000000"),
        "'name_vi', 'Điểm ' || n, 'kind', 'relic'",
    ),
    "telecom-stations": (
        _POINT,
        _SCATTERED.format(count="(e.east - e.west) * (e.north - e.south) / 500000"),
        "'station_code', 'BTS-' || n, 'operator', 'viettel'",
    ),
    "aerial-imagery": (
        f"ST_MakeEnvelope(e.west, e.south, e.east, e.north, {GRID.srid})",
        "generate_series(1, 2) n",
        "'acquired', '202' || (3 + n) || '-03-05', 'scene', 'S' || n, 'resolution_m', 0.5",
    ),
}
_FILL = """WITH e AS (
  SELECT ST_XMin(b) AS west, ST_YMin(b) AS south, ST_XMax(b) AS east, ST_YMax(b) AS north
  FROM (SELECT ST_Extent(geom_source) AS b FROM layers_feature WHERE version_id = %s) x
)
INSERT INTO {table} (version_id, uid, key, unit_id, geom, geom_source, area_m2, search, properties)
SELECT %s, gen_random_uuid(), row_number() OVER (), u.id, ST_Transform(s.g, 4326), s.g,
  ST_Area(s.g), '', s.v
FROM (SELECT {shape} AS g, jsonb_build_object({values}) AS v FROM e, {rows}) s
LEFT JOIN LATERAL (SELECT id FROM layers_adminunit WHERE level = 'commune' AND valid_to IS NULL
  AND geom && ST_Transform(ST_Centroid(s.g), 4326)
  AND ST_Intersects(geom, ST_Transform(ST_Centroid(s.g), 4326)) ORDER BY id LIMIT 1) u ON true"""


@contextmanager
def layered(land: Land) -> Iterator[dict[str, int]]:
    """Slug → features of each layer over the parcels, all of them published."""
    made = [_published(slug, land) for slug in LAYERS]
    try:
        yield {version.layer.slug: version.feature_count for version in made}
    finally:
        for version in made:
            Layer.objects.filter(pk=version.layer_id).update(live_version=None)
            partitions.drop(version.pk)
            version.delete()


def _published(slug: str, land: Land) -> LayerVersion:
    layer = layer_by_slug(slug)
    number = layer.versions.count() + 1
    version = LayerVersion.objects.create(layer=layer, number=number, source_srid=GRID.srid)
    partitions.stage(version.pk)
    shape, rows, values = LAYERS[slug]
    table = partitions.feature_table(version.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        statement = _FILL.format(table=table, shape=shape, rows=rows, values=values)
        cursor.execute(statement.replace(" % ", " %% "), [land.version.pk, version.pk])
        partitions.seal(version.pk, layer.parsed)
        cursor.execute("RESET statement_timeout")
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save(update_fields=["state"])
    return publish(version, as_operator=True)
