"""Shapes as the bytes that they were read from: what goes through a pipe needs no writing again.

`importers.readers.vector` knows the bytes, `importers.confined.columns` sends them.
"""

import numpy as np
import pyarrow as pa
import shapely

from layers.remembered import Remembered


def _written(shapes: np.ndarray) -> pa.Array:
    return pa.array(shapely.to_wkb(shapes), pa.large_binary())


# Shapes (n,) → WKB of each, large binary (n,), null where a shape is missing.
wkb_of = Remembered(_written)
