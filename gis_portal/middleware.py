"""What every request passes: the reader's language, and failures that have a name."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from gis_portal.errors import answer
from layers.errors import PortalError

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


class NamedErrors:
    """Turns a PortalError that left a view into its answer: a page for people, problem+json for
    programs.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Only failures with a name; anything else stays Django's (500 page, logged)."""
        return answer(request, error) if isinstance(error, PortalError) else None
