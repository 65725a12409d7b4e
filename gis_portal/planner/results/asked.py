"""Which run an address asks for, whether its result is there, and how its answers may be kept.

Every address of results goes through `result_of`. A run never changes once it is done, so what
everybody may see may be kept a while; it can be made private again, so not for ever.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from gis_portal.planner.engine import store
from gis_portal.planner.models import Run
from gis_portal.planner.permissions import is_public, run_visible_to
from gis_portal.planner.results.classes import source_of
from gis_portal.planner.results.errors import ResultGone, RunNotReady
from gis_portal.planner.results.told import Told, told
from layers.models import LayerVersion

FOR_NOBODY = "private, no-store"
FOR_EVERYBODY = "public, max-age=300"
TOKEN = "token"  # noqa: S105 - the name of a parameter


def result_of(request: HttpRequest, run: UUID) -> Run:
    """The run, done, that this reader may see. Raises UnknownRun, RunNotReady."""
    found = run_visible_to(run, request.user, request.GET.get(TOKEN) or None)
    if found.state != Run.DONE or found.summary is None:
        raise RunNotReady
    return found


def pieces_of(request: HttpRequest, run: UUID) -> Run:
    """As `result_of`, with its pieces still there. Raises ResultGone too."""
    found = result_of(request, run)
    if not store.exists(found.pk) or not _has_shapes(source_of(found)):
        raise ResultGone
    return found


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
    response.headers["Vary"] = "Cookie, Accept-Language"
    return response


def as_file(body: bytes, content_type: str, run: Run, ending: str) -> HttpResponse:
    """To be saved under a plain name."""
    response = HttpResponse(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="phan-tich-{run.pk}.{ending}"'
    return kept(response, run)
