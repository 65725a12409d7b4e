"""A layer's declaration: the one shape from which everything else is derived.

A developer writes it as TOML in `layers/definitions/<sector>/<slug>.toml`; a planner types the same
shape in the admin; both end as a dict that `parse_definition` turns into frozen dataclasses, or
refuses with the whole list of problems. Field types live in `layers/fieldtypes.py`.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from layers.errors import DefinitionError
from layers.fieldtypes import TYPES, Choice, FieldType
from layers.imagery import FEEDS, missing_fields
from layers.indexed_text import most_characters
from layers.land_roles import LandRoles, declared_roles
from layers.search_declaration import First, declared_first, declared_kind
from layers.shown_as import ShownAs, declared_shown

Language = Literal["vi", "en"]
Geometry = Literal["point", "line", "polygon"]
GEOMETRIES: tuple[Geometry, ...] = ("point", "line", "polygon")
VISIBILITIES = ("public", "officer", "restricted")
SLUG = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
NAME = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# What features are called when they are counted; the English is the plural.
COUNTED = {"vi": "đối tượng", "en": "features"}
# Names that the feature itself carries beside its declared fields.
RESERVED = frozenset({"id", "uid", "geometry", "unit_code", "unit_name", "area_m2", "length_m"})


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    vi: str
    en: str

    def __call__(self, language: str) -> str:
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Field:
    """One declared attribute. `visibility` other than public never enters `properties`."""

    name: str
    type: FieldType
    label: Text
    aliases: tuple[str, ...] = ()
    visibility: str = "public"
    required: bool = False
    filterable: bool = False
    searchable: str = ""
    tile: bool = False
    role: str = ""

    @property
    def is_private(self) -> bool:
        """Kept in the table under row-level security, never beside the geometry."""
        return self.visibility != "public"


@dataclass(frozen=True)
class Style:
    """How the layer is drawn. Zooms are MapLibre's (512-px tiles); sizes are pixels."""

    min_zoom: int = 5
    working_zoom: int = 12
    by: str = ""
    color: str = "#2f6f8f"
    opacity: float = 0.6
    outline: str = "#1d4558"
    width: float = 1.0
    radius: float = 5.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class LayerDefinition:
    """Everything the portal knows about a layer before it has data."""

    slug: str
    sector: str
    geometry: Geometry
    title: Text
    description: Text
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    visibility: str = "public"
    home: bool = False
    position: int = 100
    extent: str = "any"
    feeds: str = ""
    # Polygons on each other: `allowed`, `listed` by the import, or a reason to refuse (`refused`).
    overlaps: str = "allowed"
    licence: str = ""
    attribution: Text = Text("", "")
    owner_org: Text = Text("", "")
    update_interval: str = ""
    style: Style = field(default_factory=Style)
    label: str = ""
    label_min_zoom: int = 14
    popup_title: Text = Text("", "")
    headline: tuple[str, ...] = ()
    summary: tuple[Text, ...] = ()
    counted: Text = Text("", "")
    search_words: tuple[str, ...] = ()
    # What the search box calls its features; "" leaves it to their fields.
    search_kind: str = ""
    first: First = field(default_factory=First)
    # What it is to a parcel: [register], [restricts], [near].
    land: LandRoles = field(default_factory=LandRoles)
    shown: ShownAs = field(default_factory=ShownAs)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Field by its name."""
        return {f.name: f for f in self.fields}

    @cached_property
    def public_fields(self) -> tuple[Field, ...]:
        """The fields that enter `properties`: everybody who sees the layer may read them."""
        return tuple(f for f in self.fields if not f.is_private)

    @cached_property
    def filterable_fields(self) -> tuple[Field, ...]:
        """Public fields that may stand in a filter; each has an index in every version."""
        return tuple(f for f in self.public_fields if f.filterable)

    @cached_property
    def searchable_fields(self) -> tuple[Field, ...]:
        """Public fields whose text goes into the search column."""
        return tuple(f for f in self.public_fields if f.searchable)

    @cached_property
    def tile_fields(self) -> tuple[Field, ...]:
        """Public fields that tiles carry: what style, label and popup title need, and what asks
        for it.
        """
        wanted = {self.style.by, *placeholders(self.label)}
        wanted |= placeholders(self.popup_title.vi) | placeholders(self.popup_title.en)
        return tuple(f for f in self.public_fields if f.tile or f.name in wanted)


def placeholders(template: str) -> set[str]:
    """The field names that stand in braces."""
    return set(PLACEHOLDER.findall(template))


def parse_definition(raw: dict[str, Any]) -> LayerDefinition:
    """The declared shape, checked. Raises DefinitionError with every problem found."""
    problems: list[str] = []
    try:
        definition = _assemble(raw, problems)
    except (TypeError, ValueError) as error:  # a text where a number belongs, and the like
        raise DefinitionError([*problems, str(error)]) from error
    _check_whole(definition, raw, problems)
    if problems:
        raise DefinitionError(problems)
    return definition


def _assemble(raw: dict[str, Any], problems: list[str]) -> LayerDefinition:
    """The dataclass from the raw dict; what is wrong with its parts goes to `problems`."""
    key = tuple(raw.get("key", ()))
    fields = tuple(_field(e, key, problems) for e in _entries(raw, problems))
    label, popup = _table(raw, "label", problems), _table(raw, "popup", problems)
    search = _table(raw, "search", problems)
    template = label.get("template") or (f"{{{label['field']}}}" if label.get("field") else "")
    return LayerDefinition(
        slug=str(raw.get("slug", "")),
        sector=str(raw.get("sector", "")),
        geometry=raw.get("geometry", ""),
        title=_text(raw.get("title"), "title", problems, required=True),
        description=_text(raw.get("description"), "description", problems),
        fields=tuple(f for f in fields if f is not None),
        key=key,
        visibility=raw.get("visibility", "public"),
        home=bool(raw.get("home", False)),
        position=int(raw.get("position", 100)),
        extent=raw.get("extent", "any"),
        feeds=raw.get("feeds", ""),
        overlaps=raw.get("overlaps") or _usual_overlaps(raw),
        licence=raw.get("licence", ""),
        attribution=_text(raw.get("attribution"), "attribution", problems),
        owner_org=_text(raw.get("owner_org"), "owner_org", problems),
        update_interval=raw.get("update_interval", ""),
        style=_style(_table(raw, "style", problems), problems),
        label=str(template),
        label_min_zoom=int(label.get("min_zoom", 14)),
        popup_title=_text(popup.get("title"), "popup.title", problems),
        headline=tuple(popup.get("headline", ())),
        summary=tuple(_text(t, "popup.summary", problems) for t in popup.get("summary", ())),
        counted=_text(raw.get("counted", COUNTED), "counted", problems),
        search_words=tuple(str(word) for word in search.get("words", ())),
        search_kind=declared_kind(search, problems),
        first=declared_first(_table(search, "first", problems)),
        land=declared_roles(raw, problems),
        shown=declared_shown(raw, problems),
    )


def _usual_overlaps(raw: dict[str, Any]) -> str:
    """Parcels numbered within a unit cover the ground once; other layers may do as they like."""
    units = {f.get("name") for f in raw.get("field", ()) if f.get("type") == "unit"}
    key = set(raw.get("key", ()))
    parcels = raw.get("geometry") == "polygon" and len(key) > 1 and bool(key & units)
    return "listed" if parcels else "allowed"


KNOWN_KEYS = frozenset(
    "slug sector geometry title counted description field key visibility home position extent "
    "feeds overlaps licence attribution owner_org update_interval style label popup search "
    "register restricts near coverage gallery".split()
)


def _check_whole(definition: LayerDefinition, raw: dict[str, Any], problems: list[str]) -> None:
    """Rules that span more than one key."""
    problems += [
        f"“{key}” không phải là mục của khai báo lớp" for key in sorted(set(raw) - KNOWN_KEYS)
    ]
    if not SLUG.match(definition.slug):
        problems.append("slug: chỉ gồm chữ thường không dấu, số và gạch nối, ví dụ street-lights")
    if definition.geometry not in GEOMETRIES:
        problems.append("geometry: phải là point, line hoặc polygon")
    if definition.visibility not in ("public", "internal"):
        problems.append("visibility: phải là public hoặc internal")
    if definition.extent not in ("any", "province"):
        problems.append("extent: phải là any hoặc province")
    if definition.overlaps not in ("allowed", "listed", "refused"):
        problems.append("overlaps: phải là allowed, listed hoặc refused")
    names = [f.name for f in definition.fields]
    for name in sorted({n for n in names if names.count(n) > 1}):
        problems.append(f"trường “{name}” khai báo hai lần")
    problems += _clashes(definition)
    public = {f.name: f.type.name for f in definition.public_fields}
    if definition.feeds == FEEDS:
        problems += missing_fields(public, definition.key, definition.geometry)
    used = {definition.style.by} - {""} | set(definition.headline) | set(definition.key)
    used |= {definition.first.field, definition.first.then} - {""}
    used |= definition.land.used | definition.shown.used
    pairs = (definition.popup_title, *definition.summary)
    for text in (definition.label, *(t for pair in pairs for t in (pair.vi, pair.en))):
        used |= placeholders(text)
    for name in sorted(used - public.keys()):
        problems.append(
            f"“{name}”: key, style, label, popup, search, register và restricts chỉ dùng được "
            "trường công khai đã khai báo"
        )


# Query parameters of /items: a filter of the same name could never be asked for.
PARAMETERS = frozenset(
    {"bbox", "limit", "after", "datetime", "crs", "f", "lang", "q", "unit", "filter", "sortby"}
    | {"properties", "geometry", "geom", "coordinates", "format"}
)
COLOURED = ("choice", "land_use", "boolean")


def _clashes(definition: LayerDefinition) -> list[str]:
    """Names and values that stand in each other's way."""
    found = [
        f"trường “{f.name}”: tên này dành cho tham số của API nên không lọc được theo nó"
        for f in definition.filterable_fields
        if f.name in PARAMETERS
    ]
    by = definition.by_name.get(definition.style.by)
    if by is not None and by.type.name not in COLOURED:
        found.append(f"tô màu theo trường “{by.name}”: trường phải có kiểu choice hoặc land_use")
    for f in definition.fields:
        values = [choice.value for choice in f.type.choices]
        found += [
            f"trường “{f.name}”: giá trị “{v}” ghi hai lần"
            for v in sorted(set(values))
            if values.count(v) > 1
        ]
    aliases = [(alias.casefold(), f.name) for f in definition.fields for alias in set(f.aliases)]
    names = [alias for alias, _field in aliases]
    found += [
        f"tên cột “{alias}” được khai cho hai trường"
        for alias in sorted(set(names))
        if len({field for other, field in aliases if other == alias}) > 1
    ]
    return found


