"""A finished file, whole or by ranges of bytes, so that a broken download goes on where it broke
and programs read parts out of it (`pmtiles`, GDAL's /vsicurl/).

Big answers are read as the caller takes them; only a few at a time, so that slow lines leave
threads for others.
"""

import datetime as dt
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from layers.api.render import problem
from layers.errors import BadRange, ServiceBusy

# Up to here an answer is read at once.
AT_ONCE = 2 * 2**20
CHUNK = 256 * 1024
# Of the four threads of a process, so many may be kept busy by slow downloads.
STREAMS = threading.BoundedSemaphore(2)
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
EXPOSED = "Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified"


@dataclass(frozen=True)
class Deliverable:
    """A file that is whole and may be handed out.

    Attributes:
        key: tells this file from every other one, whenever made.
        for_all: everybody may read it, pages of other sites too.
    """

    path: Path
    name: str
    media_type: str
    key: str
    made: dt.datetime
    for_all: bool

    @property
    def etag(self) -> str:
        """Strong: a file never changes once it is whole; one that is made anew has another
        time.
        """
        return f'"{self.key}-{int(self.made.timestamp() * 1000):x}"'


def deliver(request: HttpRequest, file: Deliverable) -> HttpResponseBase:
    """200, 206, 304, 412, 416; HEAD as GET without the bytes.

    Raises FileNotFoundError, ServiceBusy.
    """
    size = file.path.stat().st_size
    try:
        return _with_headers(_answer(request, file, size), file)
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


def _answer(request: HttpRequest, file: Deliverable, size: int) -> HttpResponseBase:
    tag, made = file.etag, file.made
    unchanged = get_conditional_response(request, etag=tag, last_modified=int(made.timestamp()))
    if unchanged is not None:
        return unchanged
    wanted = _wanted(request, tag, http_date(made.timestamp()), size)
    first, last = wanted or (0, size - 1)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse()
    elif last - first < AT_ONCE:
        response = HttpResponse(read(file.path, first, last - first + 1))
    else:
        response = StreamingHttpResponse(Stream(file.path, first, last - first + 1))
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


def _with_headers(response: HttpResponseBase, file: Deliverable) -> HttpResponseBase:
    response.headers["Content-Type"] = file.media_type
    # Saying so keeps GZipMiddleware from packing ranges.
    response.headers["Content-Encoding"] = "identity"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Last-Modified"] = http_date(file.made.timestamp())
    response.headers["ETag"] = file.etag
    if not file.for_all:
        response.headers["Cache-Control"] = "private, no-store"
        return response
    # Asked again each time: a version that was replaced must not be read on.
    response.headers["Cache-Control"] = "public, no-cache, no-transform"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response
