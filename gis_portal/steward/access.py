"""Who may see the steward's pages and who may do what there.

A page that somebody may not see answers 404, as one that does not exist; who has not signed in is
asked to.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gis_portal.errors import PageNotFound
from layers.models import Layer
from layers.permissions import APPROVER, RESTRICTED_READER, STEWARD, User, roles_of

View = Callable[..., HttpResponseBase]


def may_look(user: User | None) -> bool:
    """Stewards and approvers see every import."""
    return bool(roles_of(user) & {STEWARD, APPROVER})


def may_upload(user: User) -> bool:
    """Stewards send files."""
    return STEWARD in roles_of(user)


def may_download(user: User, layer: Layer) -> bool:
    """Originals hold every column: stewards', and of layers with private fields only of those
    stewards who may read restricted values.
    """
    needed = {STEWARD}
    if any(field.is_private for field in layer.parsed.fields):
        needed.add(RESTRICTED_READER)
    return needed <= roles_of(user)


def may_publish(user: User) -> bool:
    """Approvers publish and roll back; whether an own import too is `layers.approval`'s matter."""
    return APPROVER in roles_of(user)


def only(allowed: Callable[[User], bool]) -> Callable[[View], View]:
    """The view for those who are `allowed`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not allowed(request.user):
                raise PageNotFound
            return view(request, *args, **kwargs)

        return guarded

    return wrap
