"""`/officer/api/devices`, `/officer/api/me`: a device signs in, says who it is for, signs out."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_portal.accounts.names import full_name
from gis_portal.officer import jurisdiction
from gis_portal.officer.devices import sessions
from gis_portal.officer.devices.door import (
    COOKIE,
    PATH,
    OfficerRequest,
    kept_by_nobody,
    named,
    officer_api,
    set_cookie,
)
from gis_portal.officer.devices.errors import DeviceUnknown, NotAnOfficer, UnreadableDevice
from layers.errors import PortalError
from layers.models import AdminUnit

LONGEST_NAME = 60


@require_POST
@csrf_protect
def add(request: HttpRequest) -> HttpResponseBase:
    """POST /officer/api/devices, signed in as on any page: {name, platform} → a device."""
    try:
        return kept_by_nobody(_added(request))
    except PortalError as error:
        return kept_by_nobody(named(error))


def _added(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not user.is_authenticated:
        raise DeviceUnknown
    if not jurisdiction.is_officer(user):
        raise NotAnOfficer
    name, platform = _said(request)
    # The same phone again, or another officer's: the cookie that is replaced opens nothing more.
    before = sessions.known_device(request.COOKIES.get(COOKIE, ""))
    if before is not None:
        sessions.revoke(before, before.user)
    device, cookie = sessions.make_device(user, name, platform)
    answer = {"id": device.pk, "name": device.name, "expires_at": device.expires_at}
    # From here on the device's own cookie speaks. Whoever finds the phone and guesses at its PIN
    # until it is wiped must not be let in by a session of the portal that is still open.
    logout(request)
    response = JsonResponse(answer, status=201)
    set_cookie(response, cookie, device)
    return response


def _said(request: HttpRequest) -> tuple[str, str]:
    """Name and platform, of printable characters. Raises UnreadableDevice."""
    try:
        said = json.loads(request.body)
        name, platform = str(said["name"]).strip(), str(said.get("platform", "")).strip()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableDevice from error
    if not name or len(name) > LONGEST_NAME or not (name + platform).isprintable():
        raise UnreadableDevice
    return name, platform[:LONGEST_NAME]


@require_http_methods(["DELETE"])
@officer_api
def this(request: OfficerRequest) -> HttpResponse:
    """DELETE /officer/api/devices/this: signed out; what is on the device wipes itself."""
    sessions.revoke(request.officer.device, request.officer.user)
    response = HttpResponse(status=204)
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
    return response


@require_safe
@officer_api
def me(request: OfficerRequest) -> HttpResponse:
    """GET /officer/api/me: who, which device, whose units, what the device has to keep to."""
    officer = request.officer
    units = AdminUnit.objects.filter(pk__in=officer.units).order_by("name", "code")
    device = officer.device
    return JsonResponse(
        {
            "user": {"name": full_name(officer.user)},
            "device": {"id": device.pk, "name": device.name, "expires_at": device.expires_at},
            "units": [_unit(unit) for unit in units],
            "limits": {
                "offline_hours": settings.PORTAL_OFFICER_OFFLINE_HOURS,
                "refresh_days": settings.PORTAL_OFFICER_REFRESH_DAYS,
                "wrong_pins": settings.PORTAL_OFFICER_WRONG_PINS,
                "keep_days": settings.PORTAL_OFFICER_KEEP_DAYS,
            },
            "now": timezone.now(),
        }
    )


def _unit(unit: AdminUnit) -> dict[str, Any]:
    box = list(unit.geom.extent) if unit.geom else None
    return {"id": unit.pk, "code": unit.code, "name": unit.name, "bbox": box}
