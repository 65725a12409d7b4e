"""Share cards over HTTP: public pictures, asked for by messengers and search engines."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gis_portal.cards.lot_card import card_of_lot
from gis_portal.cards.parcel_card import card_of_parcel
from gis_portal.cards.picture import Card, picture_of

# A stage goes on by the clock: a card is at most so old.
SECONDS = 600


@require_safe
def parcel_card(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A parcel. Raises UnknownItem, ItemRetired, PaperBusy."""
    return _answer(request, card_of_parcel, uid)


@require_safe
def lot_card(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A lot. Raises UnknownItem, ItemRetired, UnknownLayer, PaperBusy."""
    return _answer(request, card_of_lot, uid)


def _answer(request: HttpRequest, card_of: Callable[[UUID, str], Card], uid: UUID) -> HttpResponse:
    language = str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))
    picture, mark = picture_of(card_of(uid, language))
    response = HttpResponse(picture, content_type="image/png")
    response.headers["ETag"] = f'"{mark}"'
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    # Keeps GZipMiddleware from packing a picture, which is packed already.
    response.headers["Content-Encoding"] = "identity"
    # Other sites show it: that is what it is for.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    unchanged = get_conditional_response(request, etag=f'"{mark}"', response=response)
    assert isinstance(unchanged, HttpResponse)
    return unchanged
