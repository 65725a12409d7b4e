"""What pages make of a layer beyond its map: `[coverage]` and `[gallery]` of a definition.

`[coverage]`: its points reach so far, and a page tells which share of each unit's ground that is.
`[gallery]`: its features are places that people choose among, with kinds, ranks and pictures.
Read by `layers.definition`; the pages are the portal's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Coverage:
    """How far a point reaches: metres in `radius_field`, else `radius`; neither: nowhere.

    `where`: a condition in CQL2; points that do not meet it reach nowhere.
    """

    radius_field: str = ""
    radius: float = 0.0
    where: str = ""


@dataclass(frozen=True)
class Gallery:
    """Which fields say what on a page of places; the popup's title is their name.

    `kind` and `rank` are choices; `text_vi`, `text_en` descriptions; `photo` and `link` addresses;
    `details` further fields in order.
    """

    kind: str = ""
    rank: str = ""
    text_vi: str = ""
    text_en: str = ""
    photo: str = ""
    link: str = ""
    details: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        """The field of the description in that language."""
        return (self.text_en if language == "en" else self.text_vi) or self.text_vi


@dataclass(frozen=True)
class ShownAs:
    """Both of them; a layer may have neither. `used`: the fields that they name."""

    coverage: Coverage | None = None
    gallery: Gallery | None = None
    used: frozenset[str] = field(default_factory=frozenset)


def declared_shown(raw: Mapping[str, Any], problems: list[str]) -> ShownAs:
    """The two tables, as far as they are there; what is wrong goes to `problems`."""
    coverage = _table(raw, "coverage", Coverage, problems)
    gallery = _table(raw, "gallery", Gallery, problems)
    if coverage is not None and raw.get("geometry") != "point":
        problems.append("coverage: chỉ dùng cho lớp điểm")
    if coverage is not None and not coverage.radius_field and coverage.radius <= 0:
        problems.append("coverage: cần radius_field hoặc radius")
    used = {coverage.radius_field} if coverage else set()
    if gallery is not None:
        one = (getattr(gallery, each.name) for each in fields(Gallery) if each.name != "details")
        used |= {*one, *gallery.details}
    return ShownAs(coverage, gallery, frozenset(used - {""}))


def _table(raw: Mapping[str, Any], name: str, kind: type, problems: list[str]) -> Any:
    given = raw.get(name)
    if given is None:
        return None
    known = {each.name for each in fields(kind)}
    if not isinstance(given, dict) or set(given) - known:
        problems.append(f"{name}: là một bảng chỉ gồm các mục {', '.join(sorted(known))}")
        return None
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in given.items()}
    return kind(**values)
