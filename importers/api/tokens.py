"""Who a program is: the session of a browser, or a key in `Authorization: Bearer nap_…`."""

from django.contrib.auth.models import User
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from importers.api.errors import BadKey, CsrfFailed, KeyExpired, KeyNotAllowed
from importers.api.models import ApiKey
from layers.models import Layer

_SCHEME = "bearer"


class KeyAuthentication(BaseAuthentication):
    """A key that is neither revoked nor expired stands for its owner. Anything else in the header:
    BadKey, KeyExpired.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """None where no key was sent: the session is asked next."""
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != _SCHEME:
            return None
        key = ApiKey.find(words[1]) if len(words) == 2 else None
        if key is None:
            raise BadKey
        if key.is_expired:
            raise KeyExpired(f"{key.expires_at:%Y-%m-%d}")
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says that it wants."""
        return 'Bearer realm="imports"'


def check_key(request: Request, action: str, layer: Layer | None = None) -> None:
    """A session may do what its person may; a key only what it was made for. Raises
    KeyNotAllowed.
    """
    key = request.auth
    if not isinstance(key, ApiKey):
        return
    if not key.allows(action):
        raise KeyNotAllowed(action, actions=key.actions)
    if layer is not None and not key.reaches(layer):
        raise KeyNotAllowed(layer.slug)


class OwnSession(SessionAuthentication):
    """The session of a browser; another site's page cannot send with it. Raises CsrfFailed."""

    def enforce_csrf(self, request: Request) -> None:
        """The framework's check, by its own name."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise CsrfFailed from error
