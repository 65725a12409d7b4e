"""Where the pieces of a run lie: the only module that knows the tables.

Made, sealed and dropped by functions that run as the owner (`migrations/sql/results.sql`); the app
role owns nothing. `ResultStore` is of a kept run, `SampleStore` of a preview: temporary tables with
the same columns that go with the transaction.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from layers.cql2 import Sql
from layers.partitions import feature_table

COLUMNS = (
    "seq, a_id, a_uid, b_uid, unit_id, classes, area_m2, length_m, value, whole, sliver, geom, "
    "geom_3857"
)
RESULT = 0


def fetched(sql: Sql) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.values or None)
        return cursor.fetchall() if cursor.description else []


def read(value: str | None) -> Any:
    """A value of jsonb, which the driver leaves as its text."""
    return None if value is None else json.loads(value)


@dataclass
class ResultStore:
    """The tables of one run. `stage` gives numbers to what is on the way."""

    run: UUID
    stages: int = 0
    is_sample = False

    def table(self, part: int = RESULT) -> str:
        """Name of a table of this run; part 0 is the answer."""
        digits = UUID(str(self.run)).hex
        return f"planner_result_r{digits}" if part == RESULT else f"planner_stage_r{digits}_{part}"

    def begin(self) -> None:
        """Nothing of an earlier try is left; the answer's table is there, empty."""
        self.drop()
        fetched(Sql("SELECT portal_planner_stage(%s, %s)", (str(self.run), RESULT)))

    def stage(self) -> int:
        """A new table for what is on the way."""
        self.stages += 1
        fetched(Sql("SELECT portal_planner_stage(%s, %s)", (str(self.run), self.stages)))
        return self.stages

    def index(self, part: int) -> None:
        """What was written to a stage is whole."""
        fetched(Sql("SELECT portal_planner_index(%s, %s)", (str(self.run), part)))

    def seal(self) -> None:
        """The answer is whole: read-only from here on, and stages go."""
        fetched(Sql("SELECT portal_planner_seal(%s)", (str(self.run),)))

    def drop(self) -> None:
        """Throw all of it away."""
        self.stages = 0
        fetched(Sql("SELECT portal_planner_drop(%s)", (str(self.run),)))


@dataclass
class SampleStore(ResultStore):
    """Temporary tables, for a preview inside one transaction."""

    is_sample = True

    def begin(self) -> None:
        self._make(RESULT)

    def stage(self) -> int:
        self.stages += 1
        self._make(self.stages)
        return self.stages

    def index(self, part: int) -> None:
        table = self.table(part)
        # Serves the pairs of an overlay on a sample.
        fetched(Sql(f"CREATE INDEX ON {table} USING gist (geom)"))
        fetched(Sql(f"CREATE INDEX ON {table} (seq)"))  # serves a row by its number
        fetched(Sql(f"ANALYZE {table}"))

    def seal(self) -> None:
        return

    def drop(self) -> None:
        for part in range(self.stages + 1):
            fetched(Sql(f"DROP TABLE IF EXISTS {self.table(part)}"))

    def _make(self, part: int) -> None:
        fetched(
            Sql(
                f"CREATE TEMP TABLE {self.table(part)} (seq bigint, a_id bigint, a_uid uuid, "
                "b_uid uuid, unit_id bigint, classes jsonb NOT NULL DEFAULT '{}', "
                "area_m2 float8, length_m float8, value jsonb, "
                "whole boolean NOT NULL DEFAULT false, sliver boolean NOT NULL DEFAULT false, "
                "geom geometry, geom_3857 geometry(Geometry, 3857)) ON COMMIT DROP"
            )
        )


def drop(run: UUID) -> None:
    """Throw the tables of a run away, whatever state it is in."""
    ResultStore(run).drop()


def drop_all_but(kept: set[UUID]) -> list[UUID]:
    """Throw away what runs left that are not among these; for the sweeper."""
    rows = fetched(
        Sql(
            "SELECT DISTINCT substring(relname FROM '_r([0-9a-f]{32})') FROM pg_class "
            "WHERE relkind = 'r' AND relname ~ '^planner_(result|stage)_r[0-9a-f]{32}'"
        )
    )
    gone = [UUID(row[0]) for row in rows if UUID(row[0]) not in kept]
    for run in gone:
        drop(run)
    return gone


