"""Which public layers and pictures the office has in its packs.

Only what everybody may see can be chosen: it lies on devices, and nobody asks there again. The
choice is looked at anew for every list and every download, so a layer that became internal is in no
pack from then on.
"""

from gis_portal.officer.packs.models import Choice
from layers.catalogue import visible_layers
from layers.imagery import FEEDS
from layers.models import Layer


def register_layer() -> Layer | None:
    """The register of parcels that packs are made of: the first published one in the list."""
    layers = Layer.objects.published().select_related("live_version")
    return next((each for each in layers if each.parsed.land.register is not None), None)


def ground_version() -> int | None:
    """The live version of the layer that gives units their shapes; another one, other shapes."""
    layers = Layer.objects.published()
    return next((each.live_version_id for each in layers if each.parsed.feeds == "units"), None)


def choosable() -> list[Layer]:
    """Published layers that everybody may see, the register and pictures apart."""
    layers = visible_layers(None).published().select_related("live_version")
    return [
        each for each in layers if each.parsed.feeds != FEEDS and each.parsed.land.register is None
    ]


def default_slugs(layers: list[Layer]) -> list[str]:
    """Without a choice: the communes, and whatever bears on a parcel."""
    return [
        each.slug
        for each in layers
        if each.parsed.feeds == "units" or each.parsed.land.restricts is not None
    ]


def chosen_layers() -> list[Layer]:
    """The chosen ones that may still be handed out, in the order of the list."""
    layers, choice = choosable(), Choice.objects.first()
    wanted = choice.slugs if choice is not None else default_slugs(layers)
    return [each for each in layers if each.slug in wanted]


def imagery_layers() -> list[Layer]:
    """Layers of pictures for the extra part; none when the office wants none."""
    choice = Choice.objects.first()
    if choice is not None and not choice.imagery:
        return []
    layers = visible_layers(None).published().select_related("live_version")
    return [each for each in layers if each.parsed.feeds == FEEDS]
