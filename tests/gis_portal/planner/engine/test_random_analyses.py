"""Random analyses against a computation of their own: shapes read and cut by shapely, carried by
pyproj. Areas within 0.01 %, the same classes and counts, values that steps made, slivers, and parts
that add up; the stored shapes are as large as they are said to be.

25 of them in every run, all 300 in `make long`. An analysis is its seed; ten share a world. In
every run the tables are temporary ones, which cost the disk nothing; in the long one they are real.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import shapely

from gis_portal.planner.document.model import Document, FieldGroup
from gis_portal.planner.engine import store as stored
from gis_portal.planner.engine.run import run
from gis_portal.planner.engine.store import ResultStore, SampleStore
from gis_portal.planner.engine.summary import Summary
from layers.crs import by_code
from tests.gis_portal.planner.engine.made import begun
from tests.gis_portal.planner.engine.questions import OPERATIONS, question
from tests.gis_portal.planner.engine.reference import DOUBT, Item, Reference, grouped, size_of
from tests.gis_portal.planner.engine.worlds import World, ground, world

pytestmark = pytest.mark.django_db
WITHIN = 1e-4
TOUCH = {0: 0.4, 1: 0.01, 2: 0.02}
SIZES = ("count", "length_m", "area_m2")
USUAL, ALL, A_WORLD = 25, 300, 10


class Total:
    """What a row of the table may say: between two bounds, where it may be one or the other."""

    def __init__(self) -> None:
        self.size, self.doubt = 0.0, 0.0
        self.counts, self.slivers = [0, 0], [0.0, 0.0]

    def add(self, item: Item, dimension: int) -> None:
        size = size_of(item.shape, dimension)
        self.size += size
        self.counts[1] += 1
        self.slivers[1] += size if item.sliver is not False else 0
        if item.doubtful:
            self.doubt += size + DOUBT[dimension]
        else:
            self.counts[0] += 1
            self.slivers[0] += size if item.sliver else 0

    def near(self, dimension: int) -> float:
        return max(WITHIN * self.size, TOUCH[dimension]) + self.doubt


def expected(items: list[Item], names: list[str], dimension: int) -> Mapping[Any, Total]:
    found: defaultdict[Any, Total] = defaultdict(Total)
    for item in items:
        found[tuple(item.classes.get(name) for name in names)].add(item, dimension)
    return found


def told(
    summary: Summary, document: Document, on: World, dimension: int
) -> Iterator[tuple[Any, Any, bool]]:
    """(key, row, whether of slivers) of the table; units by their number."""
    names = [c["name"] for c in summary.columns if c["kind"] != "measure"]
    numbers = {code: unit.pk for code, unit in on.ground.units.items()}
    for rows, sliver in ((summary.rows, False), (summary.slivers["rows"], True)):
        for row in rows:
            key = tuple(
                row[name] if isinstance(group, FieldGroup) else numbers.get(row[name])
                for name, group in zip(names, document.result.group_by, strict=False)
            )
            yield key, row, sliver


def compared(summary: Summary, document: Document, on: World, reference: Reference) -> None:
    """The table against the other computation."""
    names, items, dimension = grouped(reference, document)
    right, size = expected([*items], names, dimension), SIZES[dimension]
    found: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    for key, row, sliver in told(summary, document, on, dimension):
        found[key]["size"] += row[size] if dimension else 0
        found[key]["count"] += row["count"]
        found[key]["sliver"] += (row[size] or 0) if sliver else 0
    for key in {*right, *found}:
        one, other = right[key], found[key]
        near = one.near(dimension)
        assert one.counts[0] <= other["count"] <= one.counts[1], (key, one.counts, other)
        if dimension:
            assert abs(other["size"] - one.size) <= near, (key, one.size, other)
            least, most = one.slivers
            assert least - near <= other["sliver"] <= most + near, (key, one.slivers, other)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """The numbers of what a step made of a piece, by their names."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}")
    elif isinstance(value, int | float):
        yield name, float(value)


def compare_values(
    store: ResultStore, summary: Summary, document: Document, reference: Reference
) -> None:
    """What steps worked out beside shapes, and the shapes themselves as they are stored."""
    frame, dimension = reference.frames[document.result.of], summary.source["dimension"]
    pieces = [*stored.pieces(store.run, summary.source["version"], column="geom_source")]
    assert [piece.seq for piece in pieces] == [*range(1, len(pieces) + 1)]
    for piece in pieces:
        assert piece.shape is not None
        shape = shapely.from_wkb(piece.shape)
        said = (piece.area_m2, piece.length_m)[2 - dimension] if dimension else None
        if said is not None:
            # The shape of a whole piece is the feature's own, in the grid that it came in.
            near = 1e-2 if piece.whole else 1e-7
            assert size_of(shape, dimension) == pytest.approx(said, rel=near), piece.seq
    sums: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    if any(item.doubtful for item in frame.items) or document.result.group_by:
        return
    for values, total in (
        ((i.value for i in frame.items), sums[0]), ((p.value for p in pieces), sums[1])
    ):  # fmt: skip
        for value in values:
            for name, number in leaves(value):
                total[name] += number  # type: ignore[assignment]
    for name in {*sums[0], *sums[1]}:
        assert sums[1][name] == pytest.approx(sums[0][name], rel=1e-4, abs=0.02), name


class Passing(SampleStore):
    """Tables of a whole run that go with the transaction."""

    is_sample = False


def tried(seed: int, on: World, stores: type[ResultStore] = ResultStore, first: str = "") -> None:
    """One analysis."""
    document = question(seed, on, first)
    versions = {n: pk for n, pk in on.versions.items() if n in document.inputs}
    for step in document.steps:
        if step.op == "changes":
            versions[f"{step.id}.from"] = on.versions["parcels"]
            versions[f"{step.id}.to"] = on.versions["later"]
    try:
        store = stores(begun().pk)
        summary = run(document, versions, store=store)
        reference = Reference(on, document, by_code(summary.grid))
        compared(summary, document, on, reference)
        compare_values(store, summary, document, reference)
        size = SIZES[summary.source["dimension"]]
        every = [*summary.rows, *summary.slivers["rows"]]
        total = sum(row[size] or 0 for row in every)
        assert total == pytest.approx(summary.totals[size], rel=1e-12)
        assert sum(row["share"] or 0 for row in every) == pytest.approx(1 if total else 0, abs=1e-9)
    except Exception as error:
        asked = (document.inputs, document.steps, document.result, document.grid)
        error.add_note(f"seed {seed}, grids {on.grids}, lattice {on.lattice}: {asked}")
        raise


def test_some_random_analyses() -> None:
    on = ground()
    for first in range(0, USUAL, A_WORLD):
        made = world(first, on)
        for seed in range(first, min(USUAL, first + A_WORLD)):
            tried(seed, made, Passing)


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, ALL, 3 * A_WORLD))
def test_all_random_analyses(first: int) -> None:
    on = ground()
    for start in range(first, first + 3 * A_WORLD, A_WORLD):
        made = world(start, on)
        for seed in range(start, start + A_WORLD):
            tried(seed, made)


def test_some_of_layers_put_together() -> None:
    made = world(1, ground())
    for seed in range(3):
        tried(seed, made, Passing, "combine")


@pytest.mark.long
def test_more_of_layers_put_together() -> None:
    on = ground()
    for start in range(100, 160, A_WORLD):
        made = world(start, on)
        for seed in range(start, start + A_WORLD):
            tried(seed, made, first="combine")


def test_every_operation_is_among_them() -> None:
    assert len(OPERATIONS) <= USUAL
