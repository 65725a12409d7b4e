"""The home view as a still picture: what a phone shows before anybody touches the map.

The program that draws maps is most of what the home page weighs, and on a cheap phone it holds the
processor for seconds. A reader who came for the lists needs none of it, so the page opens with this
SVG: the same ground and home layers at the same place and scale, in which the map then opens
without a jump. Drawn by the database once for a set of versions, and kept on disk.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from gis_portal.maps.cells import toned
from gis_portal.maps.paint import Theme, is_emphasised
from gis_portal.maps.style import THEMES
from layers.heavy import place
from layers.legend import class_field, class_values
from layers.models import Layer
from layers.partitions import feature_table
from tiles.grid import HALF_WORLD

# CSS pixels around the middle of the home view: a tall phone, and a tablet held upright.
WIDTH, HEIGHT = 900, 1200
# Lattice of half a pixel: whole numbers in the paths.
FINE = 2
# Smaller shapes are one square of so many pixels, of lots one that is found at a glance.
CELL, MARK = 2, 5
SECONDS = 20
# Raised when the same versions give another picture.
REVISION = 1
FOLDER = "posters"
# MapLibre's tiles are 512 pixels wide.
TILE = 512
_SHAPES = """
WITH moved AS (
  SELECT left(properties->>%(by)s, %(letters)s) AS class,
    ST_Affine(geom_3857, %(k)s, 0, 0, %(k)s, %(dx)s, %(dy)s) AS shape
  FROM {table} WHERE geom_3857 && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857)
), sized AS (
  SELECT class, shape, greatest(ST_XMax(shape) - ST_XMin(shape), ST_YMax(shape) - ST_YMin(shape))
    >= %(cell)s AS is_large FROM moved
)
SELECT class, string_agg(path, '') FROM (
  SELECT class, ST_AsSVG(ST_SnapToGrid(ST_Simplify(shape, 1), 1), 1, 0) AS path
  FROM sized WHERE is_large
  UNION ALL
  SELECT class, 'M' || x || ' ' || y || %(square)s FROM (
    SELECT DISTINCT class,
      (floor((ST_XMin(shape) + ST_XMax(shape)) / 2 / %(cell)s) * %(cell)s)::int AS x,
      (floor((ST_YMin(shape) + ST_YMax(shape)) / -2 / %(cell)s) * %(cell)s)::int AS y
    FROM sized WHERE NOT is_large
  ) AS small
) AS drawn WHERE path <> '' GROUP BY class ORDER BY class
"""


def poster_mark(layers: Iterable[Layer]) -> str:
    """Changes whenever the picture of these layers (published, public) would be another one."""
    parts = [(layer.slug, layer.live_version_id, layer.parsed.style) for layer in _drawn(layers)]
    said = f"{REVISION} {settings.PORTAL_HOME_VIEW} {parts!r}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def poster(layers: Iterable[Layer], theme: str) -> bytes:
    """The SVG in a theme of the map. Raises ServiceBusy, OperationalError (beyond `SECONDS`)."""
    drawn = _drawn(layers)
    path = settings.LOCAL_DIR / FOLDER / f"{poster_mark(drawn)}-{theme}.svg"
    if not path.exists():
        with place():
            _keep(path, _svg(drawn, theme).encode())
    return path.read_bytes()


def _drawn(layers: Iterable[Layer]) -> list[Layer]:
    """The ground, then the home layers upwards: the first of the list is on top."""
    found = [layer for layer in layers if layer.live_version_id and layer.is_public]
    ground = [layer for layer in found if layer.parsed.feeds == "units"]
    home = [layer for layer in found if layer.parsed.home and layer.parsed.feeds != "units"]
    return [*ground, *sorted(home, key=lambda one: (is_emphasised(one.parsed), -one.position))]


def _keep(path: Path, content: bytes) -> None:
    """Whole or not at all; pictures of former versions go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mark = path.name.partition("-")[0]
    for old in path.parent.glob("*.svg"):
        if not old.name.startswith(mark):
            old.unlink(missing_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
    Path(part.name).replace(path)


def _svg(layers: list[Layer], theme: str) -> str:
    colours = THEMES[theme]
    body = "".join(
        _ground(layer, colours.land, colours.boundary)
        if layer.parsed.feeds == "units"
        else _layer(layer, colours)
        for layer in layers
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH * FINE} {HEIGHT * FINE}">'
        f'<rect width="100%" height="100%" fill="{colours.sea}"/>{body}</svg>'
    )


def _ground(layer: Layer, land: str, boundary: str) -> str:
    paths = "".join(path for _value, path in _paths(layer, CELL))
    return (
        f'<path d="{paths}" fill="{land}" stroke="{boundary}" stroke-opacity=".5" '
        f'stroke-width="{FINE}" stroke-linejoin="round"/>'
    )


def _layer(layer: Layer, theme: Theme) -> str:
    """Shapes by the colours of the legend. What is meant to be found has one colour and a pale
    casing: its stage goes on by the clock, which a still picture does not know.
    """
    style = layer.parsed.style
    if is_emphasised(layer.parsed):
        paths = "".join(path for _value, path in _paths(layer, MARK))
        return (
            f'<path d="{paths}" fill="{theme.text}" stroke="{theme.halo}" stroke-width="{FINE}"/>'
        )
    colours = {entry.value: entry.colour for entry in class_values(layer.parsed)}
    return "".join(
        f'<path d="{path}" fill="{toned(layer.parsed, colours.get(value or "", style.color))}"/>'
        for value, path in _paths(layer, CELL)
    )


def _paths(layer: Layer, side: int) -> list[tuple[str | None, str]]:
    """(class, path data) in the picture's own units; small shapes as squares of `side` pixels."""
    assert layer.live_version_id is not None
    field = class_field(layer.parsed)
    cell = side * FINE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        cursor.execute(
            _SHAPES.format(table=feature_table(layer.live_version_id)),
            {
                **_window(cursor),
                "by": layer.parsed.style.by,
                # Of a combined land-use code (`ONT+CLN`) the first part.
                "letters": 3 if field and field.type.name == "land_use" else 100,
                "cell": cell,
                "square": f"h{cell}v{cell}h-{cell}z",
            },
        )
        return list(cursor.fetchall())


def _window(cursor: CursorWrapper) -> dict[str, float]:
    """The picture's box in metres of Web Mercator, and the way from there to its own units."""
    lon, lat, zoom = settings.PORTAL_HOME_VIEW
    cursor.execute(
        "SELECT ST_X(p), ST_Y(p) FROM ST_Transform(ST_Point(%s, %s, 4326), 3857) AS p", [lon, lat]
    )
    x, y = cursor.fetchone()
    k = FINE * TILE * 2**zoom / (2 * HALF_WORLD)
    across, along = WIDTH * FINE / 2, HEIGHT * FINE / 2
    return {
        "west": x - across / k,
        "east": x + across / k,
        "south": y - along / k,
        "north": y + along / k,
        "k": k,
        "dx": across - k * x,
        # ST_AsSVG turns y round: north is up on the map, down on the screen.
        "dy": -along - k * y,
    }
