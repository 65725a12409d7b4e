"""What a filter may name: the public fields of a layer, and what every feature has.

The expressions have the shape of the indexes that `layers.partitions` makes, where there is one.
Elsewhere a stored value of another type (a version keeps the values of its own time) counts as no
value, instead of stopping the whole statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from layers.cql2.sql import Sql
from layers.definition import Field, LayerDefinition
from layers.partitions import indexed_fields

Kind = Literal[
    "text",
    "number",
    "integer",
    "boolean",
    "date",
    "moment",
    "list",
    "geometry",
    "unit",
    "uid",
]
Queryables = Mapping[str, "Queryable"]

_MOMENTS: dict[str, Kind] = {"date": "date", "datetime": "moment"}
_CASTS: dict[str, Kind] = {"numeric": "number", "bigint": "integer", "boolean": "boolean"}
# What a feature's unit is called; conditions on it compare identifiers, see layers.cql2.special.
_UNIT_CODE = Sql("(SELECT u.code FROM layers_adminunit u WHERE u.id = f.unit_id)")


@dataclass(frozen=True)
class Queryable:
    """A name that may stand in a filter or an order.

    Attributes:
        sql: its value for the row `f` of layers_feature; dates and moments are ISO text.
        field: the declared field, None for what every feature has.
        synonym_of: the name under which it is published, if this is another one.
    """

    name: str
    kind: Kind
    sql: Sql
    field: Field | None = None
    synonym_of: str = ""


def queryables_of(definition: LayerDefinition) -> dict[str, Queryable]:
    """All names of a layer: public fields in declared order, then what every feature has.

    Private fields are not among them, so that a filter answers about them as about names that do
    not exist.
    """
    indexed = dict(indexed_fields(definition))
    fields = {f.name: _of_field(f, indexed=f.name in indexed) for f in definition.public_fields}
    return {**{name: q for name, q in _BUILT_IN.items() if name not in fields}, **fields}


def _of_field(field: Field, *, indexed: bool) -> Queryable:
    name, cast = field.name, field.type.sql_cast
    if field.type.json_type == "array":
        return Queryable(name, "list", _guarded(name, "array", ""), field)
    if not cast:
        kind = _MOMENTS.get(field.type.name, "text")
        return Queryable(name, kind, Sql("(f.properties ->> %s)", (name,)), field)
    kind = _CASTS[cast]
    if indexed:
        return Queryable(name, kind, Sql(f"((f.properties ->> %s)::{cast})", (name,)), field)
    if kind == "boolean":
        return Queryable(name, kind, _guarded(name, "boolean", "boolean"), field)
    return Queryable(name, "number", _guarded(name, "number", "numeric"), field)


def _guarded(name: str, json_type: str, cast: str) -> Sql:
    """The value where it is of that type, else nothing."""
    value = f"(f.properties ->> %s)::{cast}" if cast else "f.properties -> %s"
    guard = f"jsonb_typeof(f.properties -> %s) = '{json_type}'"
    return Sql(f"(CASE WHEN {guard} THEN {value} END)", (name, name))


_BUILT_IN = {
    "geometry": Queryable("geometry", "geometry", Sql("f.geom")),
    "geom": Queryable("geom", "geometry", Sql("f.geom"), synonym_of="geometry"),
    "unit": Queryable("unit", "unit", _UNIT_CODE),
    "id": Queryable("id", "uid", Sql("f.uid::text")),
    "uid": Queryable("uid", "uid", Sql("f.uid::text"), synonym_of="id"),
    # As numeric: a comparison of float8 with a number of 400 digits would overflow.
    "area_m2": Queryable("area_m2", "number", Sql("f.area_m2::numeric")),
    "length_m": Queryable("length_m", "number", Sql("f.length_m::numeric")),
}
