"""The few numbers that the home page and the dashboard open with, each with its query and source.

Numbers of a layer are read from the catalogue row of its live version, so they cost no count: what
was published was measured once. How many lots take dossiers now is the auction pages' own count.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_portal.auctions.lots import SLUG as LOTS
from gis_portal.figures.stages_today import open_lots, open_lots_address
from gis_portal.figures.tables import in_hectares
from layers.catalogue import visible_layers
from layers.models import Layer
from layers.permissions import User
from layers.values import group_digits


@dataclass(frozen=True)
class Headline:
    """One figure: `7.571 thửa`, with `11.104,0 ha` beside it for areas.

    `href` is the query that lists exactly these features; `version` and `data_date` say which
    publication it is of. `is_now`: counted at this moment, for it moves with the clock.
    """

    layer: str
    title: str
    number: str
    counted: str
    area: str
    href: str
    version: int
    data_date: dt.date | None
    is_illustrative: bool
    is_now: bool = False


def headlines(user: User | None, language: str) -> tuple[Headline, ...]:
    """Of the layers that are shown first at home and have a live version, then the open lots."""
    return headlines_of(visible_layers(user).filter(is_home=True), user, language)


def headlines_of(layers: Iterable[Layer], user: User | None, language: str) -> tuple[Headline, ...]:
    """Of layers that were fetched already, as far as something of them is published."""
    live = [layer for layer in layers if layer.live_version is not None]
    found = [_headline(layer, language) for layer in live]
    auctions = next((layer for layer in live if layer.slug == LOTS), None)
    number = open_lots(user) if auctions else None
    if auctions is not None and number is not None:
        found.append(
            replace(
                _headline(auctions, language),
                title=_("Lô đang nhận hồ sơ"),
                number=group_digits(number, 0, language),
                area="",
                href=open_lots_address(),
                is_now=True,
            )
        )
    return tuple(found)


def _headline(layer: Layer, language: str) -> Headline:
    version = layer.live_version
    assert version is not None
    return Headline(
        layer=layer.slug,
        title=layer.title(language),
        number=group_digits(version.feature_count, 0, language),
        counted=layer.parsed.counted(language),
        area=f"{in_hectares(version.area_m2, language)} ha" if version.area_m2 else "",
        href=reverse("api-items", args=[layer.slug]),
        version=version.number,
        data_date=version.data_date,
        is_illustrative=version.is_illustrative,
    )
