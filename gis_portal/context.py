"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """The portal's name and language."""
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    english = language == "en"
    return {
        "portal_name": settings.PORTAL_NAME_EN if english else settings.PORTAL_NAME_VI,
        "language": language,
        "languages": settings.LANGUAGES,
    }
