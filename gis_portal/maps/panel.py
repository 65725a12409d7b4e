"""The panel of one feature: everything public about it, formatted for a reader.

Only declared public fields are read (`properties` holds no others). `views.py` renders what is
built here.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.urls import reverse

from gis_portal.auctions.lots import SLUG as LOTS
from gis_portal.auctions.lots import lot_of
from gis_portal.auctions.stages import DATES
from gis_portal.maps.grids import GridPosition, positions, shown_grids
from layers.catalogue import live_version
from layers.crs import by_srid
from layers.definition import PLACEHOLDER, Field, LayerDefinition
from layers.errors import ItemRetired, UnknownItem
from layers.identity import retired
from layers.landuse import colour_of, describe
from layers.models import AdminUnit, Layer, LayerVersion
from layers.units import former_names

FORMER_SHOWN = 6
# ST_NRings counts the rings' closing points, which are no corners of their own.
_ROW = """
SELECT f.uid, f.unit_id, f.area_m2, f.length_m, f.properties::text, GeometryType(f.geom),
  ST_X(p.at), ST_Y(p.at), ST_XMin(f.geom), ST_YMin(f.geom), ST_XMax(f.geom), ST_YMax(f.geom),
  ST_NPoints(f.geom) - ST_NRings(f.geom)
FROM layers_feature f, LATERAL (SELECT ST_PointOnSurface(f.geom) AS at) p
WHERE f.version_id = %s AND f.uid = %s LIMIT 1
"""


@dataclass(frozen=True)
class Fact:
    """One line of the panel; `link` makes the value a link, `colour` puts a swatch before it."""

    label: str
    value: str
    link: str = ""
    colour: str = ""


@dataclass(frozen=True)
class UnitLine:
    """The unit in force and what it was made of."""

    unit: AdminUnit
    former: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True)
class FeaturePanel:
    """All that the template shows of one feature."""

    layer: Layer
    version: LayerVersion
    uid: uuid.UUID
    title: str
    layer_title: str
    owner: str
    headline: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    absent: tuple[str, ...]
    unit: UnitLine | None
    kind: str
    lon: float
    lat: float
    bbox: tuple[float, float, float, float]
    area_m2: float | None
    length_m: float | None
    corners: int | None
    grid: GridPosition

    @property
    def bbox_text(self) -> str:
        """west,south,east,north for the map's script."""
        return ",".join(f"{value:.7f}" for value in self.bbox)

    @property
    def page_address(self) -> str:
        """The page that tells more than this panel; "" where there is none."""
        return reverse("lot", args=[self.uid]) if self.layer.slug == LOTS else ""

    @cached_property
    def map_address(self) -> str:
        """The permalink that shows this feature on the map."""
        home = reverse("home")
        zoom = self.layer.parsed.style.working_zoom + 2
        at = f"{min(zoom, 17)}/{self.lat:.6f}/{self.lon:.6f}"
        return f"{home}?layers={self.layer.slug}&at={at}&sel={self.layer.slug}/{self.uid}"


def feature_panel(layer: Layer, uid: uuid.UUID, language: str) -> FeaturePanel:
    """Read and arrange one feature of the live version.

    Raises LayerNotPublished, ItemRetired, UnknownItem.
    """
    version = live_version(layer)
    row = _row(version, uid)
    if row is None:
        raise _missing(layer, uid)
    definition = layer.parsed
    properties = today(layer, uid, row[4])
    shown = _Shown(definition, properties, language)
    lon, lat = row[6], row[7]
    grid = _grid(version, lon, lat)
    return FeaturePanel(
        layer=layer,
        version=version,
        uid=row[0],
        title=feature_title(definition, properties, language) or layer.title(language),
        layer_title=layer.title(language),
        owner=version.source_org or definition.owner_org(language),
        headline=shown.facts(shown.headline_fields),
        facts=shown.facts(shown.other_fields),
        absent=shown.absent,
        unit=_unit(row[1]),
        kind=definition.geometry,
        lon=lon,
        lat=lat,
        bbox=(row[8], row[9], row[10], row[11]),
        area_m2=row[2],
        length_m=row[3],
        corners=row[12] if definition.geometry == "polygon" else None,
        grid=grid,
    )


def today(layer: Layer, uid: uuid.UUID, properties: dict[str, Any]) -> dict[str, Any]:
    """What a file says of an auction lot with the stage and the dates that hold now."""
    if layer.slug != LOTS:
        return properties
    lot = lot_of(layer, uid)
    dates = {name: at.isoformat() for name in DATES if (at := getattr(lot.said, name))}
    return {**properties, **dates, "status": lot.stage.value}


