"""Everything the portal says of one parcel, gathered once: the page, the extract and the lot's page
read this and nothing else.

At most ten queries, whatever the parcel: the layers, the parcel, the overlay, the surroundings, its
commune (two) and what became of what (one, three more where there is something to tell).
"""

from uuid import UUID

import shapely

from gis_portal.maps.grids import grid_label
from gis_portal.maps.panel import feature_title
from gis_portal.parcels.lineage import lineage_of
from gis_portal.parcels.overlay import lay_over
from gis_portal.parcels.parts import (
    Areas,
    Corner,
    Identity,
    LandUse,
    Near,
    Neighbour,
    Overlay,
    OverlayPart,
    ParcelFacts,
    Picture,
    Relative,
    Ring,
    Step,
    UnitName,
)
from gis_portal.parcels.reading import Ground, find_parcel, registers
from gis_portal.parcels.surroundings import surroundings
from layers.fieldtypes import Choice
from layers.geometry import corner_rings
from layers.land_roles import Register
from layers.landuse import areas_by_code, canonical, colour_of, parse_codes
from layers.models import AdminUnit
from layers.permissions import User
from layers.standing import standing_layers
from layers.units import former_names
from layers.values import BadValue

__all__ = [
    "Areas",
    "Corner",
    "Identity",
    "LandUse",
    "Near",
    "Neighbour",
    "Overlay",
    "OverlayPart",
    "ParcelFacts",
    "Picture",
    "Relative",
    "Ring",
    "Step",
    "UnitName",
    "parcel_facts",
]


def parcel_facts(uid: UUID, *, user: User | None, lang: str) -> ParcelFacts:
    """The facts of a parcel of any register that this reader may see; public values only.

    Raises UnknownItem, and ItemRetired (410; `extra`: layer, successors) of one that is gone.
    """
    layers = standing_layers(user, published=False)
    ground = find_parcel(uid, registers(layers))
    around = surroundings(ground, layers, lang)
    shown = _Shown(ground, lang)
    version = ground.version
    return ParcelFacts(
        uid=ground.uid,
        layer_slug=ground.layer.slug,
        layer_title=ground.layer.title(lang),
        version_id=version.pk,
        version_number=version.number,
        published_at=version.published_at,
        data_date=version.data_date,
        source=version.source_org or ground.layer.parsed.owner_org(lang),
        decision=version.decision_no,
        licence=ground.layer.parsed.licence,
        illustrative=version.is_illustrative,
        identity=shown.identity(),
        areas=shown.areas(),
        uses=shown.uses(shown.register.use, shown.register.use_areas),
        planned_uses=shown.uses(shown.register.planned_use),
        manager=shown.text(shown.register.manager) or None,
        status=shown.choice(shown.register.status),
        lon=ground.lon,
        lat=ground.lat,
        bbox=ground.bbox,
        corners=rings_of(ground.shape),
        neighbours=around.neighbours,
        overlays=lay_over(ground, layers, lang),
        nearest=around.nearest,
        lineage=lineage_of(ground, lang),
        imagery=around.imagery,
        language=lang,
        other=shown.other(),
    )


def rings_of(shape: shapely.Geometry) -> tuple[Ring, ...]:
    """The rings of a polygon in its grid, corners numbered through all of them."""
    holes = [len(polygon.interiors) for polygon in shapely.get_parts(shape)]
    places = [(part, n > 0) for part, count in enumerate(holes, 1) for n in range(count + 1)]
    rings, start = [], 0
    for (part, is_hole), corners in zip(places, corner_rings(shape), strict=True):
        numbered = tuple(Corner(start + c.number, c.x_north, c.y_east, c.edge) for c in corners)
        rings.append(Ring(part, is_hole, numbered))
        start += len(numbered)
    return tuple(rings)


