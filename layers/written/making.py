"""Writes the features of a live version into a table aside, in one transaction: whoever is killed
leaves nothing.
"""

import logging
import secrets
import time

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from layers.models import Layer, WrittenRows
from layers.queries.page import ROW
from layers.written.table import digest_of, form_of, table_name

log = logging.getLogger(__name__)

# First half of the advisory locks of those who write; the version is the second.
LOCKS = 7025
_BUILDING = """SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB';
SET LOCAL client_connection_check_interval = '1s'"""
# In the order of the numbers, so that the features of a page lie side by side.
_FILL = """INSERT INTO {table} (id, geom, feature) SELECT page.id, page.geom, {feature} FROM (
  SELECT {row} FROM layers_feature f WHERE f.version_id = %s ORDER BY f.id OFFSET 0
) AS page{joins}"""


def write(version_id: int) -> str:
    """Write the version when it is live and wants it; the answer is what became of it.

    An error is written down with the version, and raised for the worker's log.
    """
    try:
        with transaction.atomic():
            became = _write(version_id)
            if became != WrittenRows.READY:
                transaction.set_rollback(True)
    except Exception as error:
        _fail(version_id, error)
        raise
    return became


def unwrite(version_id: int) -> None:
    """In the caller's transaction: what was written, or is being written, holds no longer."""
    WrittenRows.objects.filter(pk=version_id).update(
        state=WrittenRows.WAITING, wishes=F("wishes") + 1
    )


def drop(version_id: int, *, but_key: str = "") -> None:
    """Throw the tables away; waits for whoever reads them, so it comes last in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_drop_written(%s, %s)", [version_id, but_key])


def _write(version_id: int) -> str:
    start = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_BUILDING)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCKS, version_id % 2**31])
        if not cursor.fetchone()[0]:
            return "in the making elsewhere"
        layer = Layer.objects.filter(live_version=version_id).first()
        wanted = WrittenRows.objects.filter(pk=version_id).first()
        if layer is None or wanted is None:
            return "not wanted"
        digest, form, key = digest_of(layer.parsed), form_of(layer.parsed), secrets.token_hex(6)
        cursor.execute("SELECT portal_stage_written(%s, %s)", [version_id, key])
        fill = _FILL.format(
            table=table_name(version_id, key),
            feature=form.feature,
            row=ROW,
            joins=form.joins,
        )
        cursor.execute(fill, [version_id])
        cursor.execute("SELECT portal_seal_written(%s, %s)", [version_id, key])
        size = cursor.fetchone()[0]
    if not _still_wanted(layer, wanted, digest):
        return "wanted otherwise meanwhile"
    seconds = round(time.monotonic() - start, 1)
    WrittenRows.objects.filter(pk=version_id).update(
        state=WrittenRows.READY, digest=digest, key=key, bytes=size, seconds=seconds,
        made_at=timezone.now(), message="",
    )  # fmt: skip
    log.info("Version %s: features written ahead in %.1f s", version_id, seconds)
    return WrittenRows.READY


def _still_wanted(layer: Layer, wanted: WrittenRows, digest: str) -> bool:
    """Nobody withdrew a field or renamed a unit meanwhile; who is about to is waited for."""
    now = WrittenRows.objects.select_for_update(of=("self",)).filter(pk=wanted.pk).first()
    definition = Layer.objects.get(pk=layer.pk).parsed
    return now is not None and now.wishes == wanted.wishes and digest_of(definition) == digest


def _fail(version_id: int, error: Exception) -> None:
    """The reason; a lost connection leaves none, and housekeeping begins again."""
    if connection.is_usable():
        WrittenRows.objects.filter(pk=version_id).update(
            state=WrittenRows.FAILED,
            message=f"{type(error).__name__}: {error}"[:2000],
            made_at=timezone.now(),
        )