def feature_title(definition: LayerDefinition, properties: dict[str, Any], language: str) -> str:
    """The popup's title with the fields filled in; "" when all of them are empty."""
    template = definition.popup_title(language) or definition.label
    filled_any = False

    def fill(match: Any) -> str:
        nonlocal filled_any
        declared = definition.by_name.get(match[1])
        value = properties.get(match[1])
        if declared is None or value in (None, ""):
            return ""
        filled_any = True
        if declared.type.name == "land_use":
            return name_then_code(describe(str(value), language))
        return declared.type.format(value, language)

    filled = PLACEHOLDER.sub(fill, template).strip(" ,–-·")
    return filled if filled_any else ""


def facts_of(
    definition: LayerDefinition, properties: dict[str, Any], names: Iterable[str], language: str
) -> tuple[Fact, ...]:
    """Formatted lines of these public fields, in this order; those without a value are left out."""
    public = {field.name: field for field in definition.public_fields}
    shown = _Shown(definition, properties, language)
    fields = [public[name] for name in names if name in public and shown.has(name)]
    return shown.facts(fields)


def name_then_code(described: str) -> str:
    """`CLN: Đất trồng cây lâu năm` → `Đất trồng cây lâu năm (CLN)`, as a title reads better."""
    parts = (part.partition(": ") for part in described.split("; "))
    return "; ".join(f"{name} ({code})" if name else code for code, _colon, name in parts)


def _row(version: LayerVersion, uid: uuid.UUID) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_ROW, [version.pk, uid])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return None if row is None else (*row[:4], json.loads(row[4]), *row[5:])


def _missing(layer: Layer, uid: uuid.UUID) -> UnknownItem | ItemRetired:
    """410 for a feature that once was there, 404 for one that never was."""
    gone = retired(layer, uid)
    if gone is None:
        return UnknownItem(str(uid))
    return ItemRetired(
        gone.key,
        layer=layer.slug,
        successors=[str(each) for each in gone.successors],
    )


def _grid(version: LayerVersion, lon: float, lat: float) -> GridPosition:
    """The place in the grid that the data was surveyed in, else in the province's own."""
    source = by_srid(version.source_srid)
    zone = source if source.is_vn2000 and not source.is_geographic else shown_grids()[0]
    return positions(lon, lat, [zone])[0]


def unit_line(unit: AdminUnit) -> UnitLine:
    """The unit with the names that it had before."""
    names = former_names(unit)
    return UnitLine(unit, tuple(names[:FORMER_SHOWN]), max(0, len(names) - FORMER_SHOWN))


def _unit(pk: int | None) -> UnitLine | None:
    unit = AdminUnit.objects.filter(pk=pk).first() if pk else None
    return unit_line(unit) if unit else None


class _Shown:
    """Splits the public fields into headline, list and those without a value."""

    def __init__(
        self, definition: LayerDefinition, properties: dict[str, Any], language: str
    ) -> None:
        self.definition, self.properties, self.language = definition, properties, language
        names = set(definition.headline)
        self.headline_fields = [
            definition.by_name[name] for name in definition.headline if self.has(name)
        ]
        self.other_fields = [
            f for f in definition.public_fields if f.name not in names and self.has(f.name)
        ]
        self.absent = tuple(
            f.label(language) for f in definition.public_fields if not self.has(f.name)
        )

    def has(self, name: str) -> bool:
        """There is a value to show."""
        return self.properties.get(name) not in (None, "", [])

    def facts(self, fields: list[Field]) -> tuple[Fact, ...]:
        """The formatted lines of these fields; codes get their names and colours."""
        units = self._units(fields)
        return tuple(self._fact(field, units) for field in fields)

    def _fact(self, field: Field, units: dict[str, str]) -> Fact:
        value, label = self.properties[field.name], field.label(self.language)
        if field.type.name == "land_use":
            text = describe(str(value), self.language)
            return Fact(label, text, colour=colour_of(str(value), ""))
        if field.type.name == "unit":
            name = units.get(str(value))
            return Fact(label, f"{name} ({value})" if name else str(value))
        text = field.type.format(value, self.language)
        if field.type.name == "url" and str(value).startswith(("https://", "http://")):
            return Fact(label, text, link=str(value))
        colour = next((c.color for c in field.type.choices if c.value == value), "")
        return Fact(label, text, colour=colour)

    def _units(self, fields: list[Field]) -> dict[str, str]:
        wanted = {str(self.properties[f.name]) for f in fields if f.type.name == "unit"}
        if not wanted:
            return {}
        found = AdminUnit.objects.filter(code__in=wanted, valid_to__isnull=True)
        return {unit.code: unit.name for unit in found}
