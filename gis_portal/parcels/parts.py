"""What a parcel's facts are made of: plain data, JSON-able by `dataclasses.asdict`.

Texts are in the reader's language already, numbers are raw: whoever shows them formats them.
Lengths are metres and areas m², all in one grid, the source grid (`Areas.grid`). `gis_portal.
parcels.facts` fills them.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from layers.fieldtypes import Choice

# x east, y north, metres in the grid; the first position is not repeated at the end.
Path = tuple[tuple[float, float], ...]
Answer = Literal["concerned", "clear", "not_published"]


@dataclass(frozen=True)
class UnitName:
    """A commune in force today."""

    code: str
    name: str
    province: str = ""


@dataclass(frozen=True)
class Identity:
    """By what a parcel is known. `title` is `Thửa 12, tờ 5`; "" where nothing is recorded.

    `old_unit` is the former commune that the register writes beside the parcel; `former_units` are
    all that today's commune was made of.
    """

    title: str
    unit: UnitName | None
    sheet: str
    number: str
    old_unit: str
    old_sheet: str
    old_number: str
    site: str
    address: str
    scale: int | None
    former_units: tuple[str, ...] = ()
    # The register's own decision on this parcel (allocation, recovery).
    decision: str = ""
    decision_date: str = ""


@dataclass(frozen=True)
class Areas:
    """m². `difference` is computed − surveyed: the “chênh lệch”; None where one is missing.

    `registered` (on papers) is None unless the register publishes it. `grid_code` is EPSG's,
    `grid` for people. `is_converted`: the data came in degrees and were carried to this grid.
    """

    registered: float | None
    surveyed: float | None
    computed: float
    difference: float | None
    difference_share: float | None
    grid: str
    grid_code: str
    is_converted: bool = False

    @property
    def difference_rounded(self) -> float:
        """Its size to the digit that registers print; 0.0 is no difference."""
        return round(abs(self.difference or 0.0), 1)

    @property
    def difference_size(self) -> float:
        """Its size against the surveyed area, 0–1."""
        return abs(self.difference_share or 0.0)


@dataclass(frozen=True)
class LandUse:
    """One purpose. `area` and `share` are None where a register names several without areas."""

    code: str
    name: str
    colour: str
    area: float | None
    share: float | None


@dataclass(frozen=True)
class Corner:
    """A corner in Vietnamese notation; numbers run through all rings; `edge` leads to the next."""

    number: int
    x_north: float
    y_east: float
    edge: float


@dataclass(frozen=True)
class Ring:
    """A boundary; `part` counts the separate pieces of the parcel from 1."""

    part: int
    is_hole: bool
    corners: tuple[Corner, ...]

    @property
    def length(self) -> float:
        """Its perimeter."""
        return sum(corner.edge for corner in self.corners)

    @property
    def path(self) -> Path:
        """x east, y north."""
        return tuple((corner.y_east, corner.x_north) for corner in self.corners)


@dataclass(frozen=True)
class Neighbour:
    """A parcel of the same register that shares a boundary of `edge` metres; 0 at a mere corner.

    `outline`: its boundaries near the parcel, for drawing; not the whole of a large one.
    """

    uid: UUID
    title: str
    number: str
    uses: str
    edge: float
    area: float | None
    outline: tuple[Path, ...] = ()
    # Where it lies, seen from the parcel's middle: N, NE … NW, and in words.
    bearing: str = ""
    way: str = ""


@dataclass(frozen=True)
class OverlayPart:
    """What one feature of a restricting layer takes of the parcel.

    `area` and `share` are None where there is nothing to measure: a point, or a line of unknown
    width; then `distance` (m) says how far it is, 0 on the parcel.
    """

    uid: UUID
    name: str
    details: tuple[str, ...]
    decision: str
    date: str
    area: float | None
    share: float | None
    colour: str = ""
    distance: float | None = None


@dataclass(frozen=True)
class Overlay:
    """One restricting layer and the answer about the parcel.

    `reason` says why an answer is `not_published`: `no-version`, `outside` (nothing published of
    this place), `unit` (nothing of this commune), `marks` (points without bounds), `width` (lines
    without a width). `uncovered`: m² of which a layer that covers the ground says nothing.
    `slivers` are under the thresholds: told, and no reason to be `concerned`.
    """

    layer_slug: str
    layer_title: str
    kind: str
    answer: Answer
    reason: str = ""
    area: float = 0.0
    share: float = 0.0
    parts: tuple[OverlayPart, ...] = ()
    slivers: tuple[OverlayPart, ...] = ()
    nearby: tuple[OverlayPart, ...] = ()
    uncovered: float = 0.0
    sliver_m2: float = 0.0
    sliver_width: float = 0.0
    source: str = ""
    data_date: dt.date | None = None
    version_number: int | None = None
    illustrative: bool = False

    @property
    def sliver_area(self) -> float:
        """m² of all slivers together."""
        return sum(part.area or 0.0 for part in self.slivers)


@dataclass(frozen=True)
class Near:
    """The nearest feature of a layer; `distance` from the boundary in metres, 0 on the parcel."""

    kind: str
    layer_slug: str
    layer_title: str
    uid: UUID
    title: str
    distance: float
    illustrative: bool = False


@dataclass(frozen=True)
class Picture:
    """A scene of imagery whose footprint covers the parcel, wholly or (`whole` False) in part."""

    layer_slug: str
    version_id: int
    uid: UUID
    date: dt.date
    source: str
    resolution: float | None
    whole: bool
    illustrative: bool


@dataclass(frozen=True)
class Relative:
    """A parcel that this one came from, or became. `is_live`: it has a page of its own."""

    uid: UUID
    title: str
    is_live: bool
    share: float | None = None


@dataclass(frozen=True)
class Step:
    """A change of the parcel's identity: renumbered, split, merged, rearranged; what was before."""

    kind: str
    words: str
    at: dt.datetime | None
    version_number: int
    before: tuple[Relative, ...]
    after: tuple[Relative, ...]


@dataclass(frozen=True)
class ParcelFacts:
    """All that the portal says of one parcel."""

    uid: UUID
    layer_slug: str
    layer_title: str
    version_id: int
    version_number: int
    published_at: dt.datetime | None
    data_date: dt.date | None
    source: str
    # The decision by which the data were published, if one is recorded.
    decision: str
    licence: str
    illustrative: bool
    identity: Identity
    areas: Areas
    uses: tuple[LandUse, ...]
    planned_uses: tuple[LandUse, ...]
    manager: str | None
    status: Choice | None
    # Where it is: a position inside and the box, degrees (WGS 84).
    lon: float
    lat: float
    bbox: tuple[float, float, float, float]
    corners: tuple[Ring, ...]
    neighbours: tuple[Neighbour, ...]
    overlays: tuple[Overlay, ...]
    nearest: tuple[Near, ...]
    lineage: tuple[Step, ...]
    imagery: tuple[Picture, ...]
    language: str = "vi"
    # Further public values of the register that are not told above: (label, value).
    other: tuple[tuple[str, str], ...] = field(default=())

    @property
    def corner_count(self) -> int:
        """Of all rings together."""
        return sum(len(ring.corners) for ring in self.corners)
