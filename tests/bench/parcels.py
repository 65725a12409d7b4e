"""A published version of 7,571 seeded parcels, made in the database: what the benchmarks measure
on.
"""

from django.db import connection

from layers import measure, partitions, publish
from layers.catalogue import layer_by_slug
from layers.models import Layer, LayerVersion

SLUG = "public-land-parcels"
COUNT = 7571
# West, south and step in degrees: an area of some 14 by 11 km, parcels of about 0.5–1.5 ha.
WEST, SOUTH, STEP, COLUMNS = 107.08, 10.38, 0.0011, 100
# A grid of corners, each moved by its own seeded chance, so that neighbours share their edges; an
# extra corner on each edge makes eight, as parcels of a survey have.
CHANCE = "0.6 * (hashint8(i * {0} + j * {1}) %% 1000) / 2000.0"
PARCELS = f"""
WITH corner AS (
  SELECT i, j, %(west)s + %(step)s / 2 * (i + {CHANCE.format(7919, 104729)}) AS x,
    %(south)s + %(step)s / 2 * (j + {CHANCE.format(15485863, 32452843)}) AS y
  FROM generate_series(0, 2 * %(columns)s::bigint) i,
    generate_series(0, 2 * (%(count)s / %(columns)s + 1)::bigint) j
), parcel AS (
  SELECT n, 2 * (n %% %(columns)s) AS i, 2 * (n / %(columns)s) AS j
  FROM generate_series(0, %(count)s - 1) n
), drawn AS (
  SELECT n, ST_MakePolygon(ST_MakeLine(ST_Point(c.x, c.y, 4326) ORDER BY o.place)) AS geom
  FROM parcel p
  CROSS JOIN (VALUES (0, 0, 0), (1, 1, 0), (2, 2, 0), (3, 2, 1), (4, 2, 2), (5, 1, 2), (6, 0, 2),
    (7, 0, 1), (8, 0, 0)) AS o (place, di, dj)
  JOIN corner c ON c.i = p.i + o.di AND c.j = p.j + o.dj
  GROUP BY n
)
INSERT INTO {{table}} (version_id, uid, key, geom, area_m2, search, properties)
SELECT %(version)s, md5(n::text)::uuid, n::text, geom, ST_Area(geom::geography), '',
  jsonb_build_object('sheet_no', (n / 200)::text, 'parcel_no', (n %% 200)::text,
    'status', 'in_use', 'land_use_current', (ARRAY['ONT', 'CLN', 'LUC', 'DGD', 'TSC'])[1 + n %% 5],
    'area_measured', 5000 + n, 'managing_org', 'UBND', 'address', 'Đường số ' || n)
FROM drawn ORDER BY geom
"""


def publish_parcels() -> LayerVersion:
    """Stage, fill, seal, publish; the same parcels every time."""
    layer: Layer = layer_by_slug(SLUG)
    version = LayerVersion.objects.create(
        layer=layer, number=layer.versions.count() + 1, base_version=layer.live_version
    )
    partitions.stage(version.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            PARCELS.format(table=partitions.feature_table(version.pk)),
            {
                "west": WEST,
                "south": SOUTH,
                "step": STEP,
                "columns": COLUMNS,
                "count": COUNT,
                "version": version.pk,
            },
        )
    partitions.seal(version.pk, layer.parsed)
    measure.measure(version, layer.parsed)
    version.state = LayerVersion.STAGED
    version.save()
    return publish.publish(version, as_operator=True)
