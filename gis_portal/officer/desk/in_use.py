"""Devices and packs in use, their end, and who read personal fields.

A steward sees all devices and all readings; an officer sees their own devices and may end them.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_portal.officer.desk.handling import may_desk
from gis_portal.officer.desk.listing import language_of
from gis_portal.officer.devices.errors import UnknownDevice
from gis_portal.officer.devices.models import Device, Reading
from gis_portal.officer.devices.sessions import devices_of, revoke
from gis_portal.officer.field.models import PeopleRead
from gis_portal.officer.jurisdiction import may_supervise, units_of
from gis_portal.officer.packs.held import packs_held
from gis_portal.officer.packs.models import LABELS
from gis_portal.steward.access import only
from layers.models import AdminUnit, Layer
from layers.permissions import User

PER_PAGE = 50
MOST_PEOPLE_READ = 50


def visible_devices(user: User) -> QuerySet[Device]:
    """Every device for a steward, one's own for an officer."""
    return devices_of() if may_supervise(user) else devices_of().filter(user=user.pk)


@never_cache
@require_safe
@only(may_desk)
def devices(request: HttpRequest) -> HttpResponse:
    """Devices with the packs that they took along, those in use first."""
    page = Paginator(visible_devices(request.user), PER_PAGE).get_page(request.GET.get("page"))
    packs: dict[uuid.UUID, list[Any]] = {}
    for held in packs_held(units_of(request.user)):
        told = {"held": held, "kinds": [LABELS[kind] for kind in held.kinds]}
        packs.setdefault(held.device, []).append(told)
    context = {
        "page": page,
        "devices": [(one, packs.get(one.pk, [])) for one in page.object_list],
        "query": "",
        "supervises": may_supervise(request.user),
    }
    return render(request, "desk/devices.html", context)


@never_cache
@require_POST
@only(may_desk)
def end(request: HttpRequest, number: uuid.UUID) -> HttpResponseBase:
    """From its next request on the device is out, and wipes itself. Raises UnknownDevice."""
    found = visible_devices(request.user).filter(pk=number).first()
    if found is None:
        raise UnknownDevice
    revoke(found, request.user)
    messages.success(request, _("Đã thu hồi máy %(name)s.") % {"name": found.name})
    return redirect("officer-desk-devices")


@never_cache
@require_safe
@only(may_supervise)
def readings(request: HttpRequest) -> HttpResponse:
    """Who got which personal fields of which unit; who read names of people met."""
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None
    found = Reading.objects.select_related("unit").defer("unit__geom")
    people = PeopleRead.objects.select_related("by", "operation__unit").defer(
        "operation__payload_bytes", "operation__unit__geom"
    )
    if unit is not None:
        found, people = found.filter(unit_id=unit), people.filter(operation__unit_id=unit)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    language = language_of(request)
    slugs = {one.layer for one in page.object_list}
    layers = {layer.slug: layer for layer in Layer.objects.filter(slug__in=slugs)}
    context = {
        "page": page,
        "readings": [_told(one, layers.get(one.layer), language) for one in page.object_list],
        "people": people[:MOST_PEOPLE_READ],
        "unit": unit,
        "units": _units_with_readings(),
        "query": f"unit={unit}&" if unit is not None else "",
    }
    return render(request, "desk/readings.html", context)


def _told(reading: Reading, layer: Layer | None, language: str) -> dict[str, Any]:
    """A reading with its layer and fields by their names."""
    names = layer.parsed.by_name if layer else {}
    fields = [names[f].label(language) if f in names else f for f in reading.fields]
    purposes = {
        "pack": _("tải gói về máy"),
        "delta": _("cập nhật gói"),
        "parcel": _("xem một thửa"),
        "report": _("xem một báo cáo"),
    }
    return {
        "reading": reading,
        "layer": layer.title(language) if layer else reading.layer,
        "fields": fields,
        "purpose": purposes.get(reading.purpose, reading.purpose),
    }


def _units_with_readings() -> QuerySet[AdminUnit]:
    with_readings = Reading.objects.order_by().values("unit_id").distinct()
    return AdminUnit.objects.filter(pk__in=with_readings).defer("geom").order_by("name")
