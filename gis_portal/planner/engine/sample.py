"""Which features a preview looks at.

Every n-th number of the set that the answer is of: features are stored along a curve that fills the
plane, so that such a sample is spread over the ground evenly. Of the other sets only what lies near
these.
"""

from dataclasses import dataclass, replace

from gis_portal.planner.document.model import Document
from gis_portal.planner.engine import naming
from gis_portal.planner.engine.rows import Rows
from gis_portal.planner.engine.store import fetched
from layers.cql2 import Sql
from layers.partitions import feature_table

SIZE = 1_500
# Other sets of so few are read whole.
FEW = 3_000
# How far is looked where a document names no metres.
NEAR_M = 1_000.0
METRES_PER_DEGREE = 105_000.0


@dataclass
class Sample:
    """`root` is drawn from, by `draw`; `numbers` are the drawn ones of a version."""

    root: str
    reach: float
    numbers: tuple[int, list[int]] | None = None
    whole: int = 0

    def draw(self, rows: Rows, version: int) -> Rows:
        """Every n-th of the rows; all of them where they are few."""
        numbers = range(rows.first, rows.last + 1)
        self.whole = len(numbers)
        step = max(1.0, len(numbers) / SIZE)
        drawn = [numbers[int((n + 0.5) * step)] for n in range(int(len(numbers) / step))]
        self.numbers = (version, drawn)
        return rows.numbered(drawn)

    def of(self, name: str, rows: Rows, version: int) -> Rows:
        """The drawn rows, or of another set those near them."""
        if name == self.root:
            return self.draw(rows, version)
        if self.numbers is None or rows.count <= FEW:
            return rows
        table, places = feature_table(version), feature_table(self.numbers[0])
        degrees = self.reach / METRES_PER_DEGREE
        near = fetched(
            Sql(
                f"SELECT DISTINCT f.id FROM {places} a JOIN {table} f "
                "ON f.geom && ST_Expand(a.geom, %s) WHERE a.id = ANY(%s) ORDER BY 1",
                (degrees, self.numbers[1]),
            )
        )
        return replace(rows.numbered([row[0] for row in near]), sampled=max(1, len(near)))


def sample_of(document: Document) -> Sample:
    """What to draw from, and how far around it other sets matter."""
    steps = {step.id: step for step in document.steps}
    metres = 0.0
    for step in steps.values():
        named = [getattr(step, name, None) for name in ("width_m", "radius_m", "metres")]
        known = [float(number) for number in named if number is not None]
        metres += max(known) if known else (0.0 if step.op in ("overlay", "select") else NEAR_M)
    return Sample(naming.root(document, document.result.of), metres)
