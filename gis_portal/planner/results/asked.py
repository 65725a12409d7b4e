"""Which run an address asks for, whether its result is there, and how its answers may be kept.

Every address of results goes through `result_of`. A run never changes once it is done, so what
everybody may see may be kept a while; it can be made private again, so not for ever.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from gis_portal.planner.engine import store
from gis_portal.planner.models import Run
from gis_portal.planner.permissions import is_public, run_visible_to
from gis_portal.planner.results.classes import source_of
from gis_portal.planner.results.errors import ResultGone, RunNotReady
from gis_portal.planner.results.told import Told, told
from importers.api.errors import KeyNotAllowed
from importers.api.models import ANALYSE
from importers.api.tokens import KeyAuthentication
from layers.models import LayerVersion
from layers.permissions import User

FOR_NOBODY = "private, no-store"
FOR_EVERYBODY = "public, max-age=300"
TOKEN = "token"  # noqa: S105 - the name of a parameter


def result_of(request: HttpRequest, run: UUID, token: str | None = None) -> Run:
    """The run, done, that this reader may see. Raises UnknownRun, RunNotReady."""
    found = run_visible_to(run, reader_of(request), token or request.GET.get(TOKEN) or None)
    check_done(found)
    return found


def check_done(run: Run) -> None:
    """Raises RunNotReady."""
    if run.state != Run.DONE or run.summary is None:
        raise RunNotReady


def check_ready(run: Run) -> None:
    """Done, and its pieces still there. Raises RunNotReady, ResultGone."""
    check_done(run)
    check_pieces(run)


def reader_of(request: HttpRequest) -> User | None:
    """Whose key was sent, else whose session it is. Raises BadKey, KeyExpired, KeyNotAllowed."""
    asked: Any = request
    found = KeyAuthentication().authenticate(asked)
    if found is None:
        return request.user
    user, key = found
    if not (key.allows(ANALYSE) and key.every_layer):
        raise KeyNotAllowed(ANALYSE, actions=key.actions)
    return user


def pieces_of(request: HttpRequest, run: UUID, token: str | None = None) -> Run:
    """As `result_of`, with its pieces still there. Raises ResultGone too."""
    found = result_of(request, run, token)
    check_pieces(found)
    return found


def check_pieces(run: Run) -> None:
    """The pieces are still there, and what they stand on. Raises ResultGone."""
    if not store.exists(run.pk) or not _has_shapes(source_of(run)):
        raise ResultGone


def _has_shapes(source: int | None) -> bool:
    """The version is kept whose features the whole pieces are."""
    if source is None:
        return True
    return LayerVersion.objects.filter(pk=source, state__in=LayerVersion.KEPT).exists()


def told_of(run: Run, *, whole: bool = False) -> Told:
    """In the language of the request."""
    return told(run, language(), whole=whole)


def language() -> str:
    """vi or en."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def kept(response: HttpResponse, run: Run) -> HttpResponse:
    """With the rule for caches: nobody keeps what is not for everybody."""
    response.headers["Cache-Control"] = FOR_EVERYBODY if is_public(run) else FOR_NOBODY
    if response.headers["Cache-Control"] == FOR_NOBODY:
        response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Vary"] = "Cookie, Authorization, Accept-Language"
    return response


def page_address(request: HttpRequest, run: Run) -> str:
    """The whole address of its page, which files name; without the token of a link."""
    return request.build_absolute_uri(reverse("planner-run", args=[run.pk]))


def as_file(body: bytes, content_type: str, run: Run, ending: str) -> HttpResponse:
    """To be saved under a plain name."""
    response = HttpResponse(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="phan-tich-{run.pk}.{ending}"'
    return kept(response, run)
