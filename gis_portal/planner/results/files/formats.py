"""The files that hold all pieces of a result, and which of them are written at once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from gis_portal.planner.models import Run
from gis_portal.planner.results.errors import UnknownRunFormat
from gis_portal.planner.results.geopackage import write_geopackage
from gis_portal.planner.results.parts import Beat
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.workbook import write_workbook


@dataclass(frozen=True)
class Format:
    """`write(told, path, address, beat)`: `address` is the run's page, which the file names."""

    key: str
    title: str
    media_type: str
    write: Callable[[Told, Path, str, Beat], None]


FORMATS = {
    one.key: one
    for one in (
        Format(
            "xlsx",
            "XLSX",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write_workbook,
        ),
        Format("gpkg", "GeoPackage", "application/geopackage+sqlite3", write_geopackage),
    )
}


def format_of(key: object) -> Format:
    """Raises UnknownRunFormat."""
    found = FORMATS.get(key) if isinstance(key, str) else None
    if found is None:
        raise UnknownRunFormat
    return found


def pieces_in(run: Run) -> int:
    """How many pieces there are, slivers included."""
    return int((run.summary or {}).get("totals", {}).get("count") or 0)


def is_small(run: Run) -> bool:
    """Written while somebody waits."""
    return pieces_in(run) <= int(settings.PORTAL_RUN_FILE_DIRECT)


def file_name(run: object, ending: str) -> str:
    """What a file of a run is called for people."""
    return f"phan-tich-{run}.{ending}"
