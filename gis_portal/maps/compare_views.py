"""`/layers/{slug}/compare/?from=&to=`: two published versions, their differences on a map."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_portal.figures.shapes import Picture, unit_picture
from gis_portal.maps.cards import card_of
from gis_portal.maps.client import client_config
from gis_portal.maps.compare import (
    KINDS,
    Changed,
    comparison,
    live_moments,
    pair_asked,
    shown_versions,
)
from gis_portal.maps.imagery import is_imagery
from layers.catalogue import layer_by_slug
from layers.models import Layer, LayerVersion
from layers.values import group_digits

# Features a side of the slider. Tiles are of the live version alone (docs/architecture.md), so both
# sides ask for features, with what tiles carry of them: 3,000 parcels are 200 kB packed.
DRAWN = 3000


@dataclass(frozen=True)
class Mark:
    """A change on the small map: circle, diamond or cross at a place."""

    kind: str
    x: float
    y: float


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """One pair; without JavaScript too: counts, lists, and a map of places."""
    language = str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))
    layer = layer_by_slug(slug, request.user)
    versions = shown_versions(layer)
    pair = pair_asked(request.GET, versions)
    context: dict[str, Any] = {"card": card_of(layer, language), "versions": versions}
    if pair is not None:
        found = comparison(layer, *pair, language)
        picture = unit_picture()
        context |= {
            "found": found,
            "kinds": [(kind, words, found.counts.get(kind, 0)) for kind, words in kind_words()],
            "picture": picture,
            "marks": marks_of(picture, found.places),
            "words": dict(kind_words()),
            "bounds": bounds_of(found.places),
            "sides": None if is_imagery(layer) else _sides(layer, pair),
            "config": _config(layer, language),
            "changes": f"{reverse('api-changes', args=[slug])}?since={pair[0].number}",
        }
    return render(request, "layers/compare.html", context)


def _config(layer: Layer, language: str) -> dict[str, Any]:
    """What the slider's map needs to know, and its two remarks."""
    config = client_config([layer], language, only=layer.slug)
    words = {
        "compareMore": _("Mỗi bên chỉ vẽ %(n)s đối tượng đầu trong khung. Phóng to để thấy đủ.")
        % {"n": group_digits(DRAWN, 0, language)},
        "compareFailed": _("Chưa tải được dữ liệu của khung này. Hãy kéo bản đồ để thử lại."),
    }
    return {**config, "text": {**config["text"], **words}}


def kind_words() -> list[tuple[str, str]]:
    """The kinds in their order, in words."""
    words = {"added": _("Thêm mới"), "changed": _("Thay đổi"), "removed": _("Không còn")}
    return [(kind, words[kind]) for kind in KINDS]


def marks_of(picture: Picture | None, places: tuple[Changed, ...]) -> list[Mark]:
    """Where the changes are; those outside the picture are only listed."""
    if picture is None:
        return []
    found = []
    for change in places:
        at = picture.place(change.lon, change.lat)
        if at is not None:
            found.append(Mark(change.kind, *at))
    return found


def bounds_of(places: tuple[Changed, ...]) -> str:
    """west,south,east,north around the changes, where the slider begins; "" without any."""
    if not places:
        return ""
    lons, lats = [one.lon for one in places], [one.lat for one in places]
    return ",".join(f"{edge:.6f}" for edge in (min(lons), min(lats), max(lons), max(lats)))


def _sides(layer: Layer, pair: tuple[LayerVersion, LayerVersion]) -> list[dict[str, str]]:
    """For the slider: where the features of each version are asked for, and what it is called."""
    moments = live_moments(layer)
    address = reverse("api-items", args=[layer.slug])
    names = ",".join(field.name for field in layer.parsed.tile_fields)
    wanted = f"f=json&limit={DRAWN}" + (f"&properties={names}" if names else "")
    sides = []
    for version in pair:
        when = moments.get(version.pk, "")
        query = f"datetime={when}&" if when else ""
        sides.append(
            {
                "items": f"{address}?{query}{wanted}",
                "title": _("Phiên bản %(number)s") % {"number": version.number},
                "date": (version.data_date or version.published_at or version.created_at).strftime(
                    "%Y-%m-%d"
                ),
            }
        )
    return sides
