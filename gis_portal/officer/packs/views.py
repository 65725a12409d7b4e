"""`/officer/api/packs`: what an officer may take along, its parts, and what changed since.

Whether the unit is in the officer's care is asked at every request (`jurisdiction`); a part of
another unit, and one that does not exist, answer the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from gis_portal.officer.devices.door import Officer, OfficerRequest, officer_api
from gis_portal.officer.devices.readings import PACK, record_reading
from gis_portal.officer.jurisdiction import may_read_unit
from gis_portal.officer.packs import store
from gis_portal.officer.packs.delta import make_delta
from gis_portal.officer.packs.errors import PackGone, UnknownPack
from gis_portal.officer.packs.held import note_handout
from gis_portal.officer.packs.making import make_small, weigh_private
from gis_portal.officer.packs.models import HANDBOOK, IMAGERY, LABELS, PRIVATE, Part
from gis_portal.officer.packs.parts import SUFFIX, Office, Pack, packs_of
from gis_portal.officer.packs.private import may_have, personal_fields
from gis_portal.officer.packs.writing import unpacked
from layers.models import AdminUnit
from layers.ondemand.download import Deliverable, deliver
from layers.units import former_names

GZIP, PMTILES = "application/gzip", "application/vnd.pmtiles"
# A steward has every commune: those without a parcel are left out of the list.
MANY = 20


@require_safe
@officer_api
def packs(request: OfficerRequest) -> HttpResponse:
    """GET /officer/api/packs."""
    officer, office = request.officer, Office.now()
    if office is None:
        return JsonResponse({"packs": []})
    counts = _counts(office, officer.units)
    wanted = officer.units if len(officer.units) <= MANY else frozenset(counts)
    units = list(AdminUnit.objects.filter(pk__in=wanted).order_by("name", "code"))
    private = may_have(officer.user, office.register.parsed)
    found = packs_of(office, units, private=private)
    made = make_small(office, found, counts)
    made = (private and _weigh_private(officer, office, found)) or made
    if made:
        found = packs_of(office, units, private=private)
    told = [_described(office, pack, counts.get(pack.unit.pk, 0)) for pack in found]
    return JsonResponse({"packs": told})


def _counts(office: Office, units: frozenset[int]) -> dict[int, int]:
    """Parcels of each unit that has any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, count(*) FROM layers_feature "
            "WHERE version_id = %s AND unit_id = ANY(%s) GROUP BY unit_id",
            [office.version.pk, sorted(units)],
        )
        return dict(cursor.fetchall())


def _weigh_private(officer: Officer, office: Office, found: list[Pack]) -> bool:
    """Size and hash of personal parts that nobody has asked for yet; the bytes are not kept."""
    wanted = [pack for pack in found if PRIVATE in pack.missing]
    for pack in wanted:
        weigh_private(officer.user, office, pack.unit)
    return bool(wanted)


def _described(office: Office, pack: Pack, count: int) -> dict[str, Any]:
    unit = pack.unit
    parts = [_part(pack, kind, part) for kind, part in pack.parts.items()]
    return {
        "unit": {
            "id": unit.pk,
            "code": unit.code,
            "name": unit.name,
            "bbox": list(unit.geom.extent) if unit.geom else None,
            "former": former_names(unit),
        },
        "as_of": office.as_of,
        "version": office.version.number,
        "layer": office.register.slug,
        "parcels": count,
        "illustrative": office.version.is_illustrative,
        "total_bytes": sum(part["bytes"] for part in parts if not part["optional"]),
        "parts": parts,
        "waiting": [
            {"name": kind, "kind": kind, "label": LABELS[kind], "optional": kind == IMAGERY}
            for kind in pack.missing
        ],
        "delta": reverse("officer-pack-delta", args=[unit.pk]),
    }


def _part(pack: Pack, kind: str, part: Part) -> dict[str, Any]:
    return {
        "name": kind,
        "kind": kind,
        "label": LABELS[kind],
        "bytes": part.size,
        "sha256": part.sha256,
        "url": reverse("officer-pack-part", args=[pack.unit.pk, kind, part.sha256]),
        "optional": kind == IMAGERY,
        "as_of": part.as_of.isoformat() if part.as_of else None,
        "version": part.version.number if part.version else None,
    }


