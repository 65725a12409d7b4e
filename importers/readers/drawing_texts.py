"""Texts of a drawing and the areas they stand in: who says what about which parcel.

What a text means is `importers.readers.parcel_texts`. Issues show what was understood, never the
text itself: it may be a person's name.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Issue, object_array, places_of
from importers.readers.entities import Entities
from importers.readers.levels import Levels, is_of_owners, number_of
from importers.readers.parcel_texts import Found, Reading, read_text, settle
from importers.wording import number
from layers.values import fold

_ROLES = ("parcel_no", "land_use", "area")
_COLUMNS = {"parcel_no": "so_thua", "land_use": "loai_dat", "area": "dien_tich"}
# Levels of the circulars whose texts are names of streets, waters and places, or measures.
_OF_THINGS = frozenset({2, 3, 4, 5, 6, 7, 8, 26, 28, 39, 48})
_SURNAMES = frozenset(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan trinh mai "
    "cao chau lam luong ta thai to truong ha kieu quach la tang vuong luu dao nghiem khuc thach "
    "son kim danh trieu giang on mac phung chu ton thi van".split()
)
_PERSON = re.compile(r"^\s*(ông|bà|hộ|ô\.|b\.|chủ|anh|chị)\b", re.I)


@dataclass(frozen=True)
class Attributes:
    """One entry an area, (n,) each: texts or None. `labels` only when a level was chosen for it."""

    numbers: np.ndarray
    land_uses: np.ndarray
    areas: np.ndarray
    labels: np.ndarray | None
    notes: list[str]
    issues: list[Issue]


@dataclass(frozen=True)
class _Said:
    """One text: what it says, whether its own level says so, and where it stands."""

    entity: int
    reading: Reading
    sure: bool


def attributes_of(polygons: np.ndarray, entities: Entities, levels: Levels) -> Attributes:
    """What the texts in each polygon say, with an issue wherever that is not clear."""
    said = _readings(entities, levels)
    inside, outside = _areas_of_texts(polygons, entities, [s.entity for s in said])
    groups: dict[int, list[_Said]] = defaultdict(list)
    for one, area in zip(said, inside.tolist(), strict=True):
        if area >= 0:
            groups[area].append(one)
    sizes = shapely.area(polygons)
    found = [_settled(groups.get(i, []), float(sizes[i])) for i in range(len(polygons))]
    lost = [s for s, is_out in zip(said, outside, strict=True) if is_out and _matters(s)]
    issues = [*_doubts(found, groups, entities), *_unnumbered(found, polygons)]
    issues += [_outside(s, entities) for s in lost]
    labels = _labels(polygons, entities, levels)
    notes = _encoding_note(entities)
    return Attributes(
        object_array(f.number for f in found),
        object_array(f.land_use for f in found),
        object_array(f.area for f in found),
        labels,
        notes,
        issues,
    )


def _readings(entities: Entities, levels: Levels) -> list[_Said]:
    """Texts that say something: on the levels of a role, then on levels without any meaning."""
    said = []
    role_of = {name: role for role in _ROLES for name in levels.of(role)}
    free = levels.free | levels.of("boundary") | levels.of("label")
    for index in np.flatnonzero(entities.has_text):
        level = entities.levels[index]
        role = role_of.get(level, "")
        if not role and level not in free:
            continue
        reading = read_text(entities.texts[index], role)
        if reading is not None:
            said.append(_Said(int(index), reading, bool(role)))
    return said


def _areas_of_texts(
    polygons: np.ndarray, entities: Entities, chosen: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Index of the area of each text (-1: none), and which stand in none.

    A text's point is its corner and may lie next door; its middle decides where the point's area
    has another text of the same kind, or where the point is in none.
    """
    corners = _containing(polygons, entities.geometry[chosen])
    drawn = np.asarray(shapely.points(entities.middles[chosen].reshape(-1, 2)))
    middles = _containing(polygons, drawn)
    settled = np.where(corners == middles, corners, -1)
    taken = {area for area in settled.tolist() if area >= 0}
    prefer_middle = (corners < 0) | np.isin(corners, list(taken))
    inside = np.where(prefer_middle & (middles >= 0), middles, corners)
    return inside, inside < 0


