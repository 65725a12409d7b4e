"""The search box's answer: what was typed is read in every way that it can be, the surest first.

Coordinates and parcels are recognised by their shape; all else is looked for as a code, a place and
words. Where nothing is called so, `spelling` says what may have been meant, and that is read the
same way. The database has `PORTAL_SEARCH_MS` for each question: what was found until then is shown.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from layers.errors import SearchTooSlow
from layers.heavy import in_turn
from layers.models import Layer
from layers.permissions import User
from layers.search.archipelagos import find_archipelagos
from layers.search.by_words import by_most_words, by_words
from layers.search.coordinates import read_coordinates
from layers.search.features import by_code, by_code_apart
from layers.search.fold import fold_aligned, spelt, words
from layers.search.parcel_query import read_parcel
from layers.search.parcels import find_parcels
from layers.search.places import (
    find_by_code,
    find_places,
    place_at_end,
    units_named,
    with_parts,
)
from layers.search.points import find_points
from layers.search.results import Findings, Note, Result
from layers.search.spelling import phrases
from layers.search.topics import features_named, find_topic, read_topic
from layers.standing import standing_layers

MAX_PLACES = 5
LARGE = 100_000
# Corrections that are read in turn; of a long text, which takes longer, the likeliest alone.
MAX_READINGS, LONG_TEXT = 3, 5
# A reading with one of these found something else than what was asked for.
DOUBTS = frozenset({"place-unknown", "nothing-in-place"})
DOUBTS_OF_A_GUESS = DOUBTS | {"parcel-elsewhere"}
_HOUSE = re.compile(r"(?:so\s+(?:nha\s+)?)?\d+[a-z]?(?:[/-]\d+[a-z]?)*\s*,?\s+(?=[a-z])")


def search(text: str, user: User | None, *, limit: int) -> dict[str, Any]:
    """`{query, results, notes}` for what a person typed (1–200 characters).

    Raises SearchTooSlow when nothing was found in time.
    """
    language = get_language() or "vi"
    # The database refuses to be asked for a NUL.
    text = text.replace("\x00", "").strip()
    results, notes = _within_time(text, user, limit)
    if not results and not notes:
        notes = [_nothing_found()]
    return {
        "query": text,
        "results": [result.as_json(language) for result in _once(results)[:limit]],
        "notes": [{"code": note.code, "message": note.message} for note in notes],
    }


def _within_time(text: str, user: User | None, limit: int) -> tuple[list[Result], list[Note]]:
    """What is found until a question takes too long, which a note then says."""
    found: list[Findings] = []
    late: list[Note] = []
    try:
        with in_turn(), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {int(settings.PORTAL_SEARCH_MS)}")
            _read(found, text, user, limit)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        if not any(part.results for part in found):
            raise SearchTooSlow from error
        message = _("Chưa tìm hết vì câu này mất quá nhiều thời gian. Viết rõ hơn để thấy đủ.")
        late = [Note("search-incomplete", message)]
    results = [result for part in found for result in part.results]
    return results, [*late, *(note for part in found for note in part.notes)]


def _read(found: list[Findings], text: str, user: User | None, limit: int) -> None:
    """As typed first; corrected when that is nothing, or in doubt; most of the words at last.

    `found` holds at every moment what is known so far.
    """
    point = read_coordinates(text)
    if point is not None:
        found.append(find_points(point))
        return
    # Units are found by name in every era; the layer that draws them would only say it twice.
    layers = [one for one in standing_layers(user) if one.parsed.feeds != "units"]
    for part in _as_typed(layers, text, limit):
        found.append(part)
    if _is_sure(found, DOUBTS):
        return
    most = MAX_READINGS if len(words(text)) <= LONG_TEXT else 1
    for phrase in phrases(layers, text)[:most]:
        again = list(_as_typed(layers, phrase, limit))
        if _is_sure(again, DOUBTS_OF_A_GUESS) and any(part.results for part in again):
            found[:] = [Findings(notes=(_corrected(text, phrase, again),)), *again]
            return
    if not any(part.results for part in found):
        some = _most_words(layers, text, limit)
        message = _("Không có nơi nào đủ các chữ này; đây là nơi có nhiều chữ nhất.")
        found.append(Findings(tuple(some), (Note("some-words", message),) if some else ()))


def _is_sure(found: list[Findings], doubts: frozenset[str]) -> bool:
    codes = {note.code for part in found for note in part.notes}
    has_results = any(part.results for part in found)
    return not codes & doubts and (has_results or "parcel-not-found" in codes)


def _as_typed(layers: list[Layer], text: str, limit: int) -> Iterable[Findings]:
    """Archipelagos, parcels, units by code, layers by their words, then codes, places and words."""
    yield Findings(tuple(find_archipelagos(text)))
    asked = read_parcel(text)
    parcels = find_parcels(layers, asked, limit=limit) if asked else Findings()
    yield parcels
    if asked and not asked.is_guess:
        return
    yield find_by_code(text, limit=MAX_PLACES)
    topic = None if asked else read_topic(layers, text)
    about = find_topic(topic, limit=limit) if topic else None
    yield about or Findings()
    if topic and topic.place and about:
        return
    named = _by_name(layers, text, limit, whole_words=about is not None)
    if topic and not named:
        named = features_named(topic, limit=limit)
    yield Findings(tuple(named))
    house = _HOUSE.match(fold_aligned(text))
    if not named and house and not parcels.results:
        street = by_words(layers, text[house.end() :], limit=limit)
        street = street or _words_in_a_place(layers, text[house.end() :], limit)
        message = _("Không có số nhà này trong dữ liệu; đây là đường hoặc nơi có tên đó.")
        yield Findings(tuple(street), (Note("without-number", message),) if street else ())


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
        found += by_words(_worth_asking(layers, text, places), text, limit=limit)
    if layers and not found:
        found = _words_in_a_place(layers, text, limit) or by_code_apart(layers, text, limit=limit)
    return found


def _worth_asking(layers: list[Layer], text: str, places: list[Result]) -> list[Layer]:
    """Who types a unit's whole name means the unit: of the large layers, half of whose addresses
    name it, any ten rows would be arbitrary.
    """
    asked = words(text)
    if not any(words(place.title)[-len(asked) :] == asked for place in places):
        return layers
    return [one for one in layers if one.live_version and one.live_version.feature_count <= LARGE]


def _most_words(layers: list[Layer], text: str, limit: int) -> list[Result]:
    """In the place that the text ends with, if there is something; else anywhere."""
    wanted, place = place_at_end(words(text))
    units = units_named(place) if place else []
    within = with_parts({one.unit.pk for one in units})
    here = by_most_words(layers, wanted, limit=limit, units=within) if units else []
    return here or by_most_words(layers, text, limit=limit)


def _words_in_a_place(layers: list[Layer], text: str, limit: int) -> list[Result]:
    """`Trần Phú, Vũng Tàu`: what is called so there, whether its text names the unit or not."""
    wanted, place = place_at_end(words(text))
    units = units_named(place) if place else []
    if not units:
        return []
    within = with_parts({one.unit.pk for one in units})
    return by_words(layers, wanted, limit=limit, units=within)


def _once(results: list[Result]) -> list[Result]:
    """The same feature found in two ways is shown once, where it came first; so are the stretches
    of one street, which are called alike in every way.
    """
    seen: dict[tuple[Any, ...], Result] = {}
    for result in results:
        place = result.lon if result.layer is None else None
        seen.setdefault((result.kind, result.layer, result.title, result.subtitle, place), result)
    return list(seen.values())


def _corrected(text: str, phrase: str, found: list[Findings]) -> Note:
    """Says what was read; with the accents of the first result's name where it has those words."""
    accents = {}
    for result in [result for part in found for result in part.results][:1]:
        for word in spelt(f"{result.subtitle} {result.title}"):
            accents["".join(words(word))] = word
    said = " ".join(accents.get(word, word) for word in words(phrase))
    message = _("Không có “%(asked)s”; đây là kết quả cho “%(read)s”.")
    return Note("spelling-corrected", message % {"asked": text, "read": said})


def _nothing_found() -> Note:
    message = _(
        "Không tìm thấy trong các lớp đã công bố. Thử: “tờ 5 thửa 12 Long Điền”, "
        "tên xã phường mới hoặc cũ, mã lô đấu giá, tọa độ VN-2000 (X trước, Y sau) "
        "hoặc vĩ độ, kinh độ."
    )
    return Note("not-found", message)
