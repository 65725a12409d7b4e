"""How large a file will be, about: from a sample of the version's rows."""

from collections.abc import Callable

from django.db import connection

from layers.exports.formats import Format
from layers.models import LayerVersion

SAMPLE = 200
_SAMPLE = """
SELECT coalesce(avg(ST_NPoints(f.geom)), 0), coalesce(avg(octet_length(f.properties::text)), 0)
FROM (SELECT geom, properties FROM layers_feature WHERE version_id = %s ORDER BY id LIMIT %s) f
"""


def size_hint(version: LayerVersion, count: int | None = None) -> Callable[[Format], int]:
    """Format → bytes of the whole version, or of `count` features; right within a factor of two."""
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, [version.pk, SAMPLE])
        vertices, values = (float(number) for number in cursor.fetchone())
    rows = version.feature_count if count is None else count
    return lambda one: int(
        rows * (one.per_vertex * vertices + one.per_feature + one.per_byte * values)
    )
