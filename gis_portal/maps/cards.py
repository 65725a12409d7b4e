"""A layer as pages show it: what, how much, how old, whose, legend. From the catalogue alone."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils import timezone

from gis_portal.maps import freshness
from layers.api.params import MAX_LIMIT
from layers.definition import LayerDefinition
from layers.durations import interval_text
from layers.legend import LegendEntry, class_field, legend
from layers.models import Layer, LayerVersion


@dataclass(frozen=True)
class LayerCard:
    """What lists and pages say of one layer; `version` is None while nothing has been published."""

    layer: Layer
    definition: LayerDefinition
    version: LayerVersion | None
    title: str
    description: str
    owner: str
    legend: tuple[LegendEntry, ...]
    freshness: str
    interval: str
    language: str

    @property
    def slug(self) -> str:
        """The layer's name in addresses."""
        return self.layer.slug

    @property
    def is_illustrative(self) -> bool:
        """The live data is made up for showing the portal."""
        return self.version is not None and self.version.is_illustrative

    @property
    def count(self) -> int | None:
        """Features in the live version."""
        return self.version.feature_count if self.version else None

    @property
    def counted(self) -> str:
        """What its features are called when they are counted, in the reader's language."""
        return self.definition.counted(self.language)

    @property
    def is_summed_far(self) -> bool:
        """Zooms below the working zoom sum what is small (`tiles/lod.py`)."""
        return self.definition.style.min_zoom < self.definition.style.working_zoom

    @property
    def has_classes(self) -> bool:
        """Coloured by class, so that a cell has the colour of one of several."""
        return class_field(self.definition) is not None

    @property
    def is_one_download(self) -> bool:
        """The whole layer fits in one answer of the items address."""
        return self.count is not None and self.count <= MAX_LIMIT

    @property
    def download(self) -> str:
        """Address of all features, or of their first page when they are too many."""
        address = reverse("api-items", args=[self.slug])
        whole = f"limit={MAX_LIMIT}&" if self.is_one_download else ""
        # A browser that says no form gets a page.
        return f"{address}?{whole}f=json"

    @property
    def due(self) -> dt.date | None:
        """When new data is promised."""
        date = self.version.data_date if self.version else None
        return freshness.due(date, self.definition.update_interval) if date else None


@dataclass(frozen=True)
class SectorGroup:
    """The layers of one sector, in the order of the list."""

    slug: str
    title: str
    cards: tuple[LayerCard, ...]


def card_of(layer: Layer, language: str) -> LayerCard:
    """The card of one layer; reads nothing but the given row and its fetched relations."""
    definition, version = layer.parsed, layer.live_version
    owner = definition.owner_org(language) or definition.attribution(language)
    return LayerCard(
        layer=layer,
        definition=definition,
        version=version,
        title=layer.title(language),
        description=definition.description(language),
        owner=(version.source_org if version and version.source_org else owner),
        legend=legend(
            definition,
            version.facets if version else None,
            language,
            total=version.feature_count if version else None,
        ),
        freshness=freshness.state(
            version.data_date if version else None,
            definition.update_interval,
            timezone.localdate(),
        ),
        interval=interval_text(definition.update_interval),
        language=language,
    )


def by_sector(layers: Iterable[Layer], language: str) -> list[SectorGroup]:
    """Cards grouped by sector, sectors and layers each in their own order."""
    ordered = sorted(layers, key=lambda x: (x.sector.position, x.sector.slug, x.position, x.slug))
    groups = []
    for sector, members in groupby(ordered, key=lambda x: x.sector):
        title = sector.title_en if language == "en" else sector.title_vi
        cards = tuple(card_of(layer, language) for layer in members)
        groups.append(SectorGroup(sector.slug, title, cards))
    return groups