@require_safe
@officer_api
def part(request: OfficerRequest, unit: int, name: str, sha256: str) -> HttpResponseBase:
    """GET /officer/api/packs/{unit}/{name}/{sha256}: the bytes, whole or by ranges."""
    officer = request.officer
    office, pack = _pack_for(officer, unit)
    if name not in LABELS:
        raise UnknownPack
    if name == PRIVATE:
        return _personal(request, office, pack, sha256)
    current = pack.parts.get(name)
    if current is None or current.sha256 != sha256:
        own = None if name == HANDBOOK else pack.unit
        raise PackGone if _was(own, name, sha256) else UnknownPack
    file = Addressed(
        path=store.path_of(sha256),
        name=f"{name}-{pack.unit.code}.{SUFFIX.get(name, 'json.gz')}",
        media_type=PMTILES if name in SUFFIX else GZIP,
        key=sha256,
        made=current.made_at,
        for_all=False,
    )
    response = deliver(request, file)
    if _reaches_the_end(request, response, current.size):
        return _told_after(response, lambda: note_handout(officer, pack.unit, current))
    return response


@dataclass(frozen=True)
class Addressed(Deliverable):
    """A file that is what its hash says, whenever it was made."""

    @property
    def etag(self) -> str:
        """Strong, and the same on every machine."""
        return f'"{self.key}"'


def _pack_for(officer: Officer, unit_id: int) -> tuple[Office, Pack]:
    """The pack as it is now. Raises UnknownPack."""
    if not may_read_unit(officer.user, unit_id):
        raise UnknownPack
    office, unit = Office.now(), AdminUnit.objects.filter(pk=unit_id).first()
    if office is None or unit is None:
        raise UnknownPack
    private = may_have(officer.user, office.register.parsed)
    return office, packs_of(office, [unit], private=private)[0]


def _was(unit: AdminUnit | None, kind: str, sha256: str) -> bool:
    return Part.objects.filter(unit=unit, kind=kind, sha256=sha256).exists()


def _personal(request: OfficerRequest, office: Office, pack: Pack, sha256: str) -> HttpResponseBase:
    """The personal part, made for this reader, always whole; the hand-out is on the record before
    it happens.
    """
    officer, register = request.officer, office.register
    if not may_have(officer.user, register.parsed):
        raise UnknownPack
    with transaction.atomic():
        part, body = weigh_private(officer.user, office, pack.unit)
        if part.sha256 != sha256:
            raise PackGone if _was(pack.unit, PRIVATE, sha256) else UnknownPack
        if request.method == "GET":
            names = [field.name for field in personal_fields(register.parsed)]
            count = len(unpacked(body)["rows"])
            record_reading(officer, office.version, pack.unit.pk, names, purpose=PACK, count=count)
            note_handout(officer, pack.unit, part)
    response = HttpResponse(body, content_type=GZIP)
    response.headers["Content-Encoding"] = "identity"
    response.headers["ETag"] = f'"{part.sha256}"'
    return response


@require_safe
@officer_api
def delta(request: OfficerRequest, unit: int) -> HttpResponse:
    """GET /officer/api/packs/{unit}/delta?from=sha256."""
    office, pack = _pack_for(request.officer, unit)
    body, current = make_delta(request.officer, office, pack, request.GET.get("from", ""))
    note_handout(request.officer, pack.unit, current)
    response = HttpResponse(body, content_type=GZIP)
    response.headers["Content-Encoding"] = "identity"
    return response


def _reaches_the_end(request: OfficerRequest, response: HttpResponseBase, size: int) -> bool:
    """With this answer the device has the file's last byte."""
    if request.method != "GET" or response.status_code not in (200, 206):
        return False
    span = response.headers.get("Content-Range", f"bytes 0-{size - 1}/{size}")
    return span.endswith(f"-{size - 1}/{size}")


def _told_after(response: HttpResponseBase, tell: Callable[[], None]) -> HttpResponseBase:
    """Tell when the last byte was taken: at once for an answer that is whole already."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = Followed(response.streaming_content, tell)
    else:
        tell()
    return response


class Followed:
    """An answer's pieces; `tell` is called behind the last one."""

    def __init__(self, pieces: Any, tell: Callable[[], None]) -> None:
        self._pieces, self._tell = pieces, tell

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        self._tell()

    def close(self) -> None:
        """The file's place is given back, also by an answer that nobody read."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
