"""What every template may use."""

from collections.abc import Callable
from functools import cached_property

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest

from gis_portal.officer.jurisdiction import is_officer, may_supervise
from gis_portal.planner.permissions import is_planner
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
        "may": Rights(request),
    }


class Rights:
    """What the reader may do. Asked of the database only where a template asks it, and once a page.

    Under one name, so that a page which caches may keep leaves it out whole.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def steward(self) -> bool:
        return self._ask(may_look)

    @cached_property
    def reports(self) -> bool:
        return self._ask(may_handle)

    @cached_property
    def plan(self) -> bool:
        return self._ask(is_planner)

    @cached_property
    def desk(self) -> bool:
        return self._ask(is_officer)

    @cached_property
    def supervise(self) -> bool:
        return self._ask(may_supervise)

    def _ask(self, allowed: Callable[[User | None], bool]) -> bool:
        """A page that says that the database does not answer must not ask the database."""
        try:
            return allowed(getattr(self._request, "user", None))
        except (DatabaseError, InterfaceError):
            return False
