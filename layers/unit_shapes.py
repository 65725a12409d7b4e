"""Boundaries of administrative units: the layer with `feeds = "units"` is where they come from.

Publishing that layer gives the units in force their shapes, in the same transaction, so that
locating a parcel in its commune and the map show the same boundary. Going back to an earlier
version brings its shapes back too.
"""

from django.db import connection

from layers.models import LayerVersion

# The unit in force with the feature's code; former units keep the shape they had.
TAKE = """
UPDATE layers_adminunit u
SET geom = ST_Multi(ST_CollectionExtract(f.geom, 3)), is_illustrative_shape = %(illustrative)s
FROM layers_feature f
WHERE f.version_id = %(version)s AND f.properties ->> 'code' = u.code
  AND u.level = 'commune' AND u.valid_to IS NULL
"""


def take_shapes(version: LayerVersion) -> int:
    """Copy the version's polygons to the units with their codes; answers how many units got one."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"version": version.pk, "illustrative": version.is_illustrative})
        return int(cursor.rowcount)
