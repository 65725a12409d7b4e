"""Pictures of a unit: an extra part, of the newest date that shows it."""

from pathlib import Path

import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import TileType

from gis_portal.officer.packs import making
from gis_portal.officer.packs.models import Choice
from layers.permissions import OFFICER
from tests.gis_portal.officer.field.sending import account
from tests.gis_portal.officer.packs.made_register import made_register
from tests.gis_portal.officer.packs.test_packs import fetched, packs, parts
from tests.gis_portal.officer.test_devices import signs_in
from tests.tiles.scenes import Taken, plain, published
from tiles.grid import Tile


@pytest.mark.django_db
def test_pictures_are_an_extra_choice(tmp_path: Path) -> None:
    register = made_register(8, across=4)
    register.publish()
    (here,) = register.units
    assert here.geom is not None
    over = Tile.at(14, *here.geom.centroid.coords)
    away = Tile(14, over.x + 40, over.y)
    published(
        [
            Taken("2024-05-01", plain((200, 40, 40)), "A", over),
            Taken("2026-03-05", plain((40, 200, 40)), "B", over),
            Taken("2026-06-01", plain((40, 40, 200)), "C", away),
        ],
        tmp_path / "made",
    )
    phone = signs_in(account("officer", OFFICER, units=(here,)))
    (pack,) = packs(phone)
    assert [(w["kind"], w["optional"]) for w in pack["waiting"]] == [
        ("tiles", False),
        ("imagery", True),
    ]
    making.make_missing(here.pk)
    (pack,) = packs(phone)
    part = parts(pack)["imagery"]
    assert (part["optional"], part["as_of"]) == (True, "2026-03-05")
    assert pack["total_bytes"] == sum(p["bytes"] for p in pack["parts"]) - part["bytes"]
    tiles = Reader(MemorySource(fetched(phone, part)))
    assert tiles.header()["tile_type"] == TileType.WEBP
    assert {place[0] for place, _body in all_tiles(tiles.get_bytes)} >= {13, 14}
    assert all(body[8:12] == b"WEBP" for _place, body in all_tiles(tiles.get_bytes))
    # The office wants none any more.
    Choice.objects.create(slugs=[], imagery=False)
    (pack,) = packs(phone)
    assert "imagery" not in {*parts(pack), *(w["kind"] for w in pack["waiting"])}
