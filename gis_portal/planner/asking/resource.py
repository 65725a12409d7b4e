"""What all addresses of the planners' API share: who asks, and bodies that are bounded JSON."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request as ApiRequest
from rest_framework.views import APIView

from gis_portal.planner.document import shape
from gis_portal.planner.document.errors import BadDocument, DocumentTooLarge
from gis_portal.planner.errors import SignInToPlan
from gis_portal.planner.permissions import check_planner
from importers.api.errors import KeyNotAllowed
from importers.api.models import ANALYSE, ApiKey
from importers.api.tokens import KeyAuthentication, OwnSession
from layers.api.resource import AlwaysFirst, PlainJson
from layers.permissions import User

# Beside the document: how it is shared, spaces of an indented text.
SLACK = 4


class BrowserSession(OwnSession):
    """CSRF protection looks for its token in the form of Django's own request: that of the
    framework would ask for a parser, and there is none.
    """

    def enforce_csrf(self, request: Any) -> None:
        """The framework's check. Raises CsrfFailed."""
        super().enforce_csrf(getattr(request, "_request", request))


class PlannerResource(APIView):
    """Base: planners by session or key. Others see what is shared with them, where
    `is_for_planners` is False.
    """

    authentication_classes = (KeyAuthentication, BrowserSession)
    parser_classes: Any = ()
    renderer_classes: Any = (PlainJson,)
    content_negotiation_class = AlwaysFirst
    is_for_planners = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nothing of this is kept by caches."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        if response.status_code == SignInToPlan.status:
            response.headers["WWW-Authenticate"] = 'Bearer realm="analyses"'
        return response

    def initial(self, request: ApiRequest, *args: Any, **kwargs: Any) -> None:
        """Raises MethodNotAllowed and DocumentTooLarge before anybody is asked who they are."""
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        if _length(request) > self.most_bytes:
            raise DocumentTooLarge(f"{self.most_bytes // 1024} KB", at="")
        super().initial(request, *args, **kwargs)
        key = request.auth
        # A question reads any layer, so a key for some of them is none for questions.
        if isinstance(key, ApiKey) and not (key.allows(ANALYSE) and key.every_layer):
            raise KeyNotAllowed(ANALYSE, actions=key.actions)
        if self.is_for_planners or request.method not in ("GET", "HEAD", "OPTIONS"):
            check_planner(request.user)

    @property
    def most_bytes(self) -> int:
        """Of a request."""
        return shape.most_bytes() * SLACK

    @property
    def reader(self) -> User:
        """Who asks."""
        return self.request.user

    @property
    def token(self) -> str | None:
        """Of a link that was shared."""
        return self.request.query_params.get("token") or None

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; {} when nothing was. Raises BadDocument and its kinds."""
        try:
            raw = self.request._request.body
        except RequestDataTooBig as error:
            raise DocumentTooLarge(f"{self.most_bytes // 1024} KB", at="") from error
        if not raw:
            return {}
        found = shape.parsed(raw)
        if not isinstance(found, dict):
            raise BadDocument(at="")
        return found


def _length(request: ApiRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() and len(text) < 19 else 0
