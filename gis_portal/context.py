"""What every template may use."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from gis_portal.officer.jurisdiction import is_officer, may_supervise
from gis_portal.reports.handling import may_handle
from gis_portal.steward.access import may_look
from layers.permissions import User


def portal(request: HttpRequest) -> dict[str, object]:
    """The portal's name and language, and whether the reader has a steward's work to do."""
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    english = language == "en"
    return {
        "portal_name": settings.PORTAL_NAME_EN if english else settings.PORTAL_NAME_VI,
        "language": language,
        "languages": settings.LANGUAGES,
        # Asked of the database only where a template asks it, and once a page.
        "may_steward": SimpleLazyObject(lambda: _may(request, may_look)),
        "may_handle_reports": SimpleLazyObject(lambda: _may(request, may_handle)),
        "may_desk": SimpleLazyObject(lambda: _may(request, is_officer)),
        "may_supervise": SimpleLazyObject(lambda: _may(request, may_supervise)),
    }


def _may(request: HttpRequest, allowed: Callable[[User | None], bool]) -> bool:
    """A page that says that the database does not answer must not ask the database."""
    try:
        return allowed(getattr(request, "user", None))
    except (DatabaseError, InterfaceError):
        return False
