"""A document as it was read: closed, checked against what its reader may read, and without any word
on how it is to be computed.

`reading.read` makes these; engines take them. Names (`of`, `to`, `in_` …) are inputs or earlier
steps, so there are no cycles by construction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

Json = Any
AUTO = "auto"


@dataclass(frozen=True)
class LayerInput:
    """Features of a layer; `filter` is CQL2 text or CQL2 JSON, None for all of them."""

    name: str
    layer: str
    filter: Json = None


@dataclass(frozen=True)
class AreaInput:
    """A private area of the planner who asks."""

    name: str
    area: UUID


@dataclass(frozen=True)
class UnitsInput:
    """Administrative units of a level as they were on a date; None: as they are."""

    name: str
    units: str
    on: date | None = None


Input = LayerInput | AreaInput | UnitsInput


@dataclass(frozen=True)
class Where:
    """How a feature must lie to any one of `with_`: intersects, within, contains, disjoint."""

    relation: str
    with_: str


@dataclass(frozen=True)
class Select:
    """Features of `of` that fulfil the filter and lie so."""

    id: str
    of: str
    filter: Json = None
    where: Where | None = None
    op = "select"


@dataclass(frozen=True)
class Buffer:
    """`of`, so many metres wide on each side; the width is a number or a field of `of`."""

    id: str
    of: str
    width_m: float | None = None
    width_field: str | None = None
    op = "buffer"


@dataclass(frozen=True)
class Overlay:
    """Pieces of `of` cut by `with_`; `kind`: intersection, identity, difference."""

    id: str
    kind: str
    of: str
    with_: str
    op = "overlay"


@dataclass(frozen=True)
class WithinDistance:
    """Features of `of` that lie at most so many metres from any of `to`."""

    id: str
    of: str
    to: str
    metres: float
    op = "within_distance"


@dataclass(frozen=True)
class Nearest:
    """For each of `of` the `k` nearest of `to`, with their distances, at most `metres` away."""

    id: str
    of: str
    to: str
    k: int
    metres: float | None = None
    op = "nearest"


@dataclass(frozen=True)
class Dissolve:
    """`of` made one, or one for each value of the fields `by`."""

    id: str
    of: str
    by: tuple[str, ...] = ()
    op = "dissolve"


@dataclass(frozen=True)
class CountIn:
    """How many of `of` lie in each of `in_`."""

    id: str
    of: str
    in_: str
    op = "count_in"


@dataclass(frozen=True)
class Coverage:
    """Of each of `in_`: what the circles round `of` cover together, and what stays uncovered."""

    id: str
    of: str
    in_: str
    radius_m: float | None = None
    radius_field: str | None = None
    op = "coverage"


@dataclass(frozen=True)
class Criterion:
    """One part of a score: from 0 at `worst` to 1 at `best`, times its weight.

    `kind`: distance (metres to the nearest of `to`), area (m²), inside, outside (of `to`: share of
    the area), field (a number in `field`).
    """

    id: str
    weight: float
    kind: str
    to: str | None = None
    field: str | None = None
    best: float | None = None
    worst: float | None = None


@dataclass(frozen=True)
class Must:
    """What a candidate has to fulfil, whatever its score; kinds as of `Criterion`, and bounds."""

    kind: str
    to: str | None = None
    field: str | None = None
    min: float | None = None
    max: float | None = None
    equals: Json = None


@dataclass(frozen=True)
class Score:
    """Candidates of `of` by weighted criteria; `top`: only so many of the best."""

    id: str
    of: str
    criteria: tuple[Criterion, ...]
    must: tuple[Must, ...] = ()
    top: int | None = None
    op = "score"


@dataclass(frozen=True)
class Changes:
    """What was added, removed and changed between two versions of a layer.

    `from_` and `to` are numbers of versions, "previous" or "live"; runs keep the versions they read
    under `<id>.from` and `<id>.to`.
    """

    id: str
    layer: str
    from_: int | str
    to: int | str
    op = "changes"


@dataclass(frozen=True)
class Combine:
    """Features of several layers of one dimension, one set after another; none is cut by another.

    Each has the columns `layer` and `sector`, and the fields that all layers declare alike.
    """

    id: str
    of: tuple[str, ...]
    op = "combine"


Step = (
    Select
    | Buffer
    | Overlay
    | WithinDistance
    | Nearest
    | Dissolve
    | CountIn
    | Coverage
    | Score
    | Changes
    | Combine
)


@dataclass(frozen=True)
class UnitGroup:
    """Rows by administrative unit of a level on a date; pieces are cut at their boundaries."""

    units: str
    on: date | None = None


@dataclass(frozen=True)
class FieldGroup:
    """Rows by a readable field of an input, or by a column that a step makes.

    `source` is the input ("parcels" of "parcels.land_use"), or the step that made the column.
    """

    source: str
    field: str


Group = UnitGroup | FieldGroup


@dataclass(frozen=True)
class Result:
    """What is told: which step or input, by what, in which measures."""

    of: str
    group_by: tuple[Group, ...] = ()
    measures: tuple[str, ...] = ("count", "area_m2")


@dataclass(frozen=True)
class Slivers:
    """Pieces below the area or the width are reported apart, never dropped."""

    area_m2: float = 1.0
    width_m: float = 0.2


@dataclass(frozen=True)
class Document:
    """A whole question. `raw` is what was read, canonical; `sha256` is the digest of its text."""

    title: Mapping[str, str]
    inputs: Mapping[str, Input]
    steps: tuple[Step, ...]
    result: Result
    slivers: Slivers
    grid: int | str
    raw: Mapping[str, Json]
    sha256: str

    def layer_of(self, name: str) -> str | None:
        """The slug whose features (and their fields) a name goes back to, through steps that keep
        them; None for units, areas and what a step made anew.
        """
        found = self.inputs.get(name)
        if isinstance(found, LayerInput):
            return found.layer
        step = next((step for step in self.steps if step.id == name), None)
        if isinstance(step, Changes):
            return step.layer
        if step is None or isinstance(step, Dissolve | CountIn | Coverage | Combine):
            return None
        return self.layer_of(step.of)
