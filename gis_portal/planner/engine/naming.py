"""Which fields of which input a document uses, and which grid it is computed in."""

from collections.abc import Mapping

from django.conf import settings

from gis_portal.planner.document.known import MADE
from gis_portal.planner.document.model import (
    AUTO,
    Buffer,
    Changes,
    Combine,
    Coverage,
    Criterion,
    Dissolve,
    Document,
    FieldGroup,
    LayerInput,
    Must,
    Score,
    Step,
)
from layers.crs import Crs, by_code, by_srid
from layers.models import LayerVersion


def root(document: Document, name: str) -> str:
    """The input (or the step that makes features anew) whose features a name goes back to."""
    step = next((s for s in document.steps if s.id == name), None)
    if step is None or isinstance(step, Changes | Dissolve | Combine):
        return name
    from_ = getattr(step, "in_", None) or step.of
    return root(document, from_)


def roots(document: Document, name: str) -> tuple[str, ...]:
    """The same; of sets that were put together those of all of them, each once."""
    own = root(document, name)
    step = next((s for s in document.steps if s.id == own), None)
    if isinstance(step, Combine):
        return tuple(dict.fromkeys(root(document, side) for side in step.of))
    return (own,)


def is_made(document: Document, source: str, field: str) -> bool:
    """A column that a step makes, whatever fields its layer has."""
    step = next((s for s in document.steps if s.id == source), None)
    return step is not None and field in MADE.get(step.op, ())


def column(document: Document, name: str, field: str) -> str:
    """The key in `classes` of a field that a step names beside `of`: "roads.corridor_m"."""
    if "." in field:
        return field
    step = next((s for s in document.steps if s.id == name), None)
    if isinstance(step, Dissolve):
        return column(document, step.of, field)
    return f"{root(document, name)}.{field}"


def used_fields(document: Document) -> dict[str, set[str]]:
    """Input → the fields of it that are read."""
    wanted: set[str] = set()
    for step in document.steps:
        wanted |= {column(document, n, f) for n, f in _named(step)}
    for group in document.result.group_by:
        if isinstance(group, FieldGroup):
            wanted.add(f"{group.source}.{group.field}")
    for step in document.steps:
        if isinstance(step, Combine):
            fields = [key.partition(".")[2] for key in wanted if key.startswith(f"{step.id}.")]
            carried = [f for f in fields if not is_made(document, step.id, f)]
            wanted |= {column(document, side, f) for side in step.of for f in carried}
    found: dict[str, set[str]] = {}
    for key in wanted:
        source, _dot, field = key.partition(".")
        found.setdefault(source, set()).add(field)
    return found


def _named(step: Step) -> list[tuple[str, str]]:
    """(name, field) of what a step reads."""
    if isinstance(step, Buffer) and step.width_field:
        return [(step.of, step.width_field)]
    if isinstance(step, Coverage) and step.radius_field:
        return [(step.of, step.radius_field)]
    if isinstance(step, Dissolve):
        return [(step.of, field) for field in step.by]
    if isinstance(step, Score):
        parts: list[Criterion | Must] = [*step.criteria, *step.must]
        return [(step.of, part.field) for part in parts if part.field]
    return []


def grid_of(document: Document, versions: Mapping[str, int]) -> tuple[Crs, tuple[str, ...]]:
    """The grid of the run, and the codes of other grids that data came in.

    `auto` is the grid of the layer that the answer is of, else the province's.
    """
    kept = LayerVersion.objects.in_bulk(list(versions.values()))
    systems = {name: by_srid(kept[pk].source_srid) for name, pk in versions.items() if pk in kept}
    plane = {n: s for n, s in systems.items() if s.is_vn2000 and not s.is_geographic}
    if document.grid != AUTO:
        grid = by_code(str(document.grid))
    else:
        name = roots(document, document.result.of)[0]
        own = plane.get(name) or plane.get(f"{name}.to")
        grid = own or by_code(settings.PORTAL_GRID)
    return grid, tuple(sorted({s.code for s in systems.values()} - {grid.code}))


def layer_inputs(document: Document) -> dict[str, LayerInput]:
    """The inputs that are layers."""
    return {n: i for n, i in document.inputs.items() if isinstance(i, LayerInput)}
