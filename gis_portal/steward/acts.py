"""What the buttons of a report's page share, be it a citizen's report or one from the field."""

from collections.abc import Callable

from django.contrib.auth.models import User as Account
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_portal.officer.jurisdiction import assignees
from layers.permissions import User


def note(request: HttpRequest, write: Callable[[User, str], None]) -> str:
    """A word among colleagues."""
    write(request.user, request.POST.get("note", ""))
    return _("Đã ghi chú nội bộ.")


def assign(
    request: HttpRequest, unit_id: int | None, give: Callable[[User, Account | None], None]
) -> str:
    """Into the care of whom the form names, of those who may have it; else of nobody."""
    person = assignees(unit_id).filter(username=request.POST.get("assignee", "")).first()
    give(request.user, person)
    if person is None:
        return _("Chưa giao cho ai.")
    return _("Đã giao cho %(name)s.") % {"name": person.get_username()}
