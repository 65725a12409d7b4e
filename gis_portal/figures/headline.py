"""The few numbers that the home page and the dashboard open with, each with its query and source.

Read from the catalogue row of the live version, so it costs no count: what was published was
measured once.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from gis_portal.figures.tables import in_hectares
from layers.catalogue import visible_layers
from layers.models import Layer
from layers.permissions import User
from layers.values import group_digits


@dataclass(frozen=True)
class Headline:
    """One figure: `7.571 thửa`, with `11.104,0 ha` beside it for areas.

    `href` is the query that lists exactly these features; `version` and `data_date` say which
    publication it is of.
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


def headlines(user: User | None, language: str) -> tuple[Headline, ...]:
    """Of the layers that are shown first at home and have a live version; one query."""
    return headlines_of(visible_layers(user).filter(is_home=True), language)


def headlines_of(layers: Iterable[Layer], language: str) -> tuple[Headline, ...]:
    """Of layers that were fetched already, as far as something of them is published."""
    return tuple(_headline(layer, language) for layer in layers if layer.live_version is not None)


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
