"""Features of a selection from the database, batch after batch in order of id.

Each batch is a statement of its own that begins behind the last one: versions never change, so no
transaction has to stay open while a caller takes a file slowly, and one batch is in memory.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from layers.cql2.filters import evaluating
from layers.cql2.sql import Sql
from layers.exports.columns import Column
from layers.queries import Selection, condition_of

BATCH = 2000
Row = tuple[Any, ...]
# The page is cut before anything is made of its rows.
_BATCH = """
WITH page AS MATERIALIZED (
  SELECT f.id, f.uid, f.unit_id, f.area_m2, f.length_m, f.geom, f.properties
  FROM layers_feature f WHERE {where} AND f.id > %s::bigint
  ORDER BY f.id LIMIT %s
)
SELECT f.id, {shape}, {columns}
FROM page f LEFT JOIN layers_adminunit u ON u.id = f.unit_id
ORDER BY f.id
"""


@dataclass(frozen=True)
class Source:
    """What a file is made of. `shape` is the geometry as the format wants it, over the row `f`;
    `beat` is told how many features have been read, and may raise to end it.
    """

    selection: Selection
    columns: tuple[Column, ...]
    beat: Callable[[int], None] = lambda _done: None

    def batches(self, shape: Sql, *, size: int | None = None) -> Iterator[list[Row]]:
        """Lists of (shape, text of each column); every value is text or None."""
        size = size or BATCH
        where = condition_of(self.selection)
        texts = self.texts(self.columns)
        columns = ", ".join(text.text for text in texts)
        statement = _BATCH.format(where=where.text, shape=shape.text, columns=columns)
        values = [*shape.values, *(value for text in texts for value in text.values)]
        judged = where if self.selection.filter or self.selection.equal else None

        def fetched(last: int) -> list[Row]:
            with database.cursor() as cursor, evaluating(judged):
                cursor.execute(statement, [*where.values, last, size, *values])
                return list(cursor.fetchall())

        database, done = connections[DEFAULT_DB_ALIAS], 0
        with beside(database) as start:
            coming: Future[list[Row]] | None = start(fetched, 0)
            while coming is not None:
                rows = coming.result()
                # The next batch is read while the caller writes this one.
                coming = start(fetched, rows[-1][0]) if len(rows) == size else None
                if rows:
                    done += len(rows)
                    yield [row[1:] for row in rows]
                    self.beat(done)

    def texts(self, columns: tuple[Column, ...]) -> list[Sql]:
        """An expression a column.

        Whatever type a value was stored with comes as its text: a version keeps the values of its
        own time. One ->> a column takes a third of the time of jsonb_to_record.
        """
        return [
            Sql("f.properties ->> %s", (column.name,))
            if column.field
            else Sql(f"({column.expression})::text")
            for column in columns
        ]


@contextmanager
def beside(database: Any) -> Iterator[Callable[..., "Future[list[Row]]"]]:
    """Starts work in a second thread on the same connection; psycopg2 lets one speak at a time."""
    database.inc_thread_sharing()
    try:
        with ThreadPoolExecutor(1, "export") as pool:
            yield pool.submit
    finally:
        database.dec_thread_sharing()
