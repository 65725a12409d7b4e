"""Layers by their own words: "wifi", "quy hoạch", "lô đất Vũng Tàu", "đấu giá phường 7".

A layer answers to its titles and to the `[search] words` of its definition. What stands behind the
words is a place, by its new or old name; then the layer's features there are meant.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.models import Layer
from layers.search.by_words import by_words
from layers.search.features import in_units
from layers.search.fold import spelt, words
from layers.search.places import find_places, renamed, units_named, with_parts
from layers.search.results import Findings, Note, Result

MAX_LAYERS = 4
MAX_PLACES = 2
LAYER_ZOOM = 9
PREFIX = 3


@dataclass(frozen=True)
class Topic:
    """The layers that are meant, and the place as typed ("" when the words are all there is)."""

    layers: tuple[Layer, ...]
    place: str = ""


def read_topic(layers: Sequence[Layer], text: str) -> Topic | None:
    """The layers that the text begins with, by as many of its words as fit."""
    # Who types accents means them: "vũng" is not "vùng".
    spell = words if text.isascii() else spelt
    asked = spell(text)
    for count in range(len(asked), 0, -1):
        meant = tuple(layer for layer in layers if _answers_to(layer, asked[:count], spell))
        if meant and (count == len(asked) or len("".join(asked[:count])) >= PREFIX):
            return Topic(meant, " ".join(asked[count:]))
    return None


def find_topic(topic: Topic, *, limit: int) -> Findings | None:
    """The layers, or their features in the place; None when no place is called so."""
    if not topic.place:
        return Findings((*_layers(topic.layers), *_ordered(topic.layers, limit)))
    units = units_named(topic.place)
    if not units:
        return None
    notes = renamed(units)
    found = in_units(topic.layers, with_parts({one.unit.pk for one in units}), limit=limit)
    # Features that an import could give no unit still name their place in words.
    found = found or by_words(topic.layers, units[0].unit.name, limit=limit)
    if not found:
        title = topic.layers[0].title(get_language() or "vi")
        message = _("Lớp “%(layer)s” không có đối tượng nào ở %(place)s.")
        place = units[0].unit.name
        notes = [*notes, Note("nothing-in-place", message % {"layer": title, "place": place})]
        found = _layers(topic.layers)
    return Findings((*found, *find_places(topic.place, limit=MAX_PLACES)), tuple(notes))


def features_named(topic: Topic, *, limit: int) -> list[Result]:
    """“camera ngã tư Giếng Nước”: what stands behind the layer's words is no unit, but in the texts
    of its features.
    """
    return by_words(topic.layers, topic.place, limit=limit) if topic.place else []


def _ordered(layers: Sequence[Layer], limit: int) -> list[Result]:
    """Features of layers that say which of them come first; of others any would be arbitrary."""
    return in_units([layer for layer in layers if layer.parsed.first.field], None, limit=limit)


def _layers(layers: Sequence[Layer]) -> list[Result]:
    return [_layer(layer) for layer in layers[:MAX_LAYERS] if layer.live_version]


def _layer(layer: Layer) -> Result:
    language = get_language() or "vi"
    assert layer.live_version is not None
    extent = layer.live_version.extent
    west, south, east, north = extent.extent if extent else (0.0, 0.0, 0.0, 0.0)
    return Result(
        kind="layer",
        title=layer.title(language),
        subtitle=_("Lớp dữ liệu: hiện cả lớp trên bản đồ"),
        lon=(west + east) / 2,
        lat=(south + north) / 2,
        zoom=LAYER_ZOOM,
        layer=layer.slug,
        bbox=(west, south, east, north) if extent else None,
    )


def _answers_to(layer: Layer, asked: Sequence[str], spell: Callable[[str], list[str]]) -> bool:
    parsed = layer.parsed
    names = (parsed.title.vi, parsed.title.en, *parsed.search_words)
    return any(_holds(spell(name), asked) for name in names)


def _holds(name: Sequence[str], asked: Sequence[str]) -> bool:
    """Each word is one of the name's, or the beginning of one."""
    return all(
        word in name or (len(word) >= PREFIX and any(one.startswith(word) for one in name))
        for word in asked
    )
