"""Where a scene lies: as for any file (`importers.georeference`), but pixels are neither turned
round nor moved, and a scene may reach far beyond the province as long as it covers part of it.
"""

from dataclasses import replace

import numpy as np

from importers.candidates import in_province, to_lonlat
from importers.georeference import Georeference, georeference
from importers.imagery.refusals import PlacedAsItIs
from importers.position_checks import check_position
from importers.readers.source import Source
from importers.refusals import ImportRefused


def placed(source: Source, given: str | None, *, in_province_only: bool) -> Georeference:
    """The scene's system, checked. Raises what both checks raise, and PlacedAsItIs.

    Candidates are those that need neither.
    """
    try:
        place = georeference(source, given)
        if place.choice and (place.choice.swap or place.choice.shift):
            raise PlacedAsItIs(str(place.choice))
        check_position(
            _those_inside(place) if in_province_only else place.points,
            place.crs,
            in_province_only=in_province_only,
        )
    except ImportRefused as refusal:
        found = refusal.extra.get("candidates")
        if isinstance(found, list):
            refusal.extra["candidates"] = [one for one in found if _is_plain(one)]
        raise
    return replace(place, points=_those_inside(place))


def _those_inside(place: Georeference) -> np.ndarray:
    inside = in_province(to_lonlat(place.points, place.crs))
    return place.points[inside] if inside.any() else place.points


def _is_plain(candidate: dict[str, object]) -> bool:
    return not (candidate.get("swapped") or candidate.get("shift"))
