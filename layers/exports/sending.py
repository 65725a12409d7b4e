"""Small files, made while the caller waits and gone when they have been sent.

The file is made whole before its first byte leaves: what fails on the way is a named error, not a
file that ends in the middle, and the database has long been done when a slow line takes it.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from layers.exports.wish import Wish
from layers.exports.writing import write_file
from layers.heavy import place
from layers.models import Layer, LayerVersion
from layers.models.export import file_name
from layers.ondemand.download import AT_ONCE, Stream, read
from layers.ondemand.queue import discard

LEFT_SECONDS = 3600
# These are packed already, or have no use for it.
PACKED = ("gpkg", "fgb", "shp.zip", "csv.zip", "geojsonl.zip", "xlsx")


def folder() -> Path:
    """Where small files are made."""
    return Path(settings.MEDIA_ROOT) / "exports-now"


def send_now(wish: Wish, layer: Layer, version: LayerVersion, address: str) -> HttpResponseBase:
    """The file as an answer. Raises ServiceBusy, and what writing raises."""
    with place(), TemporaryDirectory(dir=made_folder()) as made:
        path = Path(made) / f"file.{wish.format.key}"
        write_file(wish, layer, version, path, address=address)
        size = path.stat().st_size
        response: HttpResponseBase
        if size <= AT_ONCE:
            response = HttpResponse(read(path, 0, size))
        else:
            # It is open from here on: that its name goes does not matter.
            response = StreamingHttpResponse(Stream(path, 0, size))
    response.headers["Content-Length"] = str(size)
    return described(response, wish, version)


def described(response: HttpResponseBase, wish: Wish, version: LayerVersion) -> HttpResponseBase:
    """With its type and its name."""
    response.headers["Content-Type"] = wish.format.media_type
    name = file_name(version, wish.format.key, is_part=bool(wish.given))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if wish.format.key in PACKED:
        response.headers["Content-Encoding"] = "identity"
    return response


def made_folder() -> Path:
    """The same, there."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder()


def keep_house() -> None:
    """What a process that was killed has left."""
    if not folder().is_dir():
        return
    for path in folder().iterdir():
        if path.lstat().st_mtime < time.time() - LEFT_SECONDS:
            discard(path)
