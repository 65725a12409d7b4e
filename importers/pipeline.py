"""The path of a batch, top to bottom. Each step is a pure function of its own file.

What comes out is ready for `importers.load`; what was wrong comes out beside it as issues.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from importers.batch import Batch, Issue
from importers.columns import ColumnMapping
from importers.steps.assign_unit import UnitShapes, assign_unit
from importers.steps.check_area import check_area
from importers.steps.check_land_use import check_land_use
from importers.steps.coerce import coerce
from importers.steps.key import KeyNumbers, keys
from importers.steps.land_use_parts import land_use_parts
from importers.steps.rename import rename
from importers.steps.repair import repair
from importers.steps.reproject import reproject
from importers.steps.shape import shape
from importers.steps.split_private import SplitColumns, split_private
from layers.crs import Crs
from layers.definition import LayerDefinition
from layers.geometry import areas, lengths


@dataclass(frozen=True)
class Context:
    """What the steps need to know besides the batch; the same for the whole import.

    Attributes:
        units: units in force with their shapes.
        claimed: a code as written → codes in force that it may stand for.
        unit_version: writes a commune code with the date from which it has its meaning.
        numbers: keys seen so far, the only state between batches.
    """

    definition: LayerDefinition
    mapping: ColumnMapping
    units: UnitShapes
    claimed: Mapping[str, frozenset[str]]
    unit_version: Callable[[str], str]
    numbers: KeyNumbers = field(default_factory=KeyNumbers)


@dataclass(frozen=True)
class Prepared:
    """Features ready to be written; every array and list has one entry a feature.

    `source` are the shapes in `crs`, `wgs84` the same in EPSG:4326; areas in m², lengths in m.
    """

    rows: np.ndarray
    crs: Crs
    source: np.ndarray
    wgs84: np.ndarray
    keys: list[str]
    unit_ids: np.ndarray
    areas: np.ndarray
    lengths: np.ndarray
    columns: SplitColumns

    def __len__(self) -> int:
        return len(self.rows)


def prepare(batch: Batch, context: Context) -> tuple[Prepared, list[Issue]]:
    """One batch through all steps."""
    definition = context.definition
    batch = rename(batch, context.mapping)
    batch, wrong_shapes = shape(batch, definition)
    batch, repairs = repair(batch, definition)
    batch, dropped = land_use_parts(batch, definition)
    batch, bad_values = coerce(batch, definition)
    batch, wgs84, unmoved = reproject(batch)
    unit_ids, misplaced = assign_unit(batch, wgs84, definition, context.units, context.claimed)
    found_areas = areas(batch.geometry, batch.crs)
    doubtful = check_area(batch, definition, found_areas) + check_land_use(batch, definition)
    named, doubles = keys(batch, definition, context.numbers, context.unit_version)
    prepared = Prepared(
        rows=batch.rows,
        crs=batch.crs,
        source=batch.geometry,
        wgs84=wgs84,
        keys=named,
        unit_ids=unit_ids,
        areas=found_areas,
        lengths=lengths(batch.geometry, batch.crs),
        columns=split_private(batch, definition),
    )
    about_shapes = [*wrong_shapes, *repairs, *unmoved, *misplaced]
    return prepared, [*about_shapes, *dropped, *bad_values, *doubtful, *doubles]
