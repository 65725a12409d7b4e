"""The same list of tiles at every server in turn, several times over: what `bench_cold.py` shows.

Interleaved, so that a slow minute of the machine hits all of them; each pass begins with another
one. Processor time is read from the process trees before and after a walk.
"""

import statistics
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import psycopg2

from tests.bench.land import Land
from tests.bench.load import Load, LoadFailed, percentile
from tests.bench.serving import Server, postmaster, tree_seconds


@dataclass(frozen=True)
class Walk:
    """One walk: the load, and processor milliseconds a request of server and database."""

    load: Load
    server_ms: float
    database_ms: float


@dataclass
class Contestant:
    """Who is asked: `ask(connections)` walks the list once, `before` readies it for that."""

    name: str
    ask: Callable[[int], Load]
    server: Server | None = None
    before: Callable[[], None] = lambda: None
    remark: str = ""
    is_peer: bool = False
    failure: str = ""
    walks: dict[int, list[Walk]] = field(default_factory=dict)

    def rate(self, connections: int) -> float:
        """Requests a second: the median of the walks."""
        return statistics.median(walk.load.rate for walk in self.walks[connections])

    def row(self, connections: int) -> str:
        """A line of the table."""
        walks = self.walks[connections]
        latencies = [value for walk in walks for value in walk.load.latencies]
        load = walks[0].load
        size = f"{load.bytes / load.requests / 1024:.1f}" if load.bytes else "—"
        server = statistics.median(walk.server_ms for walk in walks)
        rates = [walk.load.rate for walk in walks]
        return (
            f"| {self.name} | {self.rate(connections):,.0f} ({min(rates):,.0f}–{max(rates):,.0f}) "
            f"| {percentile(latencies, 50):.1f} | {percentile(latencies, 99):.0f} | {size} "
            f"| {f'{server:.2f}' if self.server else '—'} "
            f"| {statistics.median(walk.database_ms for walk in walks):.2f} | {self.remark} |"
        )


HEADER = (
    "| server | req/s (slowest–fastest pass) | p50, ms | p99, ms | KB each "
    "| CPU of server, ms each | CPU of database, ms each | |\n"
    "|---|---:|---:|---:|---:|---:|---:|---|"
)


class Database:
    """Processor time of all processes of the database server."""

    def __init__(self, land: Land) -> None:
        with closing(psycopg2.connect(land.tiles_url)) as connection:
            self._pid = postmaster(connection.info.backend_pid)

    def cpu_seconds(self) -> float:
        """Until now; sessions that have ended included.

        A session that ends while the processes are read is seen in neither place: the most of
        three readings has it.
        """
        return max(tree_seconds(self._pid) for _ in range(3))


def interleaved(
    contestants: Sequence[Contestant], land: Land, connections: Sequence[int], passes: int
) -> None:
    """Fill everybody's `walks`. A peer that fails takes no further part; its `failure` says why."""
    database = Database(land)
    for count in connections:
        for turn in range(passes):
            first = turn % len(contestants)
            for one in [*contestants[first:], *contestants[:first]]:
                if one.failure:
                    continue
                one.before()
                try:
                    one.walks.setdefault(count, []).append(_walk(one, database, count))
                except LoadFailed as problem:
                    if not one.is_peer:
                        raise
                    one.failure = " ".join(str(problem).split())[:200]


def _walk(one: Contestant, database: Database, connections: int) -> Walk:
    server, own = database.cpu_seconds(), one.server.cpu_seconds() if one.server else 0.0
    load = one.ask(connections)
    own = (one.server.cpu_seconds() if one.server else 0.0) - own
    server = database.cpu_seconds() - server
    return Walk(load, own / load.requests * 1000, server / load.requests * 1000)


def table(contestants: Sequence[Contestant], connections: int) -> str:
    """All lines at so many connections, the quickest first."""
    known = [one for one in contestants if one.walks.get(connections)]
    ordered = sorted(known, key=lambda one: -one.rate(connections))
    return "\n".join([HEADER, *(one.row(connections) for one in ordered)])
