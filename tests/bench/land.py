"""What everything in `make bench` is measured on: a million seeded parcels, imported and published
in the benchmark's own database.

`land` (conftest.py) gives it. Kept between runs by `PORTAL_BENCH_KEEP=1 make bench`; otherwise the
database goes with the run. Neighbours: `register.py` draws the parcels, `places.py` says where they
are looked at, `serving.py` starts servers on the same database.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connections

from importers.models import ImportRun
from importers.run import run_import
from layers.catalogue import layer_by_slug
from layers.models import AdminUnit, Layer, LayerVersion
from tests.bench import register
from tests.bench.places import Box, boxes_of, tiles_of
from tests.running_portal import (
    drop_database,
    manage,
    owner_connection,
    role_urls,
    with_database,
)
from tiles.grid import Tile
from tiles.source import TileSource, source_of

ROOT = Path(__file__).resolve().parents[2]
APPS = ("gis_portal", "layers", "importers", "tiles")
SLUG = "public-land-parcels"
# Metres a side: a million such parcels fill 70 by 70 km, a province; at 22 m they would be one
# town, and a tile of zoom 14 would hold twelve thousand (tipg stops at ten).
PARCEL = 70.0


@dataclass(frozen=True)
class Land:
    """The published version, the places, and how another process reaches both.

    `environment` is that of a portal on this database; `folder` is empty and goes with the run.
    """

    count: int
    version: LayerVersion
    tiles: tuple[Tile, ...]
    boxes: tuple[Box, ...]
    folder: Path
    environment: dict[str, str] = field(repr=False)

    @property
    def source(self) -> TileSource:
        """As a server knows it now: prepared or not."""
        return source_of(SLUG, self.version.pk)

    @property
    def working_tiles(self) -> tuple[Tile, ...]:
        """Tiles from the working zoom on: every feature of the square."""
        working_zoom = self.source.working_zoom
        return tuple(tile for tile in self.tiles if tile.z >= working_zoom)

    @property
    def owner_url(self) -> str:
        """Address of the owner role, as libpq reads it."""
        return self.environment["DATABASE_OWNER_URL"].replace("postgis://", "postgresql://", 1)

    @property
    def tiles_url(self) -> str:
        """Address of the role that reads tiles, as libpq reads it."""
        return self.environment["DATABASE_TILES_URL"].replace("postgis://", "postgresql://", 1)


@contextmanager
def own_database(*, keep: bool) -> Iterator[dict[str, str]]:
    """The benchmark's database, migrated and with the shipped layers: three role addresses.

    Django's connections of this process lead to it meanwhile. One that a killed run left behind is
    replaced; with `keep` it is taken up, and stays, as long as no migration changes.
    """
    name = f"{connections['default'].settings_dict['TEST']['NAME']}_bench"
    roles = role_urls()
    urls = {key: with_database(url, name) for key, url in roles.items()}
    with owner_connection(roles["DATABASE_OWNER_URL"]).cursor() as owner:
        made_by = _migrations()
        owner.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        if not keep or owner.fetchone() != (made_by,):
            owner.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            owner.execute(f'CREATE DATABASE "{name}" TEMPLATE portal_template')
            owner.execute(f'COMMENT ON DATABASE "{name}" IS %s', [made_by])
        former = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
        try:
            manage({**os.environ, **urls}, "migrate", "--database", "owner", "--verbosity", "0")
            manage({**os.environ, **urls}, "sync_layers", "--verbosity", "0")
            _lead_to(dict.fromkeys(former, name))
            yield urls
        finally:
            _lead_to(former)
            if not keep:
                drop_database(owner, name)


def _migrations() -> str:
    """A digest of all migrations: a kept database was made by other ones as soon as one changes."""
    files = sorted(file for app in APPS for file in (ROOT / app).rglob("migrations/**/*.*"))
    digest = hashlib.sha256()
    for file in files:
        if file.suffix in {".py", ".sql"}:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _lead_to(names: dict[str, str]) -> None:
    """Each of Django's connections to that database."""
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def make_land(count: int, folder: Path, urls: dict[str, str]) -> Land:
    """The kept version when it has that many parcels, else a new one. In `own_database` only."""
    layer = layer_by_slug(SLUG)
    version = layer.live_version
    if version is None or version.feature_count != count:
        version = _published(layer, count, folder)
    assert version.extent is not None
    extent = Box(*version.extent.extent)
    return Land(
        count=count,
        version=version,
        tiles=tiles_of(extent),
        boxes=boxes_of(extent),
        folder=folder,
        environment={
            **os.environ,
            **urls,
            "PORTAL_LOCAL_DIR": str(folder),
            "PORTAL_FILES": str(folder / "files"),
            "PORTAL_TILE_STORE": str(folder / "tiles"),
        },
    )


def _published(layer: Layer, count: int, folder: Path) -> LayerVersion:
    """By the ordinary import, every check and index included."""
    began = time.monotonic()
    drawn = register.register(count, PARCEL)
    for code, text in register.communes(count, PARCEL):
        border = GEOSGeometry(text, srid=4326)
        assert isinstance(border, MultiPolygon)
        AdminUnit.objects.get_or_create(
            code=code,
            level=AdminUnit.COMMUNE,
            valid_from="2025-07-01",
            defaults={"kind": "xã", "name": f"Xã {code}", "short_name": code, "geom": border},
        )
    file = drawn.write(folder / "parcels.gpkg")
    del drawn
    run = run_import(file, layer, publish=True, allow_removals="another count of parcels")
    file.unlink()
    assert run.state == ImportRun.PUBLISHED, (run.state, run.error_code, run.error_detail)
    assert run.version is not None
    run.version.refresh_from_db()
    assert run.version.feature_count == count
    spent = time.monotonic() - began
    print(f"\n  {count:,} parcels drawn, imported and published in {spent:.0f} s")  # noqa: T201 - as above
    return run.version
