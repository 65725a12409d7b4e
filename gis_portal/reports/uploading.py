"""Photos go to disk as they come, three of them, none further than the limit.

What is beyond, or in another field, is read and thrown away, so that the form can say what was
wrong with it. Neighbour: `importers/upload_handler.py`, which does the same for one large file.
"""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

from gis_portal.reports.photos import MOST_BYTES, MOST_PHOTOS

FIELD = "photos"


class BoundedPhotos(TemporaryFileUploadHandler):
    """Django's handler for large files, for one request."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._kept = False
        self._files = 0
        self._written = 0

    def new_file(self, field_name: str, file_name: str, *words: Any, **more: Any) -> None:
        """One more than three is kept, empty: the form counts them."""
        self._kept = field_name == FIELD and self._files <= MOST_PHOTOS
        self._written = 0
        if self._kept:
            self._files += 1
            # The name says nothing to us, and may be longer than a file system likes.
            super().new_file(field_name, "photo", *words, **more)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Bytes beyond the limit are only counted."""
        fits = self._written + len(raw_data) <= MOST_BYTES
        if self._kept and fits and self._files <= MOST_PHOTOS:
            self._written += len(raw_data)
            super().receive_data_chunk(raw_data, start)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file with the size that was sent, also where less was written."""
        return super().file_complete(file_size) if self._kept else None


def stream_to_disk(request: HttpRequest) -> None:
    """Call before anything reads the body, CSRF protection included."""
    request.upload_handlers = [BoundedPhotos(request)]
