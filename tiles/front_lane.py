"""The lane before Django: public tiles under their exact address, answered in a few dozen
microseconds from the store, or by one statement.

Sessions, languages and the rest of the middleware are not for these: what is answered depends on
the address alone. Whoever sends a cookie takes Django's way, so that no request with cookies and
none without share what is kept. Everything that is not plainly for this lane is Django's, errors
too. Used by `gis_portal/wsgi.py`.
"""

import re
from collections.abc import Callable, Iterable
from http.client import responses
from typing import Any

from django.db import Error

from layers.errors import PortalError
from tiles import front, store
from tiles.grid import Tile
from tiles.source import source_of

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
# As TileJSON writes it, and nothing else: numbers without leading zeros, the digest alone.
NUMBER = "(0|[1-9][0-9]{0,7})"
ADDRESS = re.compile(
    rf"/tiles/([a-z0-9-]{{1,60}})/([1-9][0-9]{{0,17}})/{NUMBER}/{NUMBER}/{NUMBER}\.mvt"
)
DIGEST = re.compile(r"d=([0-9a-f]{12})")
# Where the view finds the failure that the lane met: it is not tried a second time.
FAILURE = "tiles.failure"
STATUS = {code: f"{code} {responses[code]}" for code in (200, 204, 304)}


class FrontLane:
    """A WSGI application in front of another one."""

    def __init__(self, portal: Application, keeper: front.Keeper = store) -> None:
        self.portal, self.keeper = portal, keeper

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The answer, or the portal's."""
        answer = self._answer(environ)
        if answer is None:
            return self.portal(environ, start_response)
        start_response(STATUS[answer.status], list(answer.headers))
        # A list: granian sends it at once, anything else piece by piece.
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _answer(self, environ: Environ) -> front.Answer | None:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("HTTP_COOKIE"):
            return None
        place = ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        digest = place and DIGEST.fullmatch(environ.get("QUERY_STRING", ""))
        if not place or not digest:
            return None
        asked = front.Asked(
            environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_IF_NONE_MATCH", "")
        )
        slug, version, z, x, y = place.groups()
        shelf = store.Shelf(slug, int(version), digest[1])
        answer = front.kept(shelf, f"{z}/{x}/{y}.mvt", asked)
        if answer is not None:
            return answer
        try:
            return self._made(shelf, Tile(int(z), int(x), int(y)), asked)
        except PortalError as failure:
            environ[FAILURE] = failure
        except Error:
            # Django looks at its connections before a request, and names what it finds.
            pass
        return None

    def _made(self, shelf: store.Shelf, tile: Tile, asked: front.Asked) -> front.Answer | None:
        """None: an address that is not exact, or of a layer that is not for everybody."""
        source = source_of(shelf.slug, shelf.version_id, shelf.key)
        if not source.is_public or source.digest != shelf.key:
            return None
        return front.made(source, tile, asked, keeper=self.keeper)
