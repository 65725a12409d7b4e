"""What `manage.py check` says about signing in."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

HERE = {"localhost", "127.0.0.1", "::1"}


def provider_is_private(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """What a provider says of a person is believed as it came by TLS: nothing else will do."""
    address = urlsplit(settings.PORTAL_OIDC_URL)
    if not settings.PORTAL_OIDC_URL or address.scheme == "https" or address.hostname in HERE:
        return []
    return [Error("PORTAL_OIDC_URL must be an address with https", id="accounts.E001")]
