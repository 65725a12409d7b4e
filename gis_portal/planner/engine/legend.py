"""Colours of the answer's first grouping column, as the layer declares them."""

from typing import Any

from gis_portal.planner.document.model import Document, FieldGroup
from gis_portal.planner.engine import naming
from layers.landuse import colour_of

Json = Any
OTHER = "#9a9a9a"


def legend_of(
    document: Document, definitions: dict[str, Any], rows: list[dict[str, Json]]
) -> list[dict[str, Json]]:
    """One entry a value of the first field that pieces are grouped by."""
    group = next((g for g in document.result.group_by if isinstance(g, FieldGroup)), None)
    if group is None:
        return []
    name = f"{group.source}.{group.field}"
    is_made = naming.is_made(document, group.source, group.field)
    definition = None if is_made else definitions.get(group.source)
    declared = definition.by_name.get(group.field) if definition else None
    values = list(dict.fromkeys(str(row[name]) for row in rows if row[name] is not None))[:60]
    told = []
    for value in values:
        choice = (
            next((c for c in declared.type.choices if c.value == value), None) if declared else None
        )
        colour = choice.color if choice else ""
        if declared is not None and declared.type.name == "land_use":
            colour = colour_of(value)
        told.append({"column": name, "value": value, "color": colour or OTHER})
    return told