@dataclass(frozen=True)
class Piece:
    """One row of the answer. `shape` is WKB in the system asked for."""

    seq: int
    a_uid: UUID | None
    b_uid: UUID | None
    unit_id: int | None
    classes: dict[str, Any]
    area_m2: float | None
    length_m: float | None
    value: dict[str, Any] | None
    whole: bool
    sliver: bool
    shape: bytes | None


def exists(run: UUID) -> bool:
    """Its table is there."""
    name = ResultStore(run).table()
    return bool(fetched(Sql("SELECT to_regclass(%s) IS NOT NULL", (name,)))[0][0])


def size(run: UUID) -> int:
    """Bytes of all tables of a run, those on the way included."""
    kept = ResultStore(run)
    stages = f"^{kept.table(1).removesuffix('1')}[0-9]+$"
    return int(
        fetched(
            Sql(
                "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class "
                "WHERE relkind = 'r' AND (relname = %s OR relname ~ %s)",
                (kept.table(), stages),
            )
        )[0][0]
    )


def rows_sql(run: UUID, source: int | None, column: str = "geom") -> str:
    """SELECT of all pieces with their shapes in `column`'s system: `geom` is degrees (WGS 84),
    `geom_source` the grid of the run, `geom_3857` of maps. A whole piece takes the feature's own.

    `source` is `summary["source"]["version"]`: the version whose features whole pieces are.
    """
    table = ResultStore(run).table()
    own = {
        "geom": "ST_Transform(r.geom, 4326)",
        "geom_source": "r.geom",
        "geom_3857": "r.geom_3857",
    }[column]
    head = "SELECT r.seq, r.a_uid, r.b_uid, r.unit_id, r.classes, r.area_m2, r.length_m, r.value, r.whole, r.sliver"  # noqa: E501
    if source is None:
        return f"{head}, {own} AS shape FROM {table} r"
    whole = "coalesce(f.geom_source, f.geom)" if column == "geom_source" else f"f.{column}"
    return (
        f"{head}, coalesce({own}, {whole}) AS shape FROM {table} r "
        f"LEFT JOIN {feature_table(source)} f ON r.geom IS NULL AND f.id = r.a_id"
    )


def tile_sql(run: UUID, source: int | None, box: str) -> str:
    """SELECT (seq, classes, unit_id, sliver, area_m2, value, geom_3857) of what touches `box`, an
    expression of a shape in EPSG:3857. Both halves are served by an index on shapes.
    """
    table = ResultStore(run).table()
    columns = "r.seq, r.classes, r.unit_id, r.sliver, r.area_m2, r.value"
    cut = f"SELECT {columns}, r.geom_3857 FROM {table} r WHERE r.geom_3857 && {box}"
    if source is None:
        return cut
    return (
        f"{cut} UNION ALL SELECT {columns}, f.geom_3857 FROM {feature_table(source)} f "
        f"JOIN {table} r ON r.a_id = f.id AND r.geom_3857 IS NULL WHERE f.geom_3857 && {box}"
    )


def pieces(
    run: UUID, source: int | None, *, column: str = "geom", after: int = 0, size: int = 5_000
) -> Iterator[Piece]:
    """All rows in the order of the answer, from after `after` on, page by page."""
    while True:
        page = fetched(
            Sql(
                "SELECT seq, a_uid, b_uid, unit_id, classes, area_m2, length_m, value, whole, "
                f"sliver, ST_AsBinary(shape) FROM ({rows_sql(run, source, column)}) p "
                "WHERE seq > %s ORDER BY seq LIMIT %s",
                (after, size),
            )
        )
        for row in page:
            shape = bytes(row[10]) if row[10] is not None else None
            known = (*row[:4], read(row[4]), *row[5:7], read(row[7]), *row[8:10], shape)
            yield Piece(*known)
        if len(page) < size:
            return
        after = page[-1][0]
