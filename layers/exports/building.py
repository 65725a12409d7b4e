"""The making of an export by a worker; a worker that is told to stop puts the wish back."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.http import QueryDict

from layers.errors import VersionRetired
from layers.exports.asking import is_current
from layers.exports.errors import ExportImpossible, ExportsFull
from layers.exports.queue import QUEUE, is_full
from layers.exports.wish import read_wish
from layers.exports.writing import write_file
from layers.models import Export
from layers.ondemand import making
from layers.ondemand.growing import Growing, Limits


def make_next() -> str:
    """Make the export whose turn it is, unless one is being made."""
    return making.make_next(
        QUEUE,
        ("asked_at",),
        lambda export, stop: Build(export, stop).run(),
        lambda _export: dt.timedelta(days=settings.PORTAL_EXPORT_DAYS),
    )


class Build(Growing[Export]):
    """One export being made."""

    def __init__(self, export: Export, stop: threading.Event) -> None:
        # Others wait; a filter may make each batch as dear as one statement may be.
        limits = Limits(settings.PORTAL_EXPORT_MB, settings.PORTAL_EXPORT_MINUTES, ExportImpossible)
        super().__init__(export, stop, limits)

    def run(self) -> int:
        """Make the file; answers its size. Raises PortalError, Stopped."""
        export = self.row
        if not is_current(export):
            raise VersionRetired
        query = QueryDict(mutable=True)
        query.update(export.query)
        wish = read_wish(export.format, query, export.layer.parsed)
        with self.aside() as part, patient():
            write_file(
                wish, export.layer, export.version, part, address=export.address, beat=self.beat
            )
            return self.named()

    def check(self) -> None:
        """Raises ExportsFull, VersionRetired."""
        fresh = Export.objects.select_related("layer", "version").filter(pk=self.row.pk).first()
        if fresh is None or not is_current(fresh):
            raise VersionRetired
        if is_full():
            raise ExportsFull


@contextmanager
def patient() -> Iterator[None]:
    """Statements may take longer than a caller of the API would wait."""
    limit = f"{settings.PORTAL_EXPORT_SECONDS}s"
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (former,) = cursor.fetchone()
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [limit])
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, false)", [former])