def _entries(raw: dict[str, Any], problems: list[str]) -> list[dict[str, Any]]:
    entries = raw.get("field", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        problems.append("field: phải là danh sách [[field]]")
        return []
    return entries


def _table(raw: dict[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    value = raw.get(name, {})
    if isinstance(value, dict):
        return value
    problems.append(f"{name}: phải là một bảng [{name}]")
    return {}


def _text(value: object, where: str, problems: list[str], *, required: bool = False) -> Text:
    """`{vi, en}` or one string for both. English falls back to Vietnamese, never the other way."""
    if isinstance(value, str) and value:
        return Text(value, value)
    if isinstance(value, dict) and isinstance(value.get("vi"), str):
        return Text(value["vi"], str(value.get("en") or value["vi"]))
    if value or required:
        problems.append(f'{where}: cần {{ vi = "…", en = "…" }}')
    return Text("", "")


def _style(raw: dict[str, Any], problems: list[str]) -> Style:
    known = set(Style.__dataclass_fields__)
    problems += [f"style.{key}: không có mục này" for key in sorted(set(raw) - known)]
    values = {key: value for key, value in raw.items() if key in known}
    if "dash" in values:
        values["dash"] = tuple(values["dash"])
    style = Style(**values)
    for name in ("color", "outline"):
        if not COLOUR.match(getattr(style, name)):
            problems.append(f"style.{name}: màu viết dạng #rrggbb")
    if not 0 <= style.min_zoom <= style.working_zoom <= 18:
        problems.append("style: cần 0 ≤ min_zoom ≤ working_zoom ≤ 18")
    return style


FIELD_KEYS = frozenset(
    "name type label aliases visibility required filterable searchable tile role choices unit "
    "min max max_length digits".split()
)


def _field(raw: dict[str, Any], key: tuple[str, ...], problems: list[str]) -> Field | None:
    """One [[field]] table; None (with a problem noted) when it cannot be understood at all."""
    name, kind = str(raw.get("name", "")), raw.get("type", "")
    before = len(problems)
    problems += [f"trường “{name}”: không có mục “{key}”" for key in sorted(set(raw) - FIELD_KEYS)]
    if not NAME.match(name) or name in RESERVED:
        problems.append(
            f"trường “{name}”: tên chỉ gồm chữ thường, số, gạch dưới và không trùng tên dành riêng"
        )
    if kind not in TYPES:
        problems.append(f"trường “{name}”: type phải là một trong {', '.join(sorted(TYPES))}")
    visibility = raw.get("visibility", "public")
    if visibility not in VISIBILITIES:
        problems.append(f"trường “{name}”: visibility phải là public, officer hoặc restricted")
    if visibility != "public" and (
        raw.get("filterable") or raw.get("searchable") or raw.get("tile")
    ):
        problems.append(
            f"trường “{name}”: trường không công khai không được lọc, tìm hay đưa vào mảnh bản đồ"
        )
    if raw.get("searchable", "") not in ("", "exact", "text"):
        problems.append(f"trường “{name}”: searchable phải là exact hoặc text")
    label = _text(raw.get("label"), f"trường “{name}” label", problems, required=True)
    choices = _choices(raw, name, problems)
    most = most_characters(raw, key, problems)
    if len(problems) > before:
        return None
    return Field(
        name=name,
        type=TYPES[kind](
            choices=choices,
            unit=str(raw.get("unit", "")),
            minimum=raw.get("min"),
            maximum=raw.get("max"),
            max_length=most,
            digits=raw.get("digits"),
        ),
        label=label,
        aliases=tuple(str(a) for a in raw.get("aliases", ())),
        visibility=visibility,
        required=bool(raw.get("required", False)),
        filterable=bool(raw.get("filterable", False)),
        searchable=str(raw.get("searchable", "")),
        tile=bool(raw.get("tile", False)),
        role=str(raw.get("role", "")),
    )


def _choices(raw: dict[str, Any], name: str, problems: list[str]) -> tuple[Choice, ...]:
    found = []
    for entry in raw.get("choices", ()):
        label = _text(entry.get("label"), f"trường “{name}” choice", problems, required=True)
        color = str(entry.get("color", ""))
        if color and not COLOUR.match(color):
            problems.append(f"trường “{name}”: màu {color} viết dạng #rrggbb")
        width = entry.get("width")
        found.append(Choice(str(entry.get("value", "")), label.vi, label.en, color, width))
    if raw.get("type") in ("choice", "choices") and not found:
        problems.append(f"trường “{name}”: cần danh sách choices")
    return tuple(found)
