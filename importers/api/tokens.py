"""Who a program is: the session of a browser, or a key in `Authorization: Bearer nap_…`."""

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from importers.api.errors import BadKey
from importers.api.models import ApiKey

_SCHEME = "bearer"


class KeyAuthentication(BaseAuthentication):
    """A key that is not revoked stands for its owner. Anything else in the header: BadKey."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """None where no key was sent: the session is asked next."""
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != _SCHEME:
            return None
        key = ApiKey.find(words[1]) if len(words) == 2 else None
        if key is None:
            raise BadKey
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says that it wants."""
        return 'Bearer realm="imports"'
