"""The grid's arithmetic against the database's own, and refusal of what is no tile."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import BadTile
from tiles.grid import MAX_ZOOM, Tile, covering

POSITIONS = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


@given(st.integers(0, MAX_ZOOM), POSITIONS)
def test_a_position_is_in_its_tile(z: int, position: tuple[float, float]) -> None:
    lon, lat = position
    tile = Tile.at(z, lon, lat)
    assert tile in covering(z, lon, lat, lon, lat)
    assert 0 <= tile.x < 2**z
    assert 0 <= tile.y < 2**z


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_any_text_is_a_tile_or_a_named_error(z: str, x: str, y: str) -> None:
    try:
        tile = Tile.parse(z, x, y)
    except BadTile:
        return
    assert (str(tile.z), tile.x) == (str(int(z)), int(x))


@pytest.mark.parametrize(
    "parts",
    [("23", "0", "0"), ("1", "2", "0"), ("1", "0", "-1"), ("-1", "0", "0"), ("²", "0", "0")],
)
def test_outside_the_grid_is_refused(parts: tuple[str, str, str]) -> None:
    with pytest.raises(BadTile):
        Tile.parse(*parts)


@pytest.mark.django_db
@pytest.mark.parametrize("z", [0, 5, 14, 22])
def test_edges_are_those_of_the_database(z: int) -> None:
    tile = Tile.at(z, 107.1, 10.4)
    numbers = tile.parameters()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"
            " FROM ST_TileEnvelope(%s, %s, %s, margin => 64.0 / 4096) AS e",
            [z, tile.x, tile.y],
        )
        west, south, east, north = cursor.fetchone()
    box = (numbers["west"], numbers["south"], numbers["east"], numbers["north"])
    # At zoom 0 the database keeps the margin inside the world.
    if z:
        assert box == pytest.approx((west, south, east, north), abs=1e-6)
    assert numbers["k"] * numbers["unit"] == pytest.approx(1)
