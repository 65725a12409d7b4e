"""Imagery on pages: what the map is told of it, and the dates of one layer with a picture of each.

Tiles and dates themselves are `tiles.imagery`'s.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from layers.imagery import FEEDS
from layers.models import Layer
from tiles.imagery.cut import overview_size
from tiles.imagery.described import overview_address
from tiles.imagery.scenes import Scene, live_scenes


def is_imagery(layer: Layer) -> bool:
    """Its features are scenes: the map shows their pictures, not their outlines."""
    return layer.parsed.feeds == FEEDS


def imagery_config(layers: Iterable[Layer], language: str) -> list[dict[str, str]]:
    """The imagery layers that have something, for `frontend/src/config.ts`."""
    return [
        {
            "slug": layer.slug,
            "title": layer.title(language),
            "datesUrl": f"{reverse('imagery-dates', args=[layer.slug])}?lang={language}",
        }
        for layer in layers
        if layer.live_version and is_imagery(layer)
    ]


def imagery_words() -> dict[str, str]:
    """The words of the list of dates and of the slider."""
    return {
        "imageryOff": _("Không có ảnh"),
        "imageryOn": _("Ảnh chụp ngày {date}"),
        "imageryNone": _("Không có ảnh, chỉ bản đồ"),
        "imageryMap": _("Bản đồ"),
        "imageryPixel": _("1 điểm ảnh = {metres} m"),
        "imageryEmpty": _("Chưa có ảnh nào được công bố."),
        "imageryGone": _("Ảnh của ngày này không còn. Hãy chọn ngày khác."),
        "imageryElsewhere": _("Ảnh này chụp nơi khác, không có trong khung bản đồ."),
        "imageryTiny": _("Ở mức phóng này ảnh chỉ là một chấm nhỏ."),
        "imageryFailed": _("Chưa tải được danh sách ảnh. Hãy đóng mục này rồi mở lại."),
        "swipe": _("Thanh trượt giữa hai ảnh"),
        "swipeValue": _("Bên trái {left}, bên phải {right}, vạch ở {percent} %"),
    }


@dataclass(frozen=True)
class Taken:
    """A date of a layer's pictures. `width` and `height` are those of the small picture."""

    date: dt.date
    scenes: tuple[Scene, ...]
    resolution_m: float
    picture: str
    width: int
    height: int
    map: str


def taken(layer: Layer) -> list[Taken]:
    """The dates of the live version, the newest first; empty for any other layer. One query."""
    if layer.live_version is None or not is_imagery(layer):
        return []
    scenes = live_scenes(layer)
    found = []
    for date in scenes.dates:
        of_date = scenes.by_date[date]
        width, height = overview_size(of_date)
        found.append(
            Taken(
                date=date,
                scenes=of_date,
                resolution_m=min(scene.resolution_m for scene in of_date),
                picture=overview_address(scenes, date),
                width=width,
                height=height,
                map=f"{reverse('home')}?img={layer.slug}/{date.isoformat()}",
            )
        )
    return found


def slider_address(dates: list[Taken]) -> str:
    """The map with the newest date and the one before on the two sides of its slider; "" when
    there are not two.
    """
    if len(dates) < 2:
        return ""
    slug = dates[0].map.partition("?img=")[2].partition("/")[0]
    return f"{dates[0].map}&vs={slug}/{dates[1].date.isoformat()}"
