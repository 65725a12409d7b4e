"""Roles that need a second factor: until they have one, they see nothing but the pages to get it.

Whoever has one is asked for it at every sign-in by allauth itself.
"""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from gis_portal.accounts.errors import SecondFactorNeeded
from gis_portal.errors import answer, for_programs
from gis_portal.middleware import Handler
from layers.permissions import User, roles_of

# Where it can be set up, and what pages are made of.
OPEN = ("/accounts/", "/static/", "/i18n/", "/healthz", "/readyz")


def lacks_second_factor(user: User) -> bool:
    """This person's role needs one, and they have none."""
    needed = frozenset(settings.PORTAL_SECOND_FACTOR_ROLES)
    return bool(needed) and bool(needed & roles_of(user)) and not is_mfa_enabled(user)


class SecondFactorFirst:
    """Leads to the page of second factors. Who carries no session's cookie is not asked about."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._concerns(request) and lacks_second_factor(request.user):
            if for_programs(request):
                return answer(request, SecondFactorNeeded())
            return redirect("mfa_index")
        return self.get_response(request)

    def _concerns(self, request: HttpRequest) -> bool:
        return (
            bool(settings.PORTAL_SECOND_FACTOR_ROLES)
            and settings.SESSION_COOKIE_NAME in request.COOKIES
            and not request.path.startswith(OPEN)
        )