class _Shown:
    """A parcel's public values in the reader's language."""

    def __init__(self, ground: Ground, lang: str) -> None:
        self.ground, self.lang = ground, lang
        self.definition = ground.layer.parsed
        self.register = self.definition.land.register or Register()

    def text(self, name: str) -> str:
        """A field as people read it; "" where there is no value, or no such field."""
        declared, value = self.definition.by_name.get(name), self.ground.properties.get(name)
        if declared is None or declared.is_private or value in (None, "", []):
            return ""
        return declared.type.format(value, self.lang)

    def number(self, name: str) -> float | None:
        """A number as it is stored."""
        value = self.ground.properties.get(name) if name else None
        return float(value) if isinstance(value, int | float) else None

    def choice(self, name: str) -> Choice | None:
        """The value with its labels; one that is no longer declared stands for itself."""
        declared, value = self.definition.by_name.get(name), self.ground.properties.get(name)
        if declared is None or value in (None, ""):
            return None
        known = (c for c in declared.type.choices if c.value == value)
        return next(known, Choice(str(value), str(value), str(value)))

    def identity(self) -> Identity:
        """Who it is, today and before."""
        register, scale = self.register, self.number(self.register.scale)
        unit, former = _unit(self.ground.unit_id, self.lang)
        title = feature_title(self.definition, self.ground.properties, self.lang)
        return Identity(
            title=title or self.ground.layer.title(self.lang),
            unit=unit,
            sheet=self.text(register.sheet),
            number=self.text(register.number),
            old_unit=self.text(register.old_unit),
            old_sheet=self.text(register.old_sheet),
            old_number=self.text(register.old_number),
            site=self.text(register.site),
            address=self.text(register.address),
            scale=int(scale) if scale else None,
            former_units=former,
            decision=self.text(register.decision),
            decision_date=self.text(register.decision_date),
        )

    def areas(self) -> Areas:
        """Registered, surveyed and computed; the difference is of the last two."""
        computed = float(shapely.area(self.ground.shape))
        surveyed = self.number(self.register.area)
        difference = computed - surveyed if surveyed is not None else None
        crs = self.ground.crs
        return Areas(
            registered=self.number(self.register.area_registered),
            surveyed=surveyed,
            computed=computed,
            difference=difference,
            difference_share=difference / surveyed if difference is not None and surveyed else None,
            grid=grid_label(crs),
            grid_code=crs.code,
            is_converted=crs.srid != self.ground.version.source_srid,
        )

    def uses(self, name: str, areas_name: str = "") -> tuple[LandUse, ...]:
        """Each purpose that the cell names; its area is known when there is only one, or when the
        register says the areas of all of them.
        """
        cell = str(self.ground.properties.get(name) or "") if name else ""
        if not cell:
            return ()
        try:
            codes = parse_codes(cell)
        except BadValue:
            return (LandUse(cell, cell, "", None, None),)
        areas: dict[str, float | None] = {}
        if len(codes) == 1:
            areas = {codes[0]: self.number(self.register.area)}
        elif areas_name:
            told = areas_by_code(str(self.ground.properties.get(areas_name) or ""))
            areas = {**told} if told.keys() == set(codes) else {}
        whole = sum(area or 0.0 for area in areas.values())
        shares = {code: (area or 0.0) / whole if whole else 1.0 for code, area in areas.items()}
        return tuple(
            LandUse(
                code,
                canonical(code).named(self.lang),
                colour_of(code),
                areas.get(code),
                shares.get(code),
            )
            for code in codes
        )

    def other(self) -> tuple[tuple[str, str], ...]:
        """Public values that no other part tells."""
        told = set(vars(self.register).values())
        return tuple(
            (f.label(self.lang), said)
            for f in self.definition.public_fields
            if f.name not in told and (said := self.text(f.name))
        )


def _unit(pk: int | None, lang: str) -> tuple[UnitName | None, tuple[str, ...]]:
    """The commune of today and the former ones that it was made of. Two queries."""
    found = AdminUnit.objects.filter(pk=pk).select_related("parent") if pk else None
    unit = found.defer("geom", "parent__geom").first() if found is not None else None
    if unit is None:
        return None, ()
    province = _called(unit.parent, lang) if unit.parent else ""
    return UnitName(unit.code, _called(unit, lang), province), tuple(former_names(unit))


def _called(unit: AdminUnit, lang: str) -> str:
    return unit.name_en if lang == "en" and unit.name_en else unit.name
