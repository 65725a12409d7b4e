"""The parcels of `land` once more, with what people search for: names, addresses, former communes
and numbers, in the real communes of the province. Used by `bench_search`.

Made by the database from the imported rows, so that it costs a minute and not an import; seeded by
the row's key. Taken down again afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.core.management import call_command
from django.db import connection

from layers import partitions
from layers.catalogue import layer_by_slug, save_definition
from layers.definition import parse_definition
from layers.models import AdminUnit, Layer, LayerVersion
from layers.publish import publish
from layers.units import predecessors
from tests.bench.land import Land

SLUG = "named-parcels"
COMMUNES = 30
STREETS = [
    f"{first} {last}"
    for first in ("Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Phan", "Hoàng", "Huỳnh", "Đặng", "Bùi")
    for last in (
        "Hưng Đạo", "Văn Cừ", "Thị Sáu", "Đình Phùng", "Hữu Cảnh", "Hồng Phong", "Thái Học",
        "Bội Châu", "Chu Trinh", "Quang Khải", "Ngọc Thạch", "Văn Trỗi", "Minh Khai", "Công Trứ",
        "An Ninh", "Bỉnh Khiêm", "Tri Phương", "Thái Tổ", "Nhân Tông", "Xuân Hương", "Văn Linh",
        "Tất Thành", "Khuyến", "Du", "Trãi",
    )
]  # fmt: skip
SITES = [
    "Trường tiểu học", "Trường mầm non", "Trạm y tế", "Chợ", "Nhà văn hóa", "Công viên", "Bến xe",
    "Nghĩa trang", "Sân bóng", "Hồ chứa nước", "Bãi đỗ xe", "Trụ sở khu phố",
]  # fmt: skip
# Chances by the row's number, every one with a multiplier of its own.
_ROWS = """INSERT INTO {table}
  (version_id, uid, key, unit_id, geom, geom_3857, area_m2, search, properties)
SELECT %(version)s, uid, key, unit_id, geom, geom_3857, area_m2,
  lower(unaccent(concat_ws(' ', v ->> 'sheet_no', v ->> 'parcel_no', v ->> 'sheet_no_old',
    v ->> 'parcel_no_old', v ->> 'old_commune', v ->> 'name', v ->> 'address',
    v ->> 'managing_org'))), v
FROM (
  SELECT *, properties || jsonb_strip_nulls(jsonb_build_object(
    'sheet_no_old', (1 + id * 7 %% 60)::text, 'parcel_no_old', (1 + id * 31 %% 997)::text,
    'old_commune', (%(former)s::text[])[1 + id * 13 %% cardinality(%(former)s::text[])],
    'address', (1 + id * 17 %% 890) || ' đường ' || street || ', khu phố ' || (1 + id %% 9),
    'name', CASE WHEN id %% 20 = 0 THEN
      (%(sites)s::text[])[1 + id / 20 %% cardinality(%(sites)s::text[])] || ' ' || street END,
    'managing_org', 'UBND ' || (%(names)s::text[])[place])) AS v
  FROM (
    SELECT *, (%(units)s::bigint[])[place] AS unit_id,
      (%(streets)s::text[])[1 + id * 11 / 7 %% cardinality(%(streets)s::text[])] AS street
    FROM (
      SELECT id, uid, key, geom, geom_3857, area_m2, properties,
        (1 + id / 400 %% cardinality(%(units)s::bigint[]))::int AS place
      FROM layers_feature WHERE version_id = %(land)s
    ) AS placed
  ) AS named
) AS described"""


@contextmanager
def named(land: Land) -> Iterator[LayerVersion]:
    """The version, published; the bare parcels of `land` are for staff meanwhile, so that a citizen
    searches so many and not twice as many.
    """
    call_command("load_units", verbosity=0)
    bare = layer_by_slug(land.version.layer.slug)
    raw = deepcopy(bare.definition) | {"slug": SLUG}
    layer = save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)
    version = _filled(layer, land)
    Layer.objects.filter(pk=bare.pk).update(visibility=Layer.INTERNAL)
    try:
        yield publish(version, as_operator=True)
    finally:
        Layer.objects.filter(pk=bare.pk).update(visibility=bare.visibility)
        Layer.objects.filter(pk=layer.pk).update(live_version=None)
        partitions.drop(version.pk)
        layer.delete()


def _filled(layer: Layer, land: Land) -> LayerVersion:
    communes = list(
        AdminUnit.objects.filter(
            level=AdminUnit.COMMUNE, valid_to=None, centre__isnull=False, parent__isnull=False
        ).order_by("-code")[:COMMUNES]
    )
    former = sorted({old.name for unit in communes for old in predecessors(unit)})
    version = LayerVersion.objects.create(layer=layer, number=1, feature_count=land.count)
    values: dict[str, Any] = {
        "version": version.pk,
        "land": land.version.pk,
        "units": [unit.pk for unit in communes],
        "names": [unit.name for unit in communes],
        "former": former,
        "streets": STREETS,
        "sites": SITES,
    }
    partitions.stage(version.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(_ROWS.format(table=partitions.feature_table(version.pk)), values)
        partitions.seal(version.pk, layer.parsed)
        cursor.execute("RESET statement_timeout")
    version.state = LayerVersion.STAGED
    version.save(update_fields=["state"])
    return version
