"""What a file has for each feature: its name for good, the public fields, what the portal adds.

The same values under the same names as in `/items`. Private fields have no column: nothing here
reads the table they live in.
"""

from dataclasses import dataclass
from typing import Literal

from layers.definition import Field, LayerDefinition, Text

Kind = Literal["text", "number", "integer", "boolean", "date", "moment", "list"]
KINDS: dict[str, Kind] = {
    "decimal": "number",
    "integer": "integer",
    "scale": "integer",
    "money": "integer",
    "boolean": "boolean",
    "date": "date",
    "datetime": "moment",
    "choices": "list",
}
UID = "uid"


@dataclass(frozen=True)
class Column:
    """One column. Without `field` it is the portal's own: `expression` over the row `f` and its
    unit `u`.
    """

    name: str
    kind: Kind
    label: Text
    field: Field | None = None
    expression: str = ""
    unit: str = ""


ADDED = (
    Column(
        "unit_code",
        "text",
        Text("Mã đơn vị hành chính", "Code of the administrative unit"),
        expression="u.code",
    ),
    Column(
        "unit_name",
        "text",
        Text("Đơn vị hành chính", "Administrative unit"),
        expression="u.name",
    ),
    Column(
        "area_m2",
        "number",
        Text("Diện tích theo lưới gốc", "Area in the grid of the survey"),
        expression="round(f.area_m2::numeric, 1)",
        unit="m²",
    ),
    Column(
        "length_m",
        "number",
        Text("Chiều dài theo lưới gốc", "Length in the grid of the survey"),
        expression="round(f.length_m::numeric, 1)",
        unit="m",
    ),
)
IDENTITY = Column(
    UID,
    "text",
    Text("Mã bền của đối tượng", "Lasting identifier of the feature"),
    expression="f.uid",
)


def columns_of(definition: LayerDefinition, names: tuple[str, ...] | None) -> tuple[Column, ...]:
    """The identity, then all columns, or those that were asked for, in declared order."""
    declared = tuple(
        Column(f.name, KINDS.get(f.type.name, "text"), f.label, f, unit=f.type.unit)
        for f in definition.public_fields
    )
    wanted = (*declared, *ADDED)
    if names is not None:
        wanted = tuple(column for column in wanted if column.name in names)
    return (IDENTITY, *wanted)


def short_names(names: list[str], most: int = 10) -> dict[str, str]:
    """Names of at most ten letters, each once whatever the case, for dBASE files."""
    taken: set[str] = set()
    found = {}
    for name in names:
        short, number = name[:most], 1
        while short.upper() in taken:
            number += 1
            tail = f"_{number}"
            short = name[: most - len(tail)] + tail
        taken.add(short.upper())
        found[name] = short
    return found
