"""Layers made for tests of the engine, in the grid, and runs over them."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from psycopg2.extras import execute_values

from gis_portal.planner.document.model import (
    AUTO,
    Document,
    FieldGroup,
    Group,
    Input,
    LayerInput,
    Result,
    Slivers,
    Step,
)
from gis_portal.planner.engine.run import run
from gis_portal.planner.engine.store import ResultStore
from gis_portal.planner.engine.summary import Summary
from gis_portal.planner.models import Analysis, Run
from layers import partitions
from layers.catalogue import save_definition
from layers.crs import VN2000, Crs
from layers.definition import parse_definition
from layers.models import AdminUnit, Layer, LayerVersion

GRID = VN2000[5899]
EAST, NORTH = 436_000.0, 1_161_000.0


@dataclass(frozen=True)
class Row:
    """A feature: WKT in the grid, its class, its unit, a number; a key that outlives versions."""

    wkt: str
    kind: str | None = None
    unit: int | None = None
    number: float | None = None
    key: str = ""


def uid_of(slug: str, key: str) -> str:
    """The same in every version."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{slug}{key}"))


def layer(slug: str, geometry: str, *, units: bool = True) -> Layer:
    """A layer with a class, a number and (with `units`) a declared unit."""
    fields = [
        {"name": "kind", "type": "text", "label": {"vi": "Loại", "en": "Kind"}},
        {"name": "number", "type": "decimal", "label": {"vi": "Số", "en": "Number"}},
    ]
    if units:
        fields.append({"name": "commune", "type": "unit", "label": {"vi": "Xã", "en": "Commune"}})
    raw: dict[str, Any] = {
        "slug": slug,
        "sector": "land",
        "geometry": geometry,
        "title": {"vi": slug, "en": slug},
        "field": fields,
    }
    return save_definition(raw, parse_definition(raw), origin=Layer.PLANNER)


def version(of: Layer, rows: Sequence[Row], grid: Crs = GRID) -> int:
    """A sealed version with these features; shapes are written as they are given."""
    made = LayerVersion.objects.create(
        layer=of, number=of.versions.count() + 1, source_srid=grid.srid
    )
    partitions.stage(made.pk)
    shape = f"ST_GeomFromText(%s, {grid.srid})"
    written = []
    for place, row in enumerate(rows):
        values = {"kind": row.kind, "number": row.number}
        uid = uid_of(of.slug, row.key or str(place))
        told = json.dumps({k: v for k, v in values.items() if v is not None})
        written.append((uid, str(place), row.unit, row.wkt, row.wkt, row.wkt, told))
    with connection.cursor() as cursor:
        execute_values(
            cursor,
            f"INSERT INTO {partitions.feature_table(made.pk)} "
            "(version_id, uid, key, unit_id, geom, geom_source, area_m2, search, properties) "
            "VALUES %s",
            written,
            template=f"({made.pk}, %s, %s, %s, ST_Transform({shape}, 4326), {shape}, "
            f"ST_Area({shape}), '', %s)",
        )
    partitions.seal(made.pk, of.parsed)
    made.state = LayerVersion.STAGED
    made.save()
    return made.pk


def box(west: float, south: float, east: float, north: float) -> str:
    """WKT of a rectangle, in metres from a corner of the grid."""
    x0, y0, x1, y1 = EAST + west, NORTH + south, EAST + east, NORTH + north
    return f"POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))"


def commune(code: str, wkt: str, **dates: str) -> AdminUnit:
    """A unit with a shape drawn in the grid."""
    unit = AdminUnit.objects.create(
        code=code, level="commune", kind="xã", name=f"Xã {code}", short_name=code,
        **{"valid_from": "2025-07-01", **dates},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE layers_adminunit SET geom = "
            f"ST_Multi(ST_Transform(ST_GeomFromText(%s, {GRID.srid}), 4326)) WHERE id = %s",
            [wkt, unit.pk],
        )
    return unit


def document(
    inputs: Mapping[str, str | Input],
    *steps: Step,
    of: str,
    by: Sequence[Group | str] = (),
    slivers: Slivers | None = None,
) -> Document:
    """A question over layers by their slugs; `by` takes "input.field"."""
    groups = tuple(
        FieldGroup(*group.split(".")) if isinstance(group, str) else group for group in by
    )
    named = {n: LayerInput(n, i) if isinstance(i, str) else i for n, i in inputs.items()}
    return Document(
        title={"vi": "Thử", "en": "Try"},
        inputs=named,
        steps=steps,
        result=Result(of, groups),
        slivers=slivers or Slivers(),
        grid=AUTO,
        raw={},
        sha256="",
    )


def begun() -> Run:
    """A run under way, of a planner."""
    user, _made = get_user_model().objects.get_or_create(username="engine-planner")
    analysis = Analysis.objects.create(owner=user, title="Thử", document={})
    return Run.objects.create(analysis=analysis, document={}, state=Run.RUNNING)


def answered(asked: Document, versions: Mapping[str, int]) -> tuple[Summary, ResultStore]:
    """The answer, stored."""
    store = ResultStore(begun().pk)
    return run(asked, versions, store=store), store
