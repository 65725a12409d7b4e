"""Which empty squares of pictures are noted in the store: those that a map asks for."""

from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from tests.tiles import scenes
from tests.tiles.test_store import kept_files
from tiles.grid import Tile

pytestmark = pytest.mark.django_db
DAY = "2026-03-15"


def test_an_empty_square_of_pictures_is_noted_where_there_are_scenes(
    client: Client, tmp_path: Path
) -> None:
    valid = np.zeros((1024, 1024), bool)
    valid[:512] = True
    taken = scenes.Taken(DAY, scenes.plain((200, 10, 10), tiles=2), valid=valid)
    version = scenes.published([taken], tmp_path)
    document = client.get(f"/imagery/{scenes.SLUG}/tilejson.json?date={DAY}").json()
    template = str(document["tiles"][0]).removeprefix("http://testserver")
    x, y = scenes.HERE.x, scenes.HERE.y + 1
    for place in (Tile(14, 0, 0), Tile(22, x << 8, (y << 8) + 9), Tile(14, x, y)):
        answer = client.get(template.format(z=place.z, x=place.x, y=place.y))
        assert answer.status_code == 204
    (name,) = kept_files()
    assert name.startswith(f"{scenes.SLUG}/{version.pk}/")
    assert name.endswith(f"/14/{x}/{y}.webp.none")
