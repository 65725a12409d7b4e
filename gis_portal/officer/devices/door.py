"""The door of `/officer/api/`: which device asks, for whom, and whose units these are.

The cookie alone opens nothing: another site could make a browser send it (SameSite=Strict keeps
that off in today's browsers). A header that only the handbook's own script sets comes with it, so
these views need no CSRF token, which a device that was offline for days would not have.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User as Account
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from gis_portal.accounts.errors import SecondFactorNeeded
from gis_portal.accounts.second_factor import lacks_second_factor
from gis_portal.officer import jurisdiction
from gis_portal.officer.devices.errors import DeviceRevoked, NotAnOfficer, NotFromTheHandbook
from gis_portal.officer.devices.models import Device
from gis_portal.officer.devices.sessions import device_of, renew
from layers.api.render import problem
from layers.errors import PortalError

COOKIE = "officer_device"
PATH = "/officer/"
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Officer:
    """Who asks, with which device, and the ids of the units in their care now."""

    user: Account
    device: Device
    units: frozenset[int]


class OfficerRequest(HttpRequest):
    """A request that came through the door."""

    officer: Officer


def officer_api(view: Callable[..., HttpResponseBase]) -> View:
    """The view for a device in use of somebody who is an officer still; `request.officer` says who.

    401 `device-unknown`, `device-expired`, `device-revoked`; 403 `not-an-officer`,
    `second-factor-needed`. Failures with a
    name are problem documents; nothing is kept by any cache.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            officer = let_in(request)
            request.officer, request.user = officer, officer.user  # type: ignore[attr-defined]
            renewed = renew(officer.device)
            response = view(request, *args, **kwargs)
        except PortalError as error:
            return kept_by_nobody(named(error))
        if renewed:
            set_cookie(response, request.COOKIES[COOKIE], officer.device)
        return kept_by_nobody(response)

    return csrf_exempt(guarded)


def let_in(request: HttpRequest) -> Officer:
    """Who asks. Raises what `officer_api` answers."""
    if request.headers.get("X-Officer") != "1":
        raise NotFromTheHandbook
    device = device_of(request.COOKIES.get(COOKIE, ""))
    if not jurisdiction.is_officer(device.user):
        raise NotAnOfficer
    if lacks_second_factor(device.user):
        raise SecondFactorNeeded
    return Officer(device.user, device, jurisdiction.units_of(device.user))


def named(error: PortalError) -> HttpResponseBase:
    """Its problem document, for this site alone; a revoked device loses its cookie, too."""
    response = problem(error)
    del response.headers["Access-Control-Allow-Origin"]
    if isinstance(error, DeviceRevoked):
        response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
    return response


def kept_by_nobody(response: HttpResponseBase) -> HttpResponseBase:
    """Whatever the view says."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def set_cookie(response: HttpResponseBase, value: str, device: Device) -> None:
    """For this room only, out of reach of scripts and of other sites."""
    left = device.expires_at - timezone.now()
    response.set_cookie(
        COOKIE,
        value,
        max_age=max(left, dt.timedelta()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
