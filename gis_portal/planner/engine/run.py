"""From a document and its versions to a stored answer."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import DatabaseError, InternalError, connection
from django.utils.translation import gettext as _

from gis_portal.planner.document.model import Changes, Combine, Dissolve, Document
from gis_portal.planner.engine import naming, summary
from gis_portal.planner.engine.compute import Computing, compute
from gis_portal.planner.engine.errors import InvalidShape
from gis_portal.planner.engine.legend import legend_of
from gis_portal.planner.engine.rows import Rows
from gis_portal.planner.engine.store import ResultStore, rows_sql
from gis_portal.planner.engine.summary import MOST_ROWS, Summary
from gis_portal.planner.engine.working import Work
from layers.cql2 import Sql
from layers.models import LayerVersion

Progress = Callable[[float, str], None]
# Of more of them the extent is that of the layer they are of.
MANY_PIECES = 100_000


def onward(progress: Progress) -> Progress:
    """The same, that never goes back: a step reads other sets before its own work."""
    highest = 0.0

    def told(share: float, note: str) -> None:
        nonlocal highest
        highest = max(highest, share)
        progress(highest, note)

    return told


def silent(_share: float, _note: str) -> None:
    """A progress that nobody reads."""


def run(
    document: Document,
    versions: Mapping[str, int],
    *,
    store: ResultStore,
    sample: float | None = None,
    progress: Progress = silent,
) -> Summary:
    """Compute the answer into the store.

    `progress(share, note)` is called between statements; what it raises ends the run. Whatever ends
    it, nothing half written is left. `versions`: input → id of a layer version.
    """
    del sample
    grid, other = naming.grid_of(document, versions)
    work = Work(store, grid, document.slivers, onward(progress))
    computing = Computing(document, versions, work)
    if other:
        computing.notes.append("grids-differ:" + ",".join(other))
    try:
        store.begin()
        rows = compute(computing)
        work.share = 0.95
        work.progress(0.95, _("Tính tổng"))
        whole = _size(computing, rows)
        store.seal()
        return summarised(computing, rows, whole)
    except InternalError as error:
        store_gone(store)
        raise InvalidShape(_("Các hình đã lưu không tính được với nhau.")) from error
    except BaseException:
        store_gone(store)
        raise


def store_gone(store: ResultStore) -> None:
    """Drop what was made; a broken transaction takes it along itself."""
    if connection.needs_rollback:
        return
    try:
        store.drop()
    except DatabaseError:
        return


def summarised(computing: Computing, rows: Rows, whole: float) -> Summary:
    """The table and the sums of what was computed."""
    document, work = computing.document, computing.work
    name = work.store.table()
    lines, slivers = summary.table(name, document)
    totals = summary.shares(lines, slivers)
    definitions = _definitions(computing)
    version = rows.version
    if len(lines) > MOST_ROWS:
        computing.notes.append("rows-cut")
    return Summary(
        grid=work.grid.code,
        columns=summary.columns_of(document, definitions),
        rows=lines[:MOST_ROWS],
        totals=totals,
        slivers={
            "count": sum(row["count"] for row in slivers),
            "area_m2": sum(row["area_m2"] or 0 for row in slivers),
            "rows": slivers[:MOST_ROWS],
            "below_m2": document.slivers.area_m2,
            "below_m": document.slivers.width_m,
        },
        notes=computing.notes,
        extent=_extent(computing, rows, totals["count"]),
        legend=legend_of(document, definitions, lines),
        sums=_sums(whole, rows, totals),
        source={"version": version, "srid": work.grid.srid, "dimension": rows.dimension},
    )


def _definitions(computing: Computing) -> dict[str, Any]:
    found = LayerVersion.objects.select_related("layer").in_bulk(list(computing.versions.values()))
    told = {n: found[pk].layer.parsed for n, pk in computing.versions.items() if pk in found}
    by_slug = {definition.slug: definition for definition in told.values()}
    document = computing.document
    for step in document.steps:
        if isinstance(step, Changes | Dissolve | Combine):
            of = step.of[0] if isinstance(step, Combine) else step.id
            slug = document.layer_of(step.of if isinstance(step, Dissolve) else of)
            if slug in by_slug:
                told[step.id] = by_slug[slug]
    return told


def _size(computing: Computing, rows: Rows) -> float:
    """What went in, in m², m or points."""
    size = computing.work.measured("r.shape", rows.dimension)
    text = f"SELECT coalesce(sum({size}), 0) FROM ({rows.sql.text}) r"
    return float(computing.work.read(Sql(text, rows.sql.values))[0][0])


def _sums(whole: float, rows: Rows, totals: dict[str, float]) -> dict[str, float]:
    """What went in, what came out in parts, and how far they are apart."""
    parts = float(totals[("count", "length_m", "area_m2")[rows.dimension]])
    return {"input": whole, "parts": parts, "difference": whole - parts}


def _extent(computing: Computing, rows: Rows, pieces: float) -> list[float] | None:
    """Degrees; of a whole version, or many pieces of one, those that are known of it."""
    is_whole = computing.document.result.of in computing.document.inputs
    if rows.version is not None and not rows.filtered and (is_whole or pieces > MANY_PIECES):
        known = LayerVersion.objects.get(pk=rows.version).extent
        if known is not None:
            return [float(number) for number in known.extent]
    return summary.extent_of(rows_sql(computing.work.store.run, rows.version))
