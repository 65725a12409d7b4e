"""The parcels part: the unit's rows, and what of the tiles beside them is out of date.

Tiles are megabytes, a change is a few rows: tiles stay as long as few parcels have changed since
they were made. Which these are says `hide`; the map leaves them out of the tiles and draws rows.
"""

from typing import Any

from django.conf import settings

from gis_portal.officer.packs import store
from gis_portal.officer.packs.models import PARCELS, Part
from gis_portal.officer.packs.parts import Office
from gis_portal.officer.packs.rows import described, named, office_fields, read_rows
from gis_portal.officer.packs.writing import packed, unpacked
from layers.models import AdminUnit

Json = dict[str, Any]


def make_parcels(office: Office, unit: AdminUnit) -> tuple[store.Kept, str]:
    """The file, and whose rows its tiles show when these are not its own."""
    rows = read_rows(office.register, office.version, unit)
    parts = Part.objects.filter(unit=unit, kind=PARCELS, version__layer=office.register)
    last = parts.order_by("-made_at", "-pk").first()
    if last is not None and _tells_too_much(last, office):
        # What officers may not read any more lies on no disk of ours from now on.
        for part in parts:
            store.path_of(part.sha256).unlink(missing_ok=True)
        parts.delete()
        last = None
    base, hide = _tiles_that_stay(last, rows)
    return store.keep(packed(parcels_document(office, unit, rows, hide))), base


def _tells_too_much(part: Part, office: Office) -> bool:
    """It has fields that are not for officers now, or not there any more."""
    body = store.read(part.sha256)
    if body is None:
        return False
    names = {field["name"] for field in unpacked(body)["fields"]}
    return bool(names - {field.name for field in office_fields(office.register.parsed)})


def parcels_document(office: Office, unit: AdminUnit, rows: list[Json], hide: list[str]) -> Json:
    """What the part holds."""
    version = office.version
    return {
        "layer": office.register.slug,
        "version": version.pk,
        "number": version.number,
        "data_date": version.data_date.isoformat() if version.data_date else None,
        "as_of": office.as_of,
        "unit": named(unit),
        "fields": described(office_fields(office.register.parsed)),
        "rows": rows,
        "hide": hide,
    }


def changed_uids(before: list[Json], after: list[Json]) -> tuple[list[Json], list[str]]:
    """Rows that are new or other than before, and uids that are there no more."""
    known = {row["uid"]: row for row in before}
    upsert = [row for row in after if known.pop(row["uid"], None) != row]
    here = {row["uid"] for row in after}
    return upsert, sorted(uid for uid in known if uid not in here)


def rows_of(sha256: str) -> list[Json] | None:
    """The rows of a parcels part that is kept still."""
    body = store.read(sha256)
    return None if body is None else list(unpacked(body)["rows"])


def _tiles_that_stay(last: Part | None, rows: list[Json]) -> tuple[str, list[str]]:
    """The base of the last part, if little has changed since, and what has."""
    before = rows_of(last.tiles_base) if last is not None else None
    if last is None or before is None:
        return "", []
    upsert, remove = changed_uids(before, rows)
    changed = sorted({*(row["uid"] for row in upsert), *remove})
    if len(changed) > settings.PORTAL_PACK_DRIFT * max(1, len(before)):
        return "", []
    return last.tiles_base, changed
