"""Addresses that devices talk to: operations with their receipts, photos by pieces, checklists."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods

from gis_portal.officer.devices.door import OfficerRequest, named, officer_api
from gis_portal.officer.field import checklists as lists
from gis_portal.officer.field.applying import apply
from gis_portal.officer.field.canonical import parse, too_deep
from gis_portal.officer.field.envelope import as_uuid
from gis_portal.officer.field.errors import (
    OperationsTooLarge,
    OperationsUnreadable,
    PhotoNotDeclared,
    PhotoOffset,
    PhotoPieceCut,
    PhotoTooLarge,
)
from gis_portal.officer.field.models import Operation, Photo
from gis_portal.officer.field.photos import (
    MOST_PIECE,
    Expected,
    expected,
    photos_here,
    take_piece,
)
from gis_portal.officer.field.receipts import ascii_json, photo_receipt, receipt

MOST_OPERATIONS = 50
MOST_BYTES = 2 * 2**20


@officer_api
@require_http_methods(["GET", "POST"])
def operations(request: OfficerRequest) -> HttpResponseBase:
    """POST: apply each once, answer with a receipt for each. GET `?ids=`: the receipts again."""
    if request.method == "GET":
        return JsonResponse({"receipts": _again(request)})
    # Each in a transaction of its own: what has a receipt stays, whatever happens to the rest.
    receipts = [receipt(apply(item, request.officer)) for item in _items(request)]
    return JsonResponse({"receipts": receipts})


def _again(request: OfficerRequest) -> list[dict[str, Any]]:
    """Of this person's own operations, in the order that was asked for."""
    asked = request.GET.get("ids", "")[:4000].split(",")
    ids = [found for one in asked if (found := as_uuid(one.strip()))]
    own = Operation.objects.filter(pk__in=ids, user=request.officer.user).in_bulk()
    here = photos_here(own)
    return [
        {**receipt(own[one]), "photos_here": here[one]} for one in dict.fromkeys(ids) if one in own
    ]


def _items(request: HttpRequest) -> list[Any]:
    """Raises OperationsUnreadable, OperationsTooLarge."""
    body = _body(request, MOST_BYTES)
    if body is None:
        raise OperationsUnreadable
    if len(body) > MOST_BYTES:
        raise OperationsTooLarge
    try:
        found = parse(body)
    except ValueError as error:
        raise OperationsUnreadable from error
    items = found.get("operations") if isinstance(found, dict) else None
    if not isinstance(items, list) or too_deep(found):
        raise OperationsUnreadable
    if len(items) > MOST_OPERATIONS:
        raise OperationsTooLarge
    return items


def _body(request: HttpRequest, most: int) -> bytes | None:
    """At most one byte more than `most`; None when less came than was announced."""
    length = _whole_number(request.headers.get("Content-Length", ""))
    try:
        body = request.read(most + 1)
    except (UnreadablePostError, OSError):
        return None
    return None if length is not None and len(body) < min(length, most + 1) else body


@officer_api
@require_http_methods(["HEAD", "PATCH"])
def photo(request: OfficerRequest, number: UUID, index: int) -> HttpResponseBase:
    """HEAD: how much of it is here. PATCH: the next piece; 201 with a receipt when it is whole."""
    wanted = expected(number, index, request.officer.user)
    if request.method == "HEAD":
        return _told(wanted)
    _check_same(request, wanted)
    offset = _whole_number(request.headers.get("Upload-Offset", ""))
    if offset is None:
        return _refused_offset(wanted.offset)
    piece = _body(request, MOST_PIECE)
    if piece is None:
        raise PhotoPieceCut
    if len(piece) > MOST_PIECE:
        raise PhotoTooLarge
    try:
        found = take_piece(wanted, offset, piece)
    except PhotoOffset as error:
        return _refused_offset(int(str(error.extra["offset"])))
    if isinstance(found, Photo):
        response: HttpResponse = JsonResponse(_photo_receipt(wanted, found), status=201)
        response.headers["Upload-Offset"] = str(found.size)
        return response
    return HttpResponse(status=204, headers={"Upload-Offset": str(found)})


def _told(wanted: Expected) -> HttpResponse:
    response = HttpResponse()
    response.headers["Upload-Offset"] = str(wanted.offset)
    response.headers["Upload-Length"] = str(wanted.declared.size)
    if wanted.photo is not None:
        response.headers["X-Receipt"] = ascii_json(_photo_receipt(wanted, wanted.photo))
    return response


def _check_same(request: HttpRequest, wanted: Expected) -> None:
    """The photo that the operation speaks of, not another one with its number."""
    length = _whole_number(request.headers.get("Upload-Length", ""))
    said = request.headers.get("X-Sha256", "").lower()
    if length != wanted.declared.size or said != wanted.declared.sha256:
        raise PhotoNotDeclared


def _refused_offset(offset: int) -> HttpResponseBase:
    response = named(PhotoOffset(offset=offset))
    response.headers["Upload-Offset"] = str(offset)
    return response


def _photo_receipt(wanted: Expected, found: Photo) -> dict[str, Any]:
    have = Photo.objects.filter(operation=wanted.operation).count()
    return photo_receipt(found, have, wanted.count)


def _whole_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


@officer_api
@require_GET
def checklists(request: OfficerRequest) -> HttpResponseBase:
    """The questions by kind of report, with a digest of all of them."""
    return JsonResponse(lists.told())
