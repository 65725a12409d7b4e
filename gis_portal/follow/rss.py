"""`/auctions/feed.rss`: an item for each new lot and each change, the newest first.

For everybody, whoever asks: what is not public is in no feed.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.follow.changes import newest
from gis_portal.follow.narrowing import choose
from gis_portal.follow.words import Told, told
from layers.api.feed import identifier, plain
from layers.api.render import content_etag
from layers.values import LOCAL_TIME

NEWEST = 100
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class LotFeed(Rss201rev2Feed):
    """Django's RSS; without items it was last changed at the beginning of time, not now."""

    def latest_post_date(self) -> datetime:
        """Of the newest item."""
        return super().latest_post_date() if self.items else _BEGINNING


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """By the query of the list, `lot=`, `unit=`, or `lon=&lat=&radius=`. Raises as `choose`."""
    chosen = choose(request.GET, timezone.now())
    name = portal_name(request)
    title = _("%(portal)s: đấu giá đất") % {"portal": name}
    page = f"{reverse('auctions')}?{chosen.query}" if chosen.query else reverse("auctions")
    made = LotFeed(
        title=plain(f"{title} ({chosen.words})" if chosen.words else title),
        link=request.build_absolute_uri(page),
        description=plain(_("Lô mới, lô đổi giai đoạn, lô đổi lịch.")),
        language=str(request.LANGUAGE_CODE),
        feed_url=request.build_absolute_uri(),
        ttl=60,
    )
    for each in told(newest(chosen.lots, NEWEST, is_narrowed=chosen.is_narrowed), chosen.lots):
        made.add_item(**_item(request, each))
    return answered(request, made.writeString("utf-8").encode(), "application/rss+xml")


def _item(request: HttpRequest, each: Told) -> dict[str, Any]:
    change = each.change
    return {
        "title": plain(each.title),
        "link": request.build_absolute_uri(reverse("lot", args=[change.uid])),
        "description": plain(each.summary),
        "unique_id": identifier("lot-change", str(change.uid), str(change.serial)),
        "unique_id_is_permalink": False,
        "pubdate": change.at.astimezone(LOCAL_TIME),
        "categories": [change.stage],
    }


def portal_name(request: HttpRequest) -> str:
    """In the reader's language."""
    english = request.LANGUAGE_CODE == "en"
    return str(settings.PORTAL_NAME_EN if english else settings.PORTAL_NAME_VI)


def answered(request: HttpRequest, body: bytes, kind: str) -> HttpResponseBase:
    """Asked again each time: the clock is in it; sent again only when something changed."""
    etag = content_etag(body)
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=etag, response=response) or response
