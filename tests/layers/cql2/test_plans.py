"""Filters on filterable fields, places and units are served by the indexes of a version."""

from typing import Any

import pytest
from django.db import connection

from layers.cql2 import compile_filter, queryables_of
from layers.models import LayerVersion

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("stalls = 60", "((properties ->> 'stalls'::text))::bigint = '60'::bigint"),
        ("60 < stalls AND stalls <= 90", "::bigint > '60'::bigint"),
        ("stalls IN (60, 61)", "((properties ->> 'stalls'::text))::bigint = ANY"),
        ("floor BETWEEN 5 AND 7.5", "((properties ->> 'floor'::text))::numeric >= '5'::numeric"),
        ("name = 'x'", "(properties ->> 'name'::text) = 'x'::text"),
        ("name IN ('x', 'y')", "(properties ->> 'name'::text) = ANY ('{x,y}'::text[])"),
        ("roofed = true", "((properties ->> 'roofed'::text))::boolean"),
        ("built > DATE('2026-01-01')", "(properties ->> 'built'::text) > '2026-01-01'::text"),
        ("t_intersects(built, INTERVAL('2026-01-01', '2026-02-01'))", ">= '2026-01-01'::text"),
        ("begins < TIMESTAMP('2026-01-01T00:00:00Z')", "< '2026-01-01T07:00:00+07:00'::text"),
        ("s_intersects(geom, POINT(107 10.4))", "geom && "),
        ("s_within(BBOX(107, 10.4, 107.1, 10.5), geom)", "geom ~ "),
        ("id = '00000000-0000-4000-8000-000000000000'", "uid = ANY"),
        ("unit = '90001'", "unit_id = "),
    ],
)
def test_the_index_of_a_field_serves(markets: LayerVersion, text: str, condition: str) -> None:
    found = compile_filter(text, "cql2-text", queryables_of(markets.layer.parsed))
    statement = f"EXPLAIN SELECT 1 FROM layers_feature f WHERE version_id = %s AND {found.text}"
    with connection.cursor() as cursor:
        # Five rows are read faster whole; what is asked is whether the index can serve.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(statement, [markets.pk, *found.values])
        plan = [line for (line,) in cursor.fetchall()]
    conditions = [line for line in plan if "Index Cond" in line]
    assert any(condition in line for line in conditions), _shown(plan)


def _shown(plan: list[Any]) -> str:
    return "\n".join(plan)
