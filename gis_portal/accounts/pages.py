"""`/accounts/`: one's own account; devices of one's own; what allauth's pages need of ours."""

from typing import Any

from allauth.account.views import LoginView, PasswordResetView
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.openid_connect import views as provider_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User as Account
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_portal.accounts.errors import TooManyAttempts
from gis_portal.accounts.names import full_name
from gis_portal.accounts.second_factor import lacks_second_factor
from gis_portal.errors import PageNotFound, answer
from gis_portal.follow.sending import can_mail
from gis_portal.officer import jurisdiction
from gis_portal.officer.devices import sessions
from gis_portal.officer.devices.models import Device
from layers.models import AdminUnit
from layers.permissions import APPROVER, OFFICER, PLANNER, RESTRICTED_READER, STEWARD, roles_of

ROLES = (OFFICER, PLANNER, STEWARD, APPROVER, RESTRICTED_READER)
MOST_UNITS = 12


class Login(LoginView):
    """The one page to sign in at."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """With the province's provider, if there is one."""
        context: dict[str, Any] = super().get_context_data(**more)
        return {**context, "providers": get_adapter().list_providers(self.request)}


class PasswordReset(PasswordResetView):
    """Says so when the portal cannot send mails."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """With whether a letter can go out."""
        return {**super().get_context_data(**more), "can_mail": can_mail()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises PageNotFound where no letter can go out."""
        if not can_mail():
            raise PageNotFound
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response


def start_at_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """To the provider, to sign in; nothing else is begun by a link (an account that is signed in
    could otherwise be tied to somebody else's person there).
    """
    if {request.GET.get("process"), request.POST.get("process")} - {None, "login"}:
        raise PageNotFound
    response: HttpResponseBase = provider_views.login(request, provider_id)
    return response


def administration(request: HttpRequest) -> HttpResponseBase:
    """The administration site's own page to sign in at: there is one page for all. Who has signed
    in and is no staff has nothing to look for there.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
    if not request.user.is_staff:
        raise PageNotFound
    return redirect("admin:index")


def too_many(request: HttpRequest) -> HttpResponseBase:
    """handler429, for allauth's limits."""
    return answer(request, TooManyAttempts())


@never_cache
@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Who I am here, and what I can do about it."""
    assert isinstance(request.user, Account)
    roles = roles_of(request.user)
    units = AdminUnit.objects.filter(pk__in=jurisdiction.units_of(request.user)).defer("geom")
    context = {
        "full_name": full_name(request.user),
        "roles": [role for role in ROLES if role in roles],
        "units": units.order_by("name")[:MOST_UNITS],
        "unit_count": units.count(),
        "is_officer": jurisdiction.is_officer(request.user),
        "has_second_factor": is_mfa_enabled(request.user),
        "lacks_second_factor": lacks_second_factor(request.user),
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "account/overview.html", context)


@never_cache
@require_safe
@login_required
def devices(request: HttpRequest) -> HttpResponse:
    """My devices, the latest used first."""
    found = Device.objects.filter(user=request.user.pk).select_related("revoked_by")
    return render(request, "account/devices.html", {"devices": found})


@require_POST
@login_required
def revoke_device(request: HttpRequest, pk: str) -> HttpResponseBase:
    """One of mine; from its next request on it is out."""
    device = get_object_or_404(Device, pk=pk, user=request.user.pk)
    sessions.revoke(device, request.user)
    return redirect("account-devices")
