"""The file of a package, whole or by ranges of bytes, so that a broken download goes on where it
broke and map programs (`pmtiles`) read single tiles out of it.

Whoever may see the layer may have the file, while it holds what the tiles hold. Big answers are
read as the caller takes them; only a few at a time, so that slow lines leave threads for others.
"""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from layers.api.render import problem
from layers.errors import MethodNotAllowed, ServiceBusy, VersionRetired
from tiles.packages.asking import is_current, package_for
from tiles.packages.errors import BadRange, PackageNotReady, UnknownPackage
from tiles.packages.model import Package

PMTILES = "application/vnd.pmtiles"
# Up to here an answer is read at once.
AT_ONCE = 2 * 2**20
CHUNK = 256 * 1024
# Of the four threads of a process, so many may be kept busy by slow downloads.
STREAMS = threading.BoundedSemaphore(2)
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
EXPOSED = "Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified"


def download(request: HttpRequest, number: UUID, name: str) -> HttpResponseBase:
    """200, 206, 304, 412, 416; HEAD as GET without the bytes; OPTIONS for other sites' pages.

    Raises UnknownPackage, PackageNotReady, VersionRetired, BadRange, ServiceBusy.
    """
    if request.method == "OPTIONS":
        return preflight()
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed
    package = package_for(number, lambda: request.user)
    if name != package.name:
        raise UnknownPackage
    if package.state != Package.READY:
        raise PackageNotReady
    if not is_current(package):
        raise VersionRetired
    try:
        size = package.path.stat().st_size
    except FileNotFoundError as error:
        raise UnknownPackage from error
    try:
        return _with_headers(_answer(request, package, size), package)
    except BadRange as error:
        response = problem(error)
        response.headers["Content-Range"] = f"bytes */{size}"
        return response


def preflight() -> HttpResponse:
    """Pages of other sites may ask for ranges of public packages."""
    response = HttpResponse(status=204)
    response.headers["Allow"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = (
        "Range, If-Range, If-Match, If-None-Match, If-Modified-Since"
    )
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def etag_of(package: Package) -> str:
    """Strong: a file never changes once it is whole; one that is made anew has another time."""
    assert package.ready_at is not None
    return f'"{package.pk.hex}-{int(package.ready_at.timestamp() * 1000):x}"'


def _answer(request: HttpRequest, package: Package, size: int) -> HttpResponseBase:
    tag, made = etag_of(package), package.ready_at
    assert made is not None
    unchanged = get_conditional_response(request, etag=tag, last_modified=int(made.timestamp()))
    if unchanged is not None:
        return unchanged
    wanted = _wanted(request, tag, http_date(made.timestamp()), size)
    first, last = wanted or (0, size - 1)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse()
    elif last - first < AT_ONCE:
        response = HttpResponse(read(package.path, first, last - first + 1))
    else:
        response = StreamingHttpResponse(Stream(package.path, first, last - first + 1))
    response.headers["Content-Length"] = str(last - first + 1)
    if wanted is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _wanted(request: HttpRequest, tag: str, date: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range that is asked for; None for the whole file.

    Several ranges, other units and a condition that does not hold give the whole file, as RFC 9110
    has it. Raises BadRange when the file has no such bytes.
    """
    if request.method == "HEAD" or "Range" not in request.headers:
        return None
    condition = request.headers.get("If-Range", "").strip()
    if condition and condition not in (tag, date):
        return None
    found = RANGE.fullmatch(request.headers["Range"].replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    start, end = found.groups()
    if not start:
        length = min(int(end), size)
        first, last = size - length, size - 1
    else:
        first, last = int(start), min(int(end), size - 1) if end else size - 1
        if end and int(end) < first:
            return None
    if first >= size or first > last:
        raise BadRange(size=size)
    return first, last


def read(path: Path, first: int, length: int) -> bytes:
    """So many bytes from there."""
    with path.open("rb") as file:
        file.seek(first)
        return file.read(length)


class Stream:
    """A part of the file, piece by piece; takes one of the few places until it is closed.

    The file is open from the beginning: one that is thrown away meanwhile is read to its end.
    Raises ServiceBusy.
    """

    def __init__(self, path: Path, first: int, length: int) -> None:
        if not STREAMS.acquire(blocking=False):
            raise ServiceBusy
        self._lock = threading.Lock()
        self._has_place = True
        try:
            self._file = path.open("rb")
        except OSError:
            self.close()
            raise
        self._file.seek(first)
        self._left = length

    def __iter__(self) -> Iterator[bytes]:
        try:
            while self._left > 0:
                piece = self._file.read(min(CHUNK, self._left))
                if not piece:
                    return
                self._left -= len(piece)
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        """Give the place back, once."""
        with self._lock:
            if self._has_place:
                self._has_place = False
                STREAMS.release()
        if hasattr(self, "_file"):
            self._file.close()


def _with_headers(response: HttpResponseBase, package: Package) -> HttpResponseBase:
    assert package.ready_at is not None
    response.headers["Content-Type"] = PMTILES
    # Saying so keeps GZipMiddleware from packing ranges of packed tiles.
    response.headers["Content-Encoding"] = "identity"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = f'attachment; filename="{package.name}"'
    response.headers["Last-Modified"] = http_date(package.ready_at.timestamp())
    response.headers["ETag"] = etag_of(package)
    if not package.layer.is_public:
        response.headers["Cache-Control"] = "private, no-store"
        return response
    # Asked again each time: a version that was replaced must not be read on.
    response.headers["Cache-Control"] = "public, no-cache, no-transform"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response
