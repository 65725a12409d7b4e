"""Addresses and headers that nobody should send, seeded: what the fuzz test and the benchmark ask.

Half of an address is mostly right, so that the wrong half is reached.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.tiles.wsgi_call import call

SEED = 20261122
NUMBERS = [
    *"0 1 7 14 16 22 23 24 99 255 16383 16384 4194304 99999999 2147483647 2147483648".split(),
    *"9223372036854775807 9223372036854775808 1e3 1.0 0x10 -1 -0 +1 00 007 NaN inf ∞ ٣".split(),
    *("１", "1_0", "null", "", " ", "1 ", "9" * 400, "1;DROP TABLE layers_layer", "{z}", "..", "%"),
]
WORDS = [
    *"test-plots test-internal public-land-parcels satellite-imagery no-such-layer a'b".split(),
    *"Test-Plots a;b a--b --x ../etc .. . thửa-đất <script> {slug} %s %(x)s $1 undefined".split(),
    *("", "\x00", "a\x00b", "x" * 300, 'a"b', "\\x00"),
]
ENDINGS = (".mvt", ".mvt", ".mvt", ".pbf", "", ".mvt.gz", ".mvt/", ".webp", ".png", ".jpg", ".MVT")
DATES = ("2026-03-01", "2026-02-30", "0000-00-00", "9999-99-99", "x", "2026-3-1", "٢٠٢٦-٠٣-٠١", "")
RAW = ("%00", "%ff%fe", "%", "%zz", "%2e%2e%2f", "//", "\\", "%0d%0aX: y", "?", "#", "%C0%AF", ";")
VALUES = (
    "",
    "0",
    "x",
    "%00",
    "%ff",
    "%",
    "-1",
    "1e999",
    "a" * 5000,
    "'",
    "[]",
    "٣",
    "en",
    "vi",
    "json",
)
NAMES = ("d", "f", "lang", "v", "date", "limit", "bbox", "d[]", "__class__", "%00", "", "callback")
HEADERS = {
    "Accept_Encoding": (
        "",
        "gzip",
        "zstd",
        "*",
        "gzip;q=x",
        ",,,;;=",
        "q" * 3000,
        "\xff",
        "identity;q=0",
    ),
    "If_None_Match": ("*", '"', 'W/"', '"x"', '"a", W/"b"', "\x00", '"' * 500, "x" * 4000),
    "If_Modified_Since": ("x", "Thu, 01 Jan 1970 00:00:00 GMT", "99999", "\xff"),
    "Accept": ("*/*", "image/webp", "x/y;q=", "application/json", ""),
    "Range": ("bytes=0-", "bytes=5-1", "x", "bytes=-99999999999999999999"),
    "Cookie": ("sessionid=x", "=;=;", "sessionid=" + "a" * 3000, "django_language=xx", "\xff=\xfe"),
    "Host": ("localhost", "localhost", "localhost:99999", "a b", "x" * 300, "[::", "evil.example"),
    "X_Forwarded_Proto": ("https", "x", ""),
}
METHODS = ("GET",) * 12 + (
    "HEAD",
    "HEAD",
    "OPTIONS",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "FOO",
)


@dataclass(frozen=True)
class Bad:
    """One request."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)


class Bads:
    """`version` and `digest` are those of a published version of `test-plots`."""

    def __init__(self, version: int, digest: str, seed: int = SEED) -> None:
        self.chance = random.Random(seed)
        self.version, self.digest = str(version), digest

    def one(self) -> Bad:
        """The next one."""
        forms = (self._tile, self._tile, self._picture, self._document, self._ogc, self._raw)
        target = self.chance.choice(forms)() + self._query()
        headers = {
            name: self.chance.choice(values)
            for name, values in HEADERS.items()
            if self.chance.random() < 0.15
        }
        return Bad(self.chance.choice(METHODS), target, headers)

    def _word(self, right: str, wrong: tuple[str, ...] | list[str]) -> str:
        text = right if self.chance.random() < 0.6 else self.chance.choice(wrong)
        return text if self.chance.random() < 0.05 else quote(text, safe="{}$;'")

    def _place(self) -> list[str]:
        z = self.chance.randrange(0, 24)
        side = 2**z
        numbers = (z, self.chance.randrange(side + 2), self.chance.randrange(side + 2))
        return [self._word(str(number), NUMBERS) for number in numbers]

    def _tile(self) -> str:
        slug, version = self._word("test-plots", WORDS), self._word(self.version, NUMBERS)
        ending = self.chance.choice(ENDINGS)
        return "/".join(["/tiles", slug, version, *self._place()]) + ending

    def _picture(self) -> str:
        slug, version = self._word("test-plots", WORDS), self._word(self.version, NUMBERS)
        parts = ["/imagery", slug, version, self._word(DATES[0], DATES), *self._place()]
        return "/".join(parts) + self.chance.choice((*ENDINGS, ".webp", ".png"))

    def _document(self) -> str:
        slug = self._word("test-plots", WORDS)
        root = self.chance.choice(("/tiles", "/imagery", "/tiles/" + self.version))
        return f"{root}/{slug}/" + self.chance.choice(
            ("tilejson.json", "dates.json", "", "style.json", "..", "tilejson.json/", "%2e")
        )

    def _ogc(self) -> str:
        slug, grid = self._word("test-plots", WORDS), self._word("WebMercatorQuad", WORDS)
        start = f"/api/collections/{slug}/tiles"
        return self.chance.choice(
            (
                "/".join([start, grid, *self._place()]),
                f"{start}/{grid}",
                start,
                f"/api/tileMatrixSets/{grid}",
                f"/api/collections/{slug}/styles/{slug}",
                "/".join(["/api/tiles", grid, *self._place()]),
            )
        )

    def _raw(self) -> str:
        parts = [self.chance.choice((*RAW, "tiles", "imagery", "a", "14")) for _ in range(6)]
        return self.chance.choice(("/tiles/", "/imagery/", "/")) + "/".join(parts)

    def _query(self) -> str:
        drawn = self.chance.random()
        if drawn < 0.4:
            return ""
        if drawn < 0.6:
            return f"?d={self.digest}"
        pairs = [
            f"{self.chance.choice(NAMES)}={self.chance.choice((*VALUES, self.digest))}"
            for _ in range(self.chance.randrange(1, 4))
        ]
        return "?" + self.chance.choice("&&&&;").join(pairs)


@dataclass
class Outcome:
    """How often each status came, and what was asked when the server failed."""

    statuses: Counter[int]
    failures: list[tuple[int, Bad]]


def asked(version: int, digest: str, count: int) -> Outcome:
    """Send so many to the real WSGI application."""
    bads, outcome = Bads(version, digest), Outcome(Counter(), [])
    for _ in range(count):
        bad = bads.one()
        path, _, query = bad.target.partition("?")
        status = call(f"{path}?{query}", bad.method, **bad.headers).status
        outcome.statuses[status] += 1
        if status >= 500:
            outcome.failures.append((status, bad))
    return outcome
