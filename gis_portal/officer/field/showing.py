"""Photos for those who may read the report: the clean copy to look at, the original to save."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from gis_portal.officer.field import photos, store
from gis_portal.officer.field.errors import UnknownPhoto

_MEDIA = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "heic": "image/heic"}


@require_safe
def shown(request: HttpRequest, number: UUID, index: int) -> HttpResponseBase:
    """The clean copy. Raises UnknownPhoto."""
    found = photos.photo_for(number, index, request.user)
    return _private(HttpResponse(photos.shown(found), content_type="image/jpeg"))


@require_safe
def original(request: HttpRequest, number: UUID, index: int) -> HttpResponseBase:
    """The bytes as they were taken, to be saved. Raises UnknownPhoto."""
    found = photos.photo_for(number, index, request.user)
    path = store.original(found.sha256)
    if not path.is_file():
        raise UnknownPhoto
    name = f"{found.operation_id}-{found.index}.{found.kind}"
    return _private(
        FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=name,
            content_type=_MEDIA.get(found.kind, "application/octet-stream"),
        )
    )


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """For this reader, now."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
