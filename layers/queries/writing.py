"""How the database writes one feature as GeoJSON text.

One `concat` of ready pieces: a record made of the properties and turned to JSON again takes half as
long again for a whole page. Names of fields are checked by the declaration (`NAME`), so they may
stand in the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from layers.definition import Field
from layers.fieldtypes import MoneyType

# Seven decimals of a degree are about 1 cm; more is noise of the transformation, a third more
# bytes.
COORDINATE_DIGITS = 7
# What the portal adds to the declared fields, and how it is written.
_ADDED = {
    "unit_code": "coalesce(to_json(u.code)::text, 'null')",
    "unit_name": "coalesce(to_json(u.name)::text, 'null')",
    "area_m2": "coalesce(round(page.area_m2::numeric, 1)::text, 'null')",
    "length_m": "coalesce(round(page.length_m::numeric, 1)::text, 'null')",
}
ADDED = tuple(_ADDED)
_OF_UNITS = frozenset({"unit_code", "unit_name"})
# A function of PostgreSQL takes at most 100 arguments.
_MOST_ARGUMENTS = 90


@dataclass(frozen=True)
class Form:
    """How features are written: which fields, what the portal adds, in which system.

    Attributes:
        srid: of the coordinates, ours (`layers.crs`).
        axis_swapped: north comes first.
        digits: decimals of coordinates.
        geometry: false writes null.
    """

    fields: tuple[Field, ...]
    added: tuple[str, ...] = ADDED
    srid: int = 4326
    axis_swapped: bool = False
    digits: int = COORDINATE_DIGITS
    geometry: bool = True

    @property
    def joins(self) -> str:
        """What has to be joined to `page`."""
        wanted = _OF_UNITS & set(self.added)
        return " LEFT JOIN layers_adminunit u ON u.id = page.unit_id" if wanted else ""

    @property
    def feature(self) -> str:
        """The expression of a feature's text over the row `page`; written once for each tuple of
        fields, which declarations keep.
        """
        rest = (self.added, self.srid, self.axis_swapped, self.digits, self.geometry)
        known = _known.get((id(self.fields), *rest))
        if known is None or known[0] is not self.fields:
            if len(_known) >= _KEPT:
                _known.clear()
            known = _known[id(self.fields), *rest] = self.fields, _concat([*self._pieces()])
        return known[1]

    def _pieces(self) -> Iterator[str]:
        yield """'{"type":"Feature","id":"'"""
        yield "page.uid"
        yield """'","geometry":'"""
        yield _geometry(self)
        before = ',"properties":{'
        values = {f.name: _value(f) for f in self.fields} | {n: _ADDED[n] for n in self.added}
        for name, value in values.items():
            yield f"""'{before}"{name}":'"""
            yield value
            before = ","
        yield "'}}'" if values else f"'{before}}}}}'"


_KEPT = 500
_known: dict[tuple[object, ...], tuple[tuple[Field, ...], str]] = {}


def _concat(pieces: list[str]) -> str:
    groups = [pieces[at : at + _MOST_ARGUMENTS] for at in range(0, len(pieces), _MOST_ARGUMENTS)]
    written = [f"concat({', '.join(group)})" for group in groups]
    return written[0] if len(written) == 1 else _concat(written)


def _value(field: Field) -> str:
    """The value as it is stored, null where the version does not hold the key; decimals and money
    always with their point, 40.0: GDAL and QGIS take the types of fields from the first page, and
    would cut off the fractions of the next, and turn sums beyond 32 bits into other sums.
    """
    stored = f"page.properties -> '{field.name}'"
    written = f"coalesce(({stored})::text, 'null')"
    if field.type.json_type != "number" and not isinstance(field.type, MoneyType):
        return written
    number = f"((page.properties ->> '{field.name}')::numeric + 0.0)::text"
    return f"CASE jsonb_typeof({stored}) WHEN 'number' THEN {number} ELSE {written} END"


def _geometry(form: Form) -> str:
    if not form.geometry:
        return "'null'"
    moved = "page.geom" if form.srid == 4326 else f"ST_Transform(page.geom, {int(form.srid)})"
    # RFC 7946 wants shells counter-clockwise; rows hold them as the tiles want them. Turned before
    # axes are exchanged: counter-clockwise on the ground whatever is written first. Surfaces only:
    # PostGIS would turn lines around as well, and a road runs from its first point.
    turned = (
        f"CASE ST_Dimension(page.geom) WHEN 2 THEN ST_ForcePolygonCCW({moved}) ELSE {moved} END"
    )
    turned = f"ST_FlipCoordinates({turned})" if form.axis_swapped else turned
    # 0: no "crs" member; what is not in degrees is said by Content-Crs.
    return f"coalesce(ST_AsGeoJSON({turned}, {int(form.digits)}, 0), 'null')"
