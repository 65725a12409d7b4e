"""What a notebook would do, run in a process of its own: nothing of the portal is imported."""

from typing import Any

import geopandas


def read(address: str, **options: Any) -> tuple[int, tuple[float, ...], str, list[str]]:
    """Number, bounds, system and ids of what `geopandas.read_file` gives."""
    frame = geopandas.read_file(address, **options)
    bounds = tuple(float(number) for number in frame.total_bounds)
    return len(frame), bounds, frame.crs.name, [str(uid) for uid in frame["id"]]
