"""Cold tiles: ours against the limit of the database and against other servers.

Cold means: our store is emptied before every walk and each address is asked for once, so every tile
is made, packed and written. The database has its pages in memory, for everybody alike.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from layers.catalogue import layer_by_slug
from tests.bench import pgbench, serving
from tests.bench.contest import Contestant, interleaved, table
from tests.bench.equality import Ours, Verdict, fetched
from tests.bench.land import SLUG, Land
from tests.bench.load import BROWSER, PLAIN, Load, LoadFailed, walk
from tests.bench.peers import Peer, make_tables, peers
from tests.bench.rows import Figure
from tests.bench.serving import NotServing, Server
from tiles.grid import Tile
from tiles.tilejson import tile_address

CONNECTIONS = (2, 16)
PASSES = 5
OF_LIMIT, OF_PEER = 0.75, 2.0
TEXT = """Each address is asked for once in a pass; the order of servers changes from pass to
pass; {passes} passes over the same {count:,} tiles, medians. *Ours* is the web server as `make run`
starts it (2 × granian), its tile store emptied before every pass: tiles are made, packed as
browsers ask ({browser}) and written. *Limit* is pgbench with the very
statement of our server, prepared: no HTTP, no packing, no writing. The others read a plain table
with our attributes in typed columns and the shape ready in EPSG:3857, and are asked for unpacked
bytes, so that they spend nothing on packing. {verdicts}

