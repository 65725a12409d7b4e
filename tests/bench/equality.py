"""Whether another server's tiles tell what ours tell: ids and attributes of a hundred of them.

A ratio is shown only where they do, or where the difference is named and is hardly less work:
features that lie in a tile's margin only, which some servers leave out, and the type of a value.
"""

import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.bench.compare import features
from tests.bench.land import Land
from tests.running_portal import owner_connection
from tiles.grid import Tile

DECODED = 100


@dataclass(frozen=True)
class Verdict:
    """`is_equal`: a ratio may be shown. `words` say what was compared and what differs."""

    is_equal: bool
    words: str


def fetched(url: str) -> bytes:
    """A body, unpacked by nobody: none is asked for."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        return bytes(answer.read())


class Ours:
    """Our own answers for the first hundred tiles, and which features the squares hold."""

    def __init__(self, land: Land, tiles: Sequence[Tile], get: Callable[[Tile], bytes]) -> None:
        self.tiles = list(tiles[:DECODED])
        self._told = {tile: features(get(tile)) for tile in self.tiles}
        self._inside = _inside(land, self.tiles)

    def check(self) -> int:
        """Our own tiles hold every feature of the database in their squares; how many they hold."""
        for tile in self.tiles:
            lost = self._inside[tile] - self._told[tile].keys()
            assert not lost, (tile, len(lost), next(iter(lost)))
        return sum(map(len, self._told.values()))

    def verdict(self, get: Callable[[Tile], bytes]) -> Verdict:
        """Another server's answers against ours."""
        count = margin = lost = more = changed = retyped = 0
        example = ""
        for tile in self.tiles:
            ours, theirs = self._told[tile], features(get(tile))
            count += len(ours)
            missing = ours.keys() - theirs.keys()
            margin += len(missing - self._inside[tile])
            lost += len(missing & self._inside[tile])
            more += len(theirs.keys() - ours.keys())
            for uid in ours.keys() & theirs.keys():
                if ours[uid] == theirs[uid]:
                    continue
                if _as_text(ours[uid]) == _as_text(theirs[uid]):
                    retyped += 1
                else:
                    changed += 1
                    example = example or f" ({ours[uid]} / {theirs[uid]})"
        differing = {
            "lost": lost,
            "more than ours": more,
            f"with other attributes{example}": changed,
        }
        named = [f"{number:,} {what}" for what, number in differing.items() if number]
        words = f"{len(self.tiles)} tiles, {count:,} features: "
        words += ", ".join(named) or "ids and attributes equal"
        if retyped:
            words += f"; in {retyped:,} a text of digits is written as a number"
        if margin:
            words += f"; leaves out {margin:,} of the margin only"
        return Verdict(not named, words)


def _as_text(values: dict[str, Any]) -> dict[str, str]:
    """The same values whatever type they are written as."""
    return {name: str(value) for name, value in values.items()}


def _inside(land: Land, tiles: Sequence[Tile]) -> dict[Tile, set[str]]:
    """uids of the features that touch the square without its margin."""
    found: dict[Tile, set[str]] = {}
    with closing(owner_connection(land.owner_url)) as database, database.cursor() as cursor:
        for tile in tiles:
            values: list[Any] = [tile.z, tile.x, tile.y]
            cursor.execute(
                f"SELECT uid::text FROM {land.source.table}"
                " WHERE ST_Intersects(geom_3857, ST_TileEnvelope(%s, %s, %s))",
                values,
            )
            found[tile] = {uid for (uid,) in cursor.fetchall()}
    return found
