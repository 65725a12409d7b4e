"""The catalogue: shipped definitions become rows, a planner's field rows become a definition,
layers are found.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from layers import partitions, past
from layers.definition import LayerDefinition, parse_definition
from layers.errors import LayerNotPublished, UnknownLayer
from layers.models import Layer, LayerField, LayerVersion, Sector
from layers.models.catalogue import LayerQuerySet
from layers.permissions import User
from layers.withdrawal import withdraw_fields

DEFINITIONS = Path(__file__).parent / "definitions"


def layer_by_slug(slug: str, user: User | None = None) -> Layer:
    """The layer, with its live version and sector fetched.

    Raises UnknownLayer, also when not visible.
    """
    try:
        return visible_layers(user).get(slug=slug)
    except Layer.DoesNotExist as error:
        raise UnknownLayer(slug) from error


def live_version(layer: Layer) -> LayerVersion:
    """The published version. Raises LayerNotPublished."""
    if layer.live_version is None:
        raise LayerNotPublished(layer.slug)
    return layer.live_version


def visible_layers(user: User | None = None) -> LayerQuerySet:
    """Layers this reader may see, in the order of the list."""
    return Layer.objects.visible_to(user).select_related("live_version", "sector")


def shipped_definitions() -> list[tuple[dict[str, Any], LayerDefinition]]:
    """(raw, parsed) of every TOML below `definitions/`, in order of path.

    Raises DefinitionError.
    """
    found = []
    for path in sorted(DEFINITIONS.glob("*/*.toml")):
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append((raw, parse_definition(raw)))
    return found


def shipped_sectors() -> list[dict[str, Any]]:
    """The sectors of `definitions/sectors.toml`."""
    text = (DEFINITIONS / "sectors.toml").read_text(encoding="utf-8")
    sectors: list[dict[str, Any]] = tomllib.loads(text)["sector"]
    return sectors


@transaction.atomic
def sync_definitions() -> tuple[int, int]:
    """Bring sectors and shipped layers in line with the files; answers (sectors, layers).

    Data is untouched.
    """
    for position, entry in enumerate(shipped_sectors()):
        Sector.objects.update_or_create(
            slug=entry["slug"],
            defaults={
                "title_vi": entry["title"]["vi"],
                "title_en": entry["title"]["en"],
                "position": entry.get("position", position * 10),
            },
        )
    shipped = shipped_definitions()
    for raw, parsed in shipped:
        save_definition(raw, parsed, origin=Layer.SHIPPED)
    return Sector.objects.count(), len(shipped)


@transaction.atomic
def save_definition(raw: dict[str, Any], parsed: LayerDefinition, *, origin: str) -> Layer:
    """Create or update a layer from its definition; the other columns are copies of it."""
    sector, _created = Sector.objects.get_or_create(
        slug=parsed.sector, defaults={"title_vi": parsed.sector, "title_en": parsed.sector}
    )
    former = Layer.objects.filter(slug=parsed.slug).first()
    layer, _created = Layer.objects.update_or_create(
        slug=parsed.slug,
        defaults={
            "sector": sector,
            "definition": raw,
            "origin": origin,
            "title_vi": parsed.title.vi,
            "title_en": parsed.title.en,
            "geometry_kind": parsed.geometry,
            "visibility": parsed.visibility,
            "is_home": parsed.home,
            "position": parsed.position,
        },
    )
    if former is not None and former.definition != raw:
        withdraw_fields(layer, former.parsed, parsed)
    if layer.live_version_id is not None:
        # Also when nothing changed: an earlier version of the program left the rights as they were.
        partitions.give_to_readers(layer.live_version_id, public=layer.is_public)
        past.note_opened(layer)
    return layer


# The first zoom at which every feature of a planner's layer is drawn on its own.
WORKING_ZOOM = {"point": 10, "line": 12, "polygon": 14}


def definition_from_rows(layer: Layer, rows: Sequence[LayerField]) -> dict[str, Any]:
    """The definition that a planner's form and field rows amount to.

    Style, label and popup stay what they were; a new layer is labelled by its first public field.
    """
    kept = {k: layer.definition[k] for k in ("style", "label", "popup") if k in layer.definition}
    first = next((row.name for row in rows if row.visibility == "public"), "")
    kept["label"] = {"template": f"{{{first}}}"} if first else {}
    kept["popup"] = {"title": f"{{{first}}}"} if first else {}
    kept["style"] = {
        "min_zoom": 5,
        "working_zoom": WORKING_ZOOM.get(layer.geometry_kind, 14),
        **kept.get("style", {}),
    }
    return {
        "slug": layer.slug,
        "sector": layer.sector.slug,
        "geometry": layer.geometry_kind,
        "visibility": layer.visibility,
        "home": layer.is_home,
        "position": layer.position,
        "extent": layer.definition.get("extent", "any"),
        "title": {"vi": layer.title_vi, "en": layer.title_en or layer.title_vi},
        "key": [row.name for row in rows if row.is_key],
        "field": [_row_as_field(row) for row in rows],
        **kept,
    }


def _row_as_field(row: LayerField) -> dict[str, Any]:
    """One row of the admin's table as a [[field]] table; choices are lines `value = label`."""
    entry: dict[str, Any] = {
        "name": row.name,
        "type": row.type,
        "label": {"vi": row.label_vi, "en": row.label_en or row.label_vi},
        "aliases": [alias.strip() for alias in row.aliases.split(",") if alias.strip()],
        "visibility": row.visibility,
        "required": row.required,
        "filterable": row.filterable,
        "searchable": "text" if row.searchable else "",
    }
    if row.unit:
        entry["unit"] = row.unit
    if row.choices.strip():
        lines = [line for line in row.choices.splitlines() if line.strip()]
        entry["choices"] = [_choice(line, place) for place, line in enumerate(lines)]
    return entry


# Eight colours that people with colour-blindness tell apart (Okabe and Ito 2008).
PALETTE = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#5f5f5f",
)


def _choice(line: str, place: int) -> dict[str, Any]:
    """`value = label = #colour`; what is left out is the value itself and the next colour."""
    value, label, color = ([part.strip() for part in line.split("=", 2)] + ["", ""])[:3]
    return {
        "value": value,
        "label": {"vi": label or value},
        "color": color or PALETTE[place % len(PALETTE)],
    }
