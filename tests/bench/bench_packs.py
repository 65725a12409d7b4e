"""The parcels part of a commune's pack beside reading the same rows, and a delta beside the part.

A part is made as the worker makes it: rows, corners in millimetres, JSON, gzip. Reading is the same
statement in the same role, its rows fetched and thrown away. By turns in this process, the median
of the ratios. That the rows are right is tested in `tests/gis_portal/officer/packs/`.
"""

import statistics
import time
from collections.abc import Callable

from django.db import connection

from gis_portal.officer.packs import parcels, rows
from gis_portal.officer.packs.parts import Office
from gis_portal.officer.packs.writing import packed, unpacked
from gis_portal.parcels.reading import grid_of
from layers.models import AdminUnit
from layers.permissions import office_context
from tests.bench.land import Land
from tests.bench.rows import Figure

PASSES = 7
# The public land of a whole province, as one of them publishes it.
PARCELS = 7571
MOST_TIMES, MOST_BYTES, MOST_SHARE = 10.0, 500.0, 0.05
TEXT = """{unit}: {count:,} parcels, the commune nearest to {wanted:,}. The part as the worker makes
it, against the same statement read and thrown away, {passes} times by turns; median of the ratios.
The delta is of one row in a hundred, scattered."""


def pack_figures(land: Land) -> tuple[list[Figure], str]:
    """(figures, text)."""
    office = Office.now()
    assert office is not None
    unit, count = _unit(land)
    made = rows.read_rows(office.register, office.version, unit)
    assert len(made) == count, (len(made), count)
    body = packed(parcels.parcels_document(office, unit, made, []))
    ratio = _ratio(lambda: _make(office, unit), lambda: _read(office, unit))
    changed = [{**row, "area": -1.0} if n % 100 == 0 else row for n, row in enumerate(made)]
    delta = packed({"upsert": parcels.changed_uids(made, changed)[0]})
    apart = _ratio(lambda: parcels.changed_uids(made, changed), lambda: unpacked(body))
    figures = [
        Figure("parcels part of a pack ÷ reading its rows", ratio, "", MOST_TIMES, at_least=False),
        Figure("bytes of the part a parcel", len(body) / count, "B", MOST_BYTES, at_least=False),
        Figure("delta of one row in a hundred ÷ the part, bytes", len(delta) / len(body), "",
               MOST_SHARE, at_least=False),
        Figure("telling two versions apart ÷ reading a part", apart, ""),
    ]  # fmt: skip
    words = TEXT.format(unit=unit.name, count=count, wanted=PARCELS, passes=PASSES)
    return figures, words


def _unit(land: Land) -> tuple[AdminUnit, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, count(*) AS n FROM layers_feature WHERE version_id = %s "
            "AND unit_id IS NOT NULL GROUP BY 1 ORDER BY abs(count(*) - %s), 1 LIMIT 1",
            [land.version.pk, PARCELS],
        )
        found, count = cursor.fetchone()
    return AdminUnit.objects.get(pk=found), count


def _make(office: Office, unit: AdminUnit) -> None:
    made = rows.read_rows(office.register, office.version, unit)
    packed(parcels.parcels_document(office, unit, made, []))


def _read(office: Office, unit: AdminUnit) -> None:
    version = office.version
    sql = rows.ROWS.format(grid=grid_of(version).srid, version=version.pk)
    with office_context(unit.pk), connection.cursor() as cursor:
        cursor.execute(sql, {"unit": unit.pk})
        cursor.fetchall()


def _ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    ours(), theirs()
    return statistics.median(_seconds(ours) / _seconds(theirs) for _pass in range(PASSES))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
