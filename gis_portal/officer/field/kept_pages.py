"""What could not become an operation, for stewards who may read personal data: nobody knows what is
in such a thing. Who opens one is written down first.
"""

import json
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_portal.errors import PageNotFound
from gis_portal.officer.devices.models import Device
from gis_portal.officer.field import errors
from gis_portal.officer.field.kept import kept_items, open_kept
from gis_portal.officer.field.models import Kept, KeptRead, Operation
from gis_portal.officer.jurisdiction import may_supervise
from gis_portal.steward.access import only
from layers.errors import PortalError
from layers.permissions import RESTRICTED_READER, User, roles_of

PER_PAGE = 25
MOST_SHOWN = 100_000
WHY: dict[str, tuple[str | Promise, str | Promise]] = {
    error.code: (error.title, error.hint)
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, PortalError)
}


@dataclass(frozen=True)
class Stray:
    """One of them as a steward reads of it, without its content."""

    kept: Kept
    why: str
    hint: str
    device: str
    # The right operation came under this id after all.
    arrived: Operation | None

    @property
    def size(self) -> int:
        """Bytes."""
        return len(bytes(self.kept.content))


def may_open(user: User | None) -> bool:
    """Stewards who may read personal data."""
    return may_supervise(user) and RESTRICTED_READER in roles_of(user)


def told(items: list[Kept]) -> list[Stray]:
    """With what is known around them."""
    devices = Device.objects.in_bulk({one.device for one in items})
    came = Operation.objects.in_bulk({one.claimed for one in items if one.claimed})
    return [
        Stray(
            one,
            why=str(WHY.get(one.code, (one.code, ""))[0]),
            hint=str(WHY.get(one.code, (one.code, ""))[1]),
            device=devices[one.device].name if one.device in devices else "",
            arrived=came.get(one.claimed) if one.claimed else None,
        )
        for one in items
    ]


@never_cache
@require_safe
@only(may_open)
def strays(request: HttpRequest) -> HttpResponse:
    """The latest first; contents are opened one by one."""
    page = Paginator(kept_items(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "strays": told(list(page.object_list)), "query": ""}
    return render(request, "desk/kept.html", context)


@never_cache
@require_safe
@only(may_open)
def stray(request: HttpRequest, number: UUID) -> HttpResponse:
    """What was sent, as it came. Raises PageNotFound."""
    with transaction.atomic():
        found = _opened(request.user, number)
        readers = list(found.readers.select_related("by")[:20])
    text = _readable(bytes(found.content))
    context = {
        "stray": told([found])[0],
        "text": text[:MOST_SHOWN],
        "is_cut": len(text) > MOST_SHOWN,
        "readers": readers,
    }
    return render(request, "desk/kept_one.html", context)


@never_cache
@require_safe
@only(may_open)
def stray_file(request: HttpRequest, number: UUID) -> HttpResponse:
    """The same to be saved. Raises PageNotFound."""
    with transaction.atomic():
        found = _opened(request.user, number)
    response = HttpResponse(bytes(found.content), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.pk}.json"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _opened(user: User, number: UUID) -> Kept:
    """The reading is written in the transaction that reads."""
    found = open_kept(user, number)
    if found is None or user.pk is None:
        raise PageNotFound
    KeptRead.objects.create(kept=found, by_id=int(user.pk))
    return found


def _readable(content: bytes) -> str:
    try:
        return json.dumps(json.loads(content), ensure_ascii=False, indent=2)
    except ValueError:
        return content.decode("utf-8", "replace")