def _containing(polygons: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The smallest polygon that each point lies in, -1 without one."""
    answer = np.full(len(points), -1, dtype=np.int64)
    if not len(points) or not len(polygons):
        return answer
    point, area = shapely.STRtree(polygons).query(points, predicate="intersects")
    order = np.argsort(-shapely.area(polygons[area]), kind="stable")
    answer[point[order]] = area[order]
    return answer


def _settled(said: list[_Said], area: float) -> Found:
    sure = [s.reading for s in said if s.sure]
    likely = [s.reading for s in said if not s.sure]
    return settle(sure, likely, area)


def _matters(said: _Said) -> bool:
    """Whether anybody would miss this text: numbers along the frame are no parcels'."""
    return said.sure or (said.reading.number is not None and said.reading.area is not None)


def _place(index: int, entities: Entities) -> tuple[float | None, float | None]:
    return places_of(entities.geometry[[index]])[0]


def _outside(said: _Said, entities: Entities) -> Issue:
    x, y = _place(said.entity, entities)
    return Issue(0, "text-outside", value=str(said.reading), severity="warning", x=x, y=y)


def _doubts(found: list[Found], groups: dict[int, list[_Said]], entities: Entities) -> list[Issue]:
    """Two different texts for one attribute: neither is taken."""
    issues = []
    for area, one in enumerate(found):
        for role, candidates in one.doubts.items():
            x, y = _place(groups[area][0].entity, entities)
            value = "; ".join(candidates)[:200]
            field = _COLUMNS[role]
            issues.append(Issue(area + 1, "ambiguous-text", field, value, "warning", "", x, y))
    return issues


def _unnumbered(found: list[Found], polygons: np.ndarray) -> list[Issue]:
    bare = [i for i, one in enumerate(found) if one.number is None and not one.doubts]
    if not bare:
        return []
    places = places_of(shapely.point_on_surface(polygons[bare]))
    return [
        Issue(i + 1, "area-without-number", "so_thua", "", "warning", "", x, y)
        for i, (x, y) in zip(bare, places, strict=True)
    ]


def _labels(polygons: np.ndarray, entities: Entities, levels: Levels) -> np.ndarray | None:
    """What is no attribute on the level that a person chose for labels, joined; no people."""
    if not levels.of("label"):
        return None
    chosen = np.flatnonzero(entities.has_text & entities.on(levels.of("label")))
    inside, _outside_of = _areas_of_texts(polygons, entities, chosen.tolist())
    joined: list[list[str]] = [[] for _polygon in polygons]
    for index, area in zip(chosen, inside, strict=True):
        text = shown_text(entities.texts[index], entities.levels[index])
        if area >= 0 and text and read_text(text, "") is None:
            joined[area].append(text)
    return object_array(" ".join(texts) or None for texts in joined)


def shown_text(text: str | None, level: str) -> str | None:
    """A text as an attribute, None when it may be a person's name."""
    if text is None or is_of_owners(level):
        return None
    if number_of(level) in _OF_THINGS and not _PERSON.match(text):
        return text
    return None if names_a_person(text) else text


def names_a_person(text: str) -> bool:
    """`Ông Nguyễn Văn A`, `TRẦN THỊ B`: a title, or a surname and given names."""
    if _PERSON.match(text):
        return True
    words = text.split()
    if len(words) > 2 and fold(words[0]) in _SURNAMES and fold(words[1]) in ("van", "thi"):
        return True
    if not 2 <= len(words) <= 5 or not all(w[0].isupper() and w.isalpha() for w in words):
        return False
    return fold(words[0]) in _SURNAMES


def _encoding_note(entities: Entities) -> list[str]:
    """Level by level would be long: how many were typed in an old font."""
    old = {e.column for e in entities.encodings if e.encoding in ("tcvn3", "vni")}
    if not old:
        return []
    return [
        _("Chữ của %(count)s lớp gõ bằng phông cũ (TCVN3, VNI) đã được đổi sang Unicode.")
        % {"count": number(len(old))}
    ]
