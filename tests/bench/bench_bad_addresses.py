"""Ten thousand random bad addresses and parameters: how many answers are the server's own failure.

Right addresses of tiles, pictures, OGC tiles, TileJSON and packages, each spoilt in one to three of
its parts by a seeded chance. Any answer but 5xx is right here; which it should be, tests say.
"""

import random
from pathlib import Path
from urllib.parse import quote

from tests.bench import serving
from tests.bench.land import SLUG, Land
from tests.bench.load import BROWSER, walk
from tests.bench.rows import Figure
from tiles.grid import Tile

SEED = 20261123
COUNT = 10_000
# Patterns with the names of their parts, and a right value of each.
PATTERNS = (
    "/tiles/{slug}/{version}/{z}/{x}/{y}.{form}{query}",
    "/tiles/{slug}/{version}/{z}/{x}/{y}.mvt{query}",
    "/imagery/{scenes}/{version}/{date}/{z}/{x}/{y}.{picture}{query}",
    "/imagery/{scenes}/{version}/{date}/overview.{picture}{query}",
    "/api/collections/{slug}/tiles/{grid}/{z}/{y}/{x}{query}",
    "/api/collections/{slug}/tiles/{grid}{query}",
    "/tiles/{slug}/tilejson.json{query}",
    "/imagery/{scenes}/dates.json{query}",
    "/api/collections/{slug}/tiles.pmtiles{query}",
)
ODD = (
    "", "0", "-1", "1e3", "0x10", "00", "007", "1.5", "NaN", "Infinity", "1,2", "²", "１", "٣",
    "9" * 8, "9" * 19, "9" * 400, "2147483648", "4294967296", "9223372036854775808",
    "-9223372036854775809", "18446744073709551616", "2026-13-45", "0000-00-00", "2026-02-30",
    "9999-12-31", "null", "true", "..", "%2e%2e", "%00", "a%00b", "%ff%fe", "%", "%zz",
    "%0d%0aX: y",
    "'; DROP TABLE x; --", '"', "<script>", "${7*7}", "{{7*7}}", "*", "~", ";", "|", "\\", "%2F",
    "%5C", "public-land-parcels", "đất", "É", "a" * 300, "-", "_", "+", " ", "%20", "mvt", "webp",
    "pbf", "exe", "WebMercatorQuad",
)  # fmt: skip
PARAMETERS = (
    "d", "f", "bbox", "limit", "date", "stretch", "bands", "scale", "zoom", "minzoom", "maxzoom",
    "area", "datetime", "collections", "crs", "subset", "q", "lang", "after",
)  # fmt: skip


def bad_address_figures(land: Land, folder: Path) -> list[Figure]:
    """The one figure, with what was answered."""
    with serving.portal(land) as server:
        load = walk(
            server.url,
            addresses(land),
            16,
            folder,
            accept_encoding=BROWSER,
            statuses=tuple(range(100, 600)),
        )
    failed = sum(count for status, count in load.statuses.items() if status >= 500)
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(load.statuses.items()))
    return [
        Figure(
            f"{COUNT:,} random bad addresses and parameters: answers of 5xx",
            failed,
            "",
            0,
            at_least=False,
            remark=told,
        )
    ]


def addresses(land: Land) -> list[str]:
    """The same list for the same land."""
    chance = random.Random(SEED)
    tiles, digest, version = land.working_tiles, land.source.digest, str(land.version.pk)
    return [
        _address(chance, _right(chance, chance.choice(tiles), version, digest), digest)
        for _ in range(COUNT)
    ]


def _address(chance: random.Random, parts: dict[str, str], digest: str) -> str:
    for name in chance.sample(sorted(parts), chance.randint(1, 3)):
        parts[name] = _query(chance, digest) if name == "query" else _spoilt(chance, parts[name])
    text = chance.choice(PATTERNS).format_map(parts)
    # Bytes of an address are ASCII; a percent sign of ours stays as it is, right or wrong.
    return quote(text, safe="/?&=%:;,+*~'()[]!$@|\\\"<>{}^`")[:8000].replace(" ", "%20")


def _right(chance: random.Random, tile: Tile, version: str, digest: str) -> dict[str, str]:
    return {
        "slug": SLUG,
        "scenes": chance.choice(["satellite-imagery", SLUG]),
        "version": version,
        "z": str(tile.z),
        "x": str(tile.x),
        "y": str(tile.y),
        "form": "mvt",
        "picture": chance.choice(["webp", "png", "jpg"]),
        "date": "2026-03-15",
        "grid": "WebMercatorQuad",
        "query": f"?d={digest}",
    }


def _spoilt(chance: random.Random, right: str) -> str:
    way = chance.randrange(5)
    if way == 0 and right.isdigit():
        return str(int(right) + chance.choice([-(2**31), 2**22, 2**31, 2**63, 10**30, 1_000_000]))
    if way == 1:
        return right + chance.choice(ODD)
    if way == 2:
        return chance.choice(ODD) + right
    if way == 3 and len(right) > 1:
        return right[: chance.randrange(len(right))]
    return chance.choice(ODD)


def _query(chance: random.Random, digest: str) -> str:
    """None, garbage, or parameters that may be there twice."""
    if chance.random() < 0.2:
        return chance.choice(["", "?", "?&&&", "?=", "?d", "?d=&d=", "?%00=%00", "??", "?#"])
    pairs = [
        f"{chance.choice(PARAMETERS)}={_spoilt(chance, digest)}"
        for _ in range(chance.randint(1, 4))
    ]
    return f"?{'&'.join(pairs)}"
