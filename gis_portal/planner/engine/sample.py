"""Which features a preview looks at: so many, whatever the layers hold.

One of every n numbers of the set that the answer is of: features are stored along a curve that
fills the plane, so that such a sample is spread over the ground evenly. Of the other sets only what
lies near these; where that is too much, fewer are drawn.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gis_portal.planner.document.model import AreaInput, Dissolve, Document, Step, UnitsInput
from gis_portal.planner.engine import naming
from gis_portal.planner.engine.errors import PreviewTooLong
from gis_portal.planner.engine.rows import Rows
from gis_portal.planner.engine.store import fetched
from layers.cql2 import Sql
from layers.partitions import feature_table
from layers.units import today

SIZE = 1_500
# Other sets of so few are read whole.
FEW = 3_000
# So few of every set are computed whole: no estimate is as good as the answer.
WHOLE = 10_000
# More than so many of another set are never read.
MOST_NEAR = 20_000
# How far is looked where a document names no metres.
NEAR_M = 1_000.0
METRES_PER_DEGREE = 105_000.0
_UNITS = """SELECT u.id FROM layers_adminunit u WHERE u.level = %s AND u.geom IS NOT NULL
AND u.valid_from <= %s AND (u.valid_to IS NULL OR u.valid_to > %s) ORDER BY u.id"""


@dataclass
class Sample:
    """`size` of `whole` rows of `roots` are drawn; `ids` are the numbers to be read, by the name of
    a version, of units, or (root alone) of the one area. Of several roots all are layers.
    """

    roots: tuple[str, ...]
    reach: float
    is_dissolved: bool = False
    is_hurried: bool = False
    is_whole: bool = False
    size: int = 0
    whole: int = 0
    ids: dict[str, list[int]] = field(default_factory=dict)

    def draw(self, document: Document, versions: Mapping[str, int]) -> None:
        """Decide on all numbers, before anything is computed. Raises PreviewTooLong."""
        drawn = self._numbers(document, versions)
        tables = {name: self._table(document, versions, name) for name in drawn}
        others = {
            name: feature_table(version)
            for name, version in versions.items()
            if name not in drawn and len(_range(version)) > FEW
        }
        self.whole = sum(len(numbers) for numbers in drawn.values())
        sizes = [self.whole, *(len(_range(versions[name])) for name in others)]
        self.is_whole = not self.is_hurried and max(sizes) <= WHOLE
        if self.is_whole:
            self.size = self.whole
            return
        wanted = SIZE
        while True:
            share = max(1.0, self.whole / max(1, wanted))
            chosen = {name: _every(numbers, share) for name, numbers in drawn.items()}
            self.size = sum(len(ids) for ids in chosen.values())
            places = self._places(document, tables, chosen)
            near = {name: self._near(places, table) for name, table in others.items()}
            if all(len(ids) <= MOST_NEAR for ids in near.values()):
                self.ids = {**chosen, **near}
                return
            if self.size <= 1:
                raise PreviewTooLong
            wanted = max(1, self.size // 4)

    def of(self, name: str, rows: Rows) -> Rows:
        """The rows of a name that are looked at."""
        return rows.numbered(self.ids[name]) if name in self.ids else rows

    def _numbers(self, document: Document, versions: Mapping[str, int]) -> dict[str, Sequence[int]]:
        """All numbers of the set to draw from; none of an area of a planner's own."""
        given = document.inputs.get(self.roots[0])
        if isinstance(given, UnitsInput):
            on = given.on or today()
            return {self.roots[0]: [row[0] for row in fetched(Sql(_UNITS, (given.units, on, on)))]}
        if isinstance(given, AreaInput):
            return {}
        found: dict[str, Sequence[int]] = {}
        for root in self.roots:
            names = (root,) if root in document.inputs else (f"{root}.to", f"{root}.from")
            found |= {name: _range(versions[name]) for name in names}
        return found

    def _table(self, document: Document, versions: Mapping[str, int], name: str) -> str:
        if isinstance(document.inputs.get(name), UnitsInput):
            return "layers_adminunit"
        return feature_table(versions[name])

    def _places(
        self, document: Document, tables: Mapping[str, str], chosen: Mapping[str, list[int]]
    ) -> Sql:
        """SELECT of the shapes of what was drawn."""
        given = document.inputs.get(self.roots[0])
        if isinstance(given, AreaInput):
            return Sql("SELECT geom FROM planner_plannerarea WHERE id = %s", (str(given.area),))
        texts = [f"SELECT geom FROM {tables[name]} WHERE id = ANY(%s)" for name in chosen]
        return Sql(" UNION ALL ".join(texts), tuple(chosen.values()))

    def _near(self, places: Sql, table: str) -> list[int]:
        """Numbers of what lies near; more than `MOST_NEAR` are not told apart."""
        degrees = self.reach / METRES_PER_DEGREE
        rows = fetched(
            Sql(
                f"SELECT DISTINCT x.id FROM (SELECT f.id FROM ({places.text}) a JOIN {table} f "
                "ON f.geom && ST_Expand(a.geom, %s) LIMIT %s) x ORDER BY 1",
                (*places.values, degrees, 2 * MOST_NEAR),
            )
        )
        return [row[0] for row in rows]


def _range(version: int) -> range:
    """The numbers of a version's features."""
    text = f"SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM {feature_table(version)}"
    first, last = fetched(Sql(text))[0]
    return range(first, last + 1)


def _every(numbers: Sequence[int], share: float) -> list[int]:
    """One of each portion, anywhere in it: what comes back every few numbers is no pattern then."""
    chance = random.Random(len(numbers))  # noqa: S311 - the same every time, no secret
    return [numbers[int((n + chance.random()) * share)] for n in range(int(len(numbers) / share))]


def sample_of(document: Document) -> Sample:
    """What to draw from, and how far around it other sets matter."""
    metres = 0.0
    for step in document.steps:
        named = [getattr(step, name, None) for name in ("width_m", "radius_m", "metres")]
        known = [float(number) for number in named if number is not None]
        near = step.op in ("overlay", "select", "dissolve", "count_in", "changes", "combine")
        metres += max(known) if known else (0.0 if near else NEAR_M)
    root = naming.root(document, document.result.of)
    steps: dict[str, Step] = {step.id: step for step in document.steps}
    last = steps.get(root)
    is_dissolved = isinstance(last, Dissolve)
    while isinstance(last, Dissolve):
        root = naming.root(document, last.of)
        last = steps.get(root)
    return Sample(naming.roots(document, root), metres, is_dissolved)
