"""An indicator as a page shows it: source, state, lines. What the reader may not see is not there.

One rule of visibility: layers come from `visible_layers`; an indicator whose field is not public
any more does not fit its layer and is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gis_portal.figures.declared import Indicator, indicators
from gis_portal.figures.places import Place
from gis_portal.figures.remembered import cells_of
from gis_portal.figures.tables import Table, by_value
from gis_portal.figures.tally import Cell
from layers.catalogue import visible_layers
from layers.models import Layer, LayerVersion
from layers.permissions import User

READY, COUNTING, EMPTY = "ready", "counting", "empty"


@dataclass(frozen=True)
class Panel:
    """`state`: ready, being counted, or no version published; cells are there only when ready."""

    indicator: Indicator
    layer: Layer
    language: str
    state: str
    cells: tuple[Cell, ...] = ()
    table: Table | None = None

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return self.indicator.key

    @property
    def title(self) -> str:
        """In the reader's language; so are the others."""
        return self.indicator.title(self.language)

    @property
    def about(self) -> str:
        """What is counted, in a sentence."""
        return self.indicator.about(self.language)

    @property
    def counted(self) -> str:
        """What the layer's features are called."""
        return self.layer.parsed.counted(self.language)

    @property
    def layer_title(self) -> str:
        """The layer's title."""
        return self.layer.title(self.language)

    @property
    def version(self) -> LayerVersion | None:
        """The version that the numbers are of."""
        return self.layer.live_version

    @property
    def amount_label(self) -> str:
        """What the summed field is called, "" when nothing is summed."""
        field = self.layer.parsed.by_name.get(self.indicator.amount)
        return field.label(self.language) if field else ""

    @property
    def group_label(self) -> str:
        """What the classes are classes of."""
        return self.layer.parsed.by_name[self.indicator.group].label(self.language)


def panels(
    visible: Iterable[Layer], language: str, *, sector: str = "", place: Place | None = None
) -> list[Panel]:
    """Every indicator of the layers that the reader sees, by sector; of one place, or all.

    One query while everything is counted.
    """
    layers = {layer.slug: layer for layer in visible}
    asked = [
        (one, layers[one.layer])
        for one in indicators()
        if one.layer in layers
        and sector in ("", layers[one.layer].sector.slug)
        and one.fits(layers[one.layer].parsed)
    ]
    asked.sort(key=lambda pair: (pair[1].sector.position, pair[0].position, pair[0].key))
    return _told(asked, language, place)


@dataclass(frozen=True)
class Named:
    """An indicator as a link."""

    key: str
    title: str


def figures_of(layer: Layer, language: str) -> list[Named]:
    """What is told of a layer that the reader sees."""
    return [
        Named(one.key, one.title(language))
        for one in indicators()
        if one.layer == layer.slug and one.fits(layer.parsed)
    ]


def panel_of(key: str, user: User | None, language: str) -> Panel | None:
    """One indicator; None when there is none of that name for this reader."""
    one = next((one for one in indicators() if one.key == key), None)
    layer = visible_layers(user).filter(slug=one.layer).first() if one else None
    if one is None or layer is None or not one.fits(layer.parsed):
        return None
    return _told([(one, layer)], language, None)[0]


def _told(
    asked: Iterable[tuple[Indicator, Layer]], language: str, place: Place | None
) -> list[Panel]:
    asked = list(asked)
    counted = cells_of([pair for pair in asked if pair[1].live_version is not None])
    return [_panel(one, layer, language, counted.get(one.key), place) for one, layer in asked]


def _panel(
    one: Indicator,
    layer: Layer,
    language: str,
    cells: tuple[Cell, ...] | None,
    place: Place | None,
) -> Panel:
    if layer.live_version is None:
        return Panel(one, layer, language, EMPTY)
    if cells is None:
        return Panel(one, layer, language, COUNTING)
    table = by_value(one, layer.parsed, cells, language, place)
    return Panel(one, layer, language, READY, cells, table)
