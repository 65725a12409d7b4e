"""What every request passes: the reader's language, what caches may keep, failures with a name."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from gis_portal.errors import answer
from layers.errors import PortalError, ServiceBusy

log = logging.getLogger(__name__)
# Seconds after which a busy server may be asked again.
RETRY_AFTER = "5"
Handler = Callable[[HttpRequest], HttpResponse]


class LanguageByChoice:
    """Vietnamese unless the reader switched (cookie) or the address says so (`lang=en`).

    The browser's Accept-Language is not asked: the portal is Vietnamese first, and a page's text
    must not depend on a header that caches do not see.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class PagesOfStaff:
    """What is shown to somebody who has signed in is kept nowhere, unless the view says otherwise:
    it may hold internal layers, and the next person at the browser goes back to it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # The header first: who is asking may cost a query, and a tile never asks.
        if "Cache-Control" not in response.headers and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class NamedErrors:
    """Turns a PortalError that left a view into its answer: a page for people, problem+json for
    programs. A database that does not answer in time is one of them, wherever it happens.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == ServiceBusy.status:
            response.headers.setdefault("Retry-After", RETRY_AFTER)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Only failures with a name; anything else stays Django's (500 page, logged)."""
        if isinstance(error, OperationalError | InterfaceError):
            # Statement timeout, lock, connection. The page is calm; the log says what it was.
            log.warning("The database did not answer %s: %s", request.path, error)
            error = ServiceBusy()
        return answer(request, error) if isinstance(error, PortalError) else None
