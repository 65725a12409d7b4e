"""A former version of the register of public parcels, so that two versions can be compared.

Made from the version that was imported, without a second import: some parcels are not in it yet,
some stand under an old number, some have another status, purpose or outline. Which ones hangs on
their keys. Neighbour: `loading.py` knows what is the demo's own.
"""

import datetime as dt

from django.db import connection, transaction

from gis_portal.demo.loading import SOURCE
from layers import partitions
from layers.measure import measure
from layers.models import Layer, LayerVersion

SLUG = "public-land-parcels"
DATA_DATE = dt.date(2025, 12, 31)
BEFORE = dt.timedelta(minutes=5)
# One in so many, by the hash of the key: what is new since, of these what had another number, and
# what has changed.
DRAWN = "abs(hashtext(key)::bigint)"
NEW, RENUMBERED = f"{DRAWN} % 350 = 17", f"{DRAWN} % 700 = 17"
STATUS, PURPOSE, OUTLINE = f"{DRAWN} % 200 = 7", f"{DRAWN} % 300 = 11", f"{DRAWN} % 400 = 13"
# The outline before a strip was taken back: a little narrower all around.
NARROWER = (
    "ST_Scale(geom_source, 'SRID={srid};POINT(0.97 0.97)'::geometry, ST_Centroid(geom_source))"
)
COPY = """
INSERT INTO {former} (version_id, uid, key, unit_id, geom, geom_source, area_m2, length_m, search, properties)
SELECT %s, uid, key, unit_id, ST_Transform(shape, 4326), shape, ST_Area(shape), ST_Perimeter(shape), search,
  properties
  || CASE WHEN {status} THEN '{{"status": "unverified"}}'::jsonb ELSE '{{}}' END
  || CASE WHEN {purpose} THEN '{{"land_use_current": "BCS"}}'::jsonb ELSE '{{}}' END
  || CASE WHEN {outline} THEN jsonb_build_object('area_measured', round(ST_Area(shape)::numeric, 1)) ELSE '{{}}' END
FROM (SELECT *, CASE WHEN {outline} THEN {narrower} ELSE geom_source END AS shape
  FROM {live} WHERE NOT ({new}) ORDER BY id) AS kept
UNION ALL
SELECT %s, md5(uid::text)::uuid, key || '-cu', unit_id, geom, geom_source, area_m2, length_m, search,
  properties || jsonb_build_object('parcel_no', (properties ->> 'parcel_no') || '-cũ')
FROM {live} WHERE {renumbered}
"""  # noqa: E501


def ensure_former_register() -> bool:
    """Make it where only the demo's own version is there; answers whether it was made."""
    layer = Layer.objects.select_related("live_version").filter(slug=SLUG).first()
    live = layer.live_version if layer else None
    if layer is None or live is None or not live.is_illustrative or live.source_org != SOURCE:
        return False
    if layer.versions.exclude(pk=live.pk).exists() or live.published_at is None:
        return False
    with transaction.atomic():
        # The version that came first is the second from here on.
        LayerVersion.objects.filter(pk=live.pk).update(number=live.number + 1)
        _made(layer, live)
    return True


def _made(layer: Layer, live: LayerVersion) -> None:
    assert live.published_at is not None
    at = live.published_at - BEFORE
    former = LayerVersion.objects.create(
        layer=layer,
        number=live.number,
        source_name=live.source_name,
        source_srid=live.source_srid,
        source_format=live.source_format,
        data_date=DATA_DATE,
        source_org=SOURCE,
        is_illustrative=True,
        public_fields=live.public_fields,
    )
    partitions.stage(former.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            COPY.format(
                former=partitions.feature_table(former.pk),
                live=partitions.feature_table(live.pk),
                narrower=NARROWER.format(srid=live.source_srid),
                status=STATUS.replace("%", "%%"),
                purpose=PURPOSE.replace("%", "%%"),
                outline=OUTLINE.replace("%", "%%"),
                new=NEW.replace("%", "%%"),
                renumbered=RENUMBERED.replace("%", "%%"),
            ),
            [former.pk, former.pk],
        )
    partitions.seal(former.pk, layer.parsed)
    measure(former, layer.parsed)
    LayerVersion.objects.filter(pk=former.pk).update(
        state=LayerVersion.RETIRED,
        published_at=at,
        first_public_at=at if layer.is_public else None,
    )