{tables}"""


@dataclass
class Field:
    """Who takes part; who cannot, with the reason."""

    ours: Contestant
    limit: Contestant | None = None
    others: list[Contestant] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def drop_failed(self) -> None:
        """Whoever failed in a pass is named, not shown."""
        self.absent |= {one.name: one.failure for one in self.others if one.failure}
        self.others = [one for one in self.others if not one.failure]

    @property
    def all(self) -> list[Contestant]:
        """Everybody, in turn."""
        return [*([self.limit] if self.limit else []), self.ours, *self.others]


def tile_path(tile: Tile) -> str:
    """Our address, as TileJSON gives it."""
    return tile_address(layer_by_slug(SLUG)).format(z=tile.z, x=tile.x, y=tile.y)


def empty_store(land: Land) -> None:
    """Every kept tile is gone. Laid aside, not deleted: ext4 gives out no inode that was freed a
    minute ago, and looks at each of them for every new file, which would be measured with the rest.
    """
    kept = Path(land.environment["PORTAL_TILE_STORE"])
    aside = Path(tempfile.mkdtemp(prefix="emptied-", dir=land.folder))
    for number, shelf in enumerate(kept.glob("*/*/*")):
        shelf.rename(aside / str(number))


def cold(land: Land, folder: Path) -> tuple[list[Figure], str]:
    """(figures, text) of z14–17, where every server gives the same features."""
    tiles = land.working_tiles
    with contestants(land, tiles, folder) as field_:
        compared = Ours(land, tiles, partial(_ask_one, field_.ours.server, tile_path))
        held = compared.check()
        for peer, one in zip(_present(land, field_), field_.others, strict=True):
            verdict = compared.verdict(partial(_ask_one, one.server, peer.path))
            field_.verdicts[one.name] = verdict
            one.remark = "; ".join(filter(None, [peer.remark, verdict.words]))
        interleaved(field_.all, land, CONNECTIONS, PASSES)
        field_.drop_failed()
    text = TEXT.format(
        passes=PASSES,
        count=len(tiles),
        browser=BROWSER,
        verdicts=f"Of {len(compared.tiles)} tiles all {held:,} features were decoded and compared.",
        tables="\n\n".join(
            f"### {count} connections\n\n{table(field_.all, count)}" for count in CONNECTIONS
        ),
    )
    return _figures(field_), text


@contextmanager
def contestants(land: Land, tiles: tuple[Tile, ...], folder: Path) -> Iterator[Field]:
    """All servers, running until the end of the block."""
    make_tables(land)
    with ExitStack() as running:
        server = running.enter_context(serving.portal(land))
        paths = [tile_path(tile) for tile in tiles]
        ours = Contestant(
            "**ours**",
            lambda c: walk(server.url, paths, c, folder, accept_encoding=BROWSER),
            server,
            before=lambda: empty_store(land),
            remark="granian, packed and written",
        )
        # Everybody is asked once for everything before it counts: connections open, plans made.
        ours.ask(max(CONNECTIONS))
        found = Field(ours)
        if pgbench.is_there():
            found.limit = Contestant(
                "limit: pgbench", lambda c: pgbench.limit(land, tiles, c, folder)
            )
        else:
            found.absent["limit: pgbench"] = "pgbench is not installed"
        for peer in peers(land):
            _join(found, peer, tiles, folder, running)
        yield found


def _join(
    found: Field, peer: Peer, tiles: tuple[Tile, ...], folder: Path, running: ExitStack
) -> None:
    """Start a peer and ask it once for everything, as ours; or write down why it takes no part."""
    try:
        server = running.enter_context(peer.start())
        paths = [peer.path(tile) for tile in tiles]
        ask = partial(_walk_peer, server, paths, folder)
        ask(max(CONNECTIONS))
    except (NotServing, LoadFailed, OSError) as problem:
        found.absent[peer.name] = " ".join(str(problem).split())[:200]
        return
    found.others.append(Contestant(peer.name, ask, server, is_peer=True))


def _walk_peer(server: Server, paths: list[str], folder: Path, connections: int) -> Load:
    return walk(server.url, paths, connections, folder, accept_encoding=PLAIN)


def _ask_one(server: Server | None, path: Callable[[Tile], str], tile: Tile) -> bytes:
    assert server is not None
    return fetched(server.url + path(tile))


def _present(land: Land, found: Field) -> list[Peer]:
    names = {one.name for one in found.others}
    return [peer for peer in peers(land) if peer.name in names]


def _figures(found: Field) -> list[Figure]:
    rows = []
    for count in CONNECTIONS:
        at = f"cold z14–17, {count} connections"
        rows.append(_of_limit(found, count, at))
        rows += _of_peers(found, count, at)
    return rows


def _of_limit(found: Field, count: int, at: str) -> Figure:
    name = f"{at}: ours ÷ limit of the database"
    if found.limit is None:
        return Figure(name, None, "", OF_LIMIT, remark=found.absent["limit: pgbench"])
    ours, limit = found.ours.rate(count), found.limit.rate(count)
    return Figure(name, ours / limit, "", OF_LIMIT, remark=f"{ours:,.0f} ÷ {limit:,.0f} req/s")


def _of_peers(found: Field, count: int, at: str) -> list[Figure]:
    """The best of those that tell the same has the limit; the others are shown beside it."""
    equal = [one for one in found.others if found.verdicts[one.name].is_equal]
    equal.sort(key=lambda one: -one.rate(count))
    ours, rows = found.ours.rate(count), []
    for place, one in enumerate(equal):
        rate = one.rate(count)
        best = "the best peer, " if place == 0 else ""
        rows.append(
            Figure(
                f"{at}: ours ÷ {best}{one.name}",
                ours / rate,
                "",
                OF_PEER if place == 0 else None,
                remark=f"{ours:,.0f} ÷ {rate:,.0f} req/s",
            )
        )
    if not equal:
        rows.append(Figure(f"{at}: ours ÷ best peer", None, "", OF_PEER, remark="no peer"))
    for one in found.others:
        if one not in equal:
            words = f"no ratio, its answers differ: {found.verdicts[one.name].words}"
            rows.append(Figure(f"{at}: ours ÷ {one.name}", None, "", remark=words))
    for name, why in found.absent.items():
        if not name.startswith("limit"):
            rows.append(Figure(f"{at}: ours ÷ {name}", None, "", remark=why))
    return rows
