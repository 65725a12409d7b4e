"""What every operation of one run shares: the store, the grid, what a sliver is, how far it is.

Statements go one by one through `Work.do`, each chunk in a transaction of its own with more memory;
between them `progress` tells how far the run is and may stop it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from gis_portal.planner.document.model import Slivers
from gis_portal.planner.engine.rows import CHUNK, LINE, POINT, POLYGON, Rows, staged
from gis_portal.planner.engine.store import COLUMNS, ResultStore, fetched
from layers.cql2 import Sql
from layers.crs import Crs

# The noise of computing with shared boundaries in metres on the grid: shapes touch, nothing more.
NOISE_M2, NOISE_M = 1e-5, 1e-6
# A part that makes up so much of its feature is no sliver, however small it is.
MAJOR_SHARE = 0.5
_SETTINGS = (
    ("work_mem", "128MB"),
    ("jit", "off"),
    # Few tiles hold many rows: what is small is shared among cores too.
    ("max_parallel_workers_per_gather", "2"),
    ("parallel_setup_cost", "0"),
    ("parallel_tuple_cost", "0"),
    ("min_parallel_table_scan_size", "0"),
)


@dataclass
class Work:
    """One run under way. `share` is what is done of it, 0 to 1."""

    store: ResultStore
    grid: Crs
    slivers: Slivers
    progress: Callable[[float, str], None]
    share: float = 0.0
    step: float = 1.0
    written: int = 0

    def told(self, done: float, note: str) -> None:
        """How much of the step that is being computed is done."""
        self.progress(min(1.0, self.share + self.step * done), note)

    def do(self, *statements: Sql) -> list[int]:
        """Statements that belong together; how many rows each wrote."""
        counts = []
        with transaction.atomic(), connection.cursor() as cursor:
            _set(() if self.store.is_sample else _SETTINGS)
            for one in statements:
                cursor.execute(one.text, one.values or None)
                counts.append(cursor.rowcount)
        return counts

    def read(self, sql: Sql) -> list[tuple[Any, ...]]:
        """The rows of a long statement."""
        with transaction.atomic():
            _set(_SETTINGS)
            return fetched(sql)

    def measured(self, shape: str, dimension: int) -> str:
        """SQL of m², m or the number of points."""
        return {POINT: "ST_NPoints({})::float8", LINE: "ST_Length({})", POLYGON: "ST_Area({})"}[
            dimension
        ].format(shape)

    def noise(self, dimension: int) -> str:
        """What is less has no size."""
        return {POINT: "0.5", LINE: repr(NOISE_M), POLYGON: repr(NOISE_M2)}[dimension]

    def is_sliver(self, dimension: int, cut: str, size: str, of: str) -> str:
        """SQL: a piece `cut` of this size, of a feature of the size `of`, is one."""
        if dimension == POINT:
            return "false"
        width = float(self.slivers.width_m)
        if dimension == LINE:
            return f"({size} < {MAJOR_SHARE} * {of} AND {size} < {width!r})"
        small = f"{size} < {float(self.slivers.area_m2)!r}"
        # The mean width of a strip is its area over half of its perimeter.
        narrow = f"2 * {size} < {width!r} * ST_Perimeter({cut})"
        return f"({size} < {MAJOR_SHARE} * {of} AND ({small} OR {narrow}))"

    def write(self, part: int, rows: Rows, note: str = "") -> int:
        """Rows as they are into a stage, or (part 0) into the answer."""
        for number, chunk in enumerate(rows.chunks(), 1):
            self.told(min(1.0, number * CHUNK / max(1, rows.last - rows.first + 1)), note)
            self.written += self.do(self.insert(part, chunk, rows))[0]
        return self.written

    def insert(self, part: int, chunk: Sql, rows: Rows) -> Sql:
        """INSERT of rows with `NAMES`, numbered on."""
        own = part == 0 and rows.version is not None
        area = "ST_Area(r.shape)" if rows.dimension == POLYGON else "NULL::float8"
        length = "ST_Length(r.shape)" if rows.dimension == LINE else "NULL::float8"
        shape = "NULL::geometry" if own else "r.shape"
        on_maps = "NULL::geometry" if own or part else "ST_Transform(r.shape, 3857)"
        return Sql(
            f"INSERT INTO {self.store.table(part)} ({COLUMNS}) "
            f"SELECT {self.written} + row_number() OVER (ORDER BY r.id), r.id, r.uid, r.b_uid, "
            f"r.unit_id, r.classes, {area}, {length}, r.value, {str(own).lower()}, r.sliver, "
            f"{shape}, {on_maps} FROM ({chunk.text}) r",
            chunk.values,
        )

    def into_stage(self, rows: Rows, note: str = "") -> Rows:
        """The same rows, computed once and found by their place."""
        if rows.part is not None:
            return rows
        part, self.written = self.store.stage(), 0
        self.write(part, rows, note)
        self.store.index(part)
        return staged(self.store, part, rows.dimension, keeps_units=rows.keeps_units)


def _set(values: tuple[tuple[str, str], ...]) -> None:
    """Settings until the transaction ends."""
    for name, value in values:
        fetched(Sql("SELECT set_config(%s, %s, true)", (name, value)))
