"""The overlay as DuckDB's spatial extension does it; run in the peers' environment, prints seconds
and sums as JSON: `python duckdb_overlay.py parcels.parquet zones.parquet`.
"""

import json
import sys
import time
from pathlib import Path

import duckdb  # type: ignore[import-not-found]
import duckdb_extension_spatial  # type: ignore[import-not-found]

PAIRS = """CREATE TABLE pairs AS
SELECT unit, use, zone_use, ST_Intersection(p.g, z.g) AS g
FROM p JOIN z ON ST_Intersects(p.g, z.g)"""
SUMS = "SELECT unit, sum(ST_Area(g)) FROM pairs GROUP BY unit ORDER BY unit"


def main(parcels: str, zones: str) -> None:
    """Tables first: only the overlay is timed."""
    root = Path(next(iter(duckdb_extension_spatial.__path__)))
    database = duckdb.connect()
    database.execute("SET threads = 2")
    database.execute(f"LOAD '{next(root.rglob('*.duckdb_extension'))}'")
    for name, file in (("p", parcels), ("z", zones)):
        database.execute(
            f"CREATE TABLE {name} AS SELECT * EXCLUDE wkb, ST_GeomFromWKB(wkb) AS g "
            f"FROM read_parquet('{file}')"
        )
    begun = time.perf_counter()
    database.execute(PAIRS)
    sums = database.execute(SUMS).fetchall()
    spent = time.perf_counter() - begun
    print(json.dumps({"seconds": spent, "version": duckdb.__version__, "sums": sums}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
