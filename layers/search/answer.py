"""The search box's answer: what was typed is read in every way that it can be, the surest first.

Coordinates and parcels are recognised by their shape; all else is looked for as a code, a place and
words.
"""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.catalogue import visible_layers
from layers.models import Layer
from layers.permissions import User
from layers.search.coordinates import read_coordinates
from layers.search.features import by_code, by_similar_words, by_words
from layers.search.fold import spelt, words
from layers.search.parcel_query import read_parcel
from layers.search.parcels import find_parcels
from layers.search.places import find_places
from layers.search.points import find_points
from layers.search.results import Findings, Note, Result
from layers.search.topics import find_topic, read_topic
from layers.sovereignty import ARCHIPELAGOS

MAX_PLACES = 5
ARCHIPELAGO_ZOOM = 5.5
# Words that may stand beside the name of an archipelago.
_ARCHIPELAGO_WORDS = frozenset("quan dao huyen dac khu viet nam archipelago islands".split())


def search(text: str, user: User | None, *, limit: int) -> dict[str, Any]:
    """`{query, results, notes}` for what a person typed (1–200 characters)."""
    language = get_language() or "vi"
    # The database refuses to be asked for a NUL.
    text = text.replace("\x00", "").strip()
    found = _find(text, user, limit)
    notes = found.notes or (() if found.results else (_nothing_found(),))
    return {
        "query": text,
        "results": [result.as_json(language) for result in found.results[:limit]],
        "notes": [{"code": note.code, "message": note.message} for note in notes],
    }


def _find(text: str, user: User | None, limit: int) -> Findings:
    point = read_coordinates(text)
    if point is not None:
        return find_points(point)
    # Units are found by name in every era; the layer that draws them would only say it twice.
    layers = [one for one in visible_layers(user).published() if one.parsed.feeds != "units"]
    return _with_archipelagos(text, _find_on_land(layers, text, limit))


def _find_on_land(layers: list[Layer], text: str, limit: int) -> Findings:
    asked = read_parcel(text)
    parcels = find_parcels(layers, asked, limit=limit) if asked else Findings()
    if asked and not asked.is_guess:
        return parcels
    topic = None if asked else read_topic(layers, text)
    about = find_topic(topic, limit=limit) if topic else None
    if topic and topic.place and about:
        return about
    others = _by_name(layers, text, limit, whole_words=about is not None)
    about = about or Findings()
    return Findings(
        _once([*parcels.results, *about.results, *others]), (*parcels.notes, *about.notes)
    )


def _with_archipelagos(text: str, found: Findings) -> Findings:
    """Hoàng Sa and Trường Sa before streets and schools of that name."""
    language, asked = get_language() or "vi", set(words(text))
    first = []
    for place in ARCHIPELAGOS:
        own = set(words(place.vi)) - _ARCHIPELAGO_WORDS
        if own <= asked <= own | _ARCHIPELAGO_WORDS:
            first.append(
                Result(
                    kind="place",
                    title=place.label(language),
                    subtitle=place.unit_en if language == "en" else place.unit_vi,
                    lon=place.lon,
                    lat=place.lat,
                    zoom=ARCHIPELAGO_ZOOM,
                )
            )
    return Findings((*first, *found.results), found.notes) if first else found


def _by_name(
    layers: list[Layer], text: str, limit: int, *, whole_words: bool = False
) -> list[Result]:
    """`whole_words`: a layer is called so, and “lô đất” is no beginning of “Long Đất”."""
    places = find_places(text, limit=MAX_PLACES)
    if whole_words:
        spell = words if text.isascii() else spelt
        asked_words = set(spell(text))
        places = [place for place in places if asked_words <= set(spell(place.title))]
    found = by_code(layers, text, limit=limit) + places
    if layers and len(found) < limit:
        found += by_words(layers, text, limit=limit)
    if layers and not found:
        found = by_similar_words(layers, text, limit=limit)
    return found


def _once(results: list[Result]) -> tuple[Result, ...]:
    """The same feature found in two ways is shown once, where it came first."""
    seen: dict[tuple[Any, ...], Result] = {}
    for result in results:
        key = (result.layer, result.uid) if result.uid else (result.kind, result.title, result.lon)
        seen.setdefault(key, result)
    return tuple(seen.values())


def _nothing_found() -> Note:
    message = _(
        "Không tìm thấy trong các lớp đã công bố. Thử: “tờ 5 thửa 12 Long Điền”, "
        "tên xã phường mới hoặc cũ, mã lô đấu giá, tọa độ VN-2000 (X trước, Y sau) "
        "hoặc vĩ độ, kinh độ."
    )
    return Note("not-found", message)
