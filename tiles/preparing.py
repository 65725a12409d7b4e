"""Makes the tables for tiles of one version, aside, while tiles come from the version's rows.

Stage (empty tables), fill (`lod.py`), seal (indexes), show (rights and state in one short
transaction). Whoever makes them holds a lock of its database session: when the process is gone
the lock is free, and the making is begun again (`preparing_queue.sweep`). Every step asks whether
it is still ours, so one who was thought dead writes nothing into the tables of the next.
Neighbours: `tasks` calls this in a worker, `migrations/sql/preparing.sql` has the DDL.
"""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from layers.models import Layer
from tiles import preparing_lod, working
from tiles.models import TileSet
from tiles.source import TileSource, source_for

log = logging.getLogger(__name__)

# First half of the advisory locks of those who make tables; the version is the second.
LOCKS = 7023
# A making that was cut off so often is left to the operator.
MOST_ATTEMPTS = 3
# Sessions at a time, and parts of a version's features that they share.
SESSIONS, PARTS = 2, 6
# No bound of time; much memory; a client that is killed is noticed, and its statement ended.
BUILDING = """SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB';
SET LOCAL client_connection_check_interval = '1s'"""


class NoLongerOurs(Exception):
    """Somebody else makes the tables now, or nobody wants them."""


def build(version_id: int) -> str:
    """Make the tables of the live version and show them; the answer is what became of it.

    An error is written down with the version's state, and raised for the worker's log.
    """
    with alone(version_id) as is_ours:
        if not is_ours:
            return "in the making elsewhere"
        begun = _begin(version_id)
        if begun is None:
            return "not wanted"
        source, attempt = begun
        try:
            _make(source, attempt)
        except NoLongerOurs:
            return "taken over"
        except Exception as error:
            _fail(version_id, attempt, error)
            raise
    return TileSet.READY


@contextmanager
def alone(version_id: int) -> Iterator[bool]:
    """Whether no other session makes the version's tables; if so, ours may until the block ends."""
    is_ours = bool(_ask("SELECT pg_try_advisory_lock(%s, %s)", version_id))
    try:
        yield is_ours
    finally:
        if is_ours and connection.connection is not None and not connection.connection.closed:
            _ask("SELECT pg_advisory_unlock(%s, %s)", version_id)


def wanted_source(layer: Layer) -> TileSource | None:
    """The live version as a source of tiles when it is large enough to be prepared."""
    version = layer.live_version
    if version is None or version.feature_count < settings.PORTAL_LOD_MIN:
        return None
    return source_for(layer.parsed, version.pk, is_public=layer.is_public)


def run_step(source: TileSource, attempt: int, *statements: str) -> None:
    """One step in a transaction of its own. Raises NoLongerOurs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BUILDING)
        cursor.execute(
            "SELECT FROM tiles_tileset WHERE version_id = %s AND attempts = %s"
            " AND state = 'building' FOR SHARE",
            [source.version_id, attempt],
        )
        if cursor.rowcount != 1:
            raise NoLongerOurs
        for statement in statements:
            cursor.execute(statement)


def _begin(version_id: int) -> tuple[TileSource, int] | None:
    """What is to be made, by the definition of this moment, and which attempt it is."""
    with transaction.atomic():
        # The definition after the lock: who withdraws a field from the rows holds it.
        found = TileSet.objects.select_for_update(of=("self",)).filter(pk=version_id).first()
        layer = Layer.objects.select_related("live_version").filter(live_version=version_id).first()
        source = wanted_source(layer) if layer is not None else None
        if source is None or found is None or found.state not in (found.WAITING, found.BUILDING):
            return None
        found.state, found.attempts = TileSet.BUILDING, found.attempts + 1
        found.digest, found.message = source.tables_digest, ""
        found.save(update_fields=["state", "attempts", "digest", "message"])
    return source, found.attempts


def _make(source: TileSource, attempt: int) -> None:
    start, number = time.monotonic(), int(source.version_id)
    run_step(source, attempt, f"SELECT portal_stage_tiles({number})")
    _fill(source, attempt)
    run_step(source, attempt, f"SELECT portal_seal_tiles({number})")
    if not _show(source, attempt, start):
        raise NoLongerOurs
    log.info("Version %s: tables for tiles made in %.1f s", number, time.monotonic() - start)


def _show(source: TileSource, attempt: int, start: float) -> bool:
    """Give the tables to their readers; False when they are wanted no more, or made otherwise."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BUILDING)
        # The row before the rights: so does a withdrawal of fields.
        mine = TileSet.objects.filter(
            pk=source.version_id, attempts=attempt, state=TileSet.BUILDING
        )
        if not mine.select_for_update(of=("self",)).exists():
            return False
        layer = Layer.objects.filter(versions=source.version_id).first()
        if layer is None or _digest_now(layer, source) != source.tables_digest:
            mine.update(state=TileSet.WAITING)
            return False
        role = settings.PORTAL_TILES_ROLE
        cursor.execute("SELECT portal_show_tiles(%s, %s)", [source.version_id, role])
        mine.update(
            state=TileSet.READY,
            built_at=timezone.now(),
            seconds=round(time.monotonic() - start, 1),
            bytes=cursor.fetchone()[0],
        )
    return True


def _digest_now(layer: Layer, source: TileSource) -> str:
    """What the version's tables would be made by at this moment."""
    return source_for(layer.parsed, source.version_id, is_public=True).tables_digest


def _fill(source: TileSource, attempt: int) -> None:
    """In two sessions at a time, the long steps first; by parts, so that both end together."""
    steps: list[list[str]] = [[working.building(source)]]
    if preparing_lod.zooms(source):
        parts = _parts(source)
        together(
            [partial(run_step, source, attempt, s) for s in preparing_lod.measuring(source, parts)]
        )
        steps += [preparing_lod.summing(source)]
        steps += [[s] for s in preparing_lod.shaping(source, parts)]
    together([partial(run_step, source, attempt, *statements) for statements in steps])


def together(steps: list[Callable[[], None]]) -> None:
    """Run the steps in SESSIONS threads, each with a connection of its own; the first error is
    raised when all have ended. Within a transaction (tests) there is only its connection.
    """
    if connection.in_atomic_block:
        for step in steps:
            step()
        return
    with ThreadPoolExecutor(SESSIONS) as pool:
        for done in [pool.submit(_in_own_session, step) for step in steps]:
            done.result()


def _in_own_session(step: Callable[[], None]) -> None:
    try:
        step()
    finally:
        connection.close()


def _parts(source: TileSource) -> list[tuple[int, int]]:
    """First and last numbers of features, in PARTS of the same length."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), max(id) FROM {source.table}")  # noqa: S608 - a checked name
        first, last = cursor.fetchone()
    step = (last - first) // PARTS + 1
    return [(start, start + step - 1) for start in range(first, last + 1, step)]


def _fail(version_id: int, attempt: int, error: Exception) -> None:
    """Nothing stays of it but the reason. A lost connection is left to the sweeper."""
    if not connection.is_usable():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        failed = TileSet.objects.filter(pk=version_id, attempts=attempt, state=TileSet.BUILDING)
        if failed.update(state=TileSet.FAILED, message=f"{type(error).__name__}: {error}"[:2000]):
            cursor.execute("SELECT portal_drop_tiles(%s)", [version_id])


def _ask(sql: str, version_id: int) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCKS, version_id % 2**31])
        return cursor.fetchone()[0]
