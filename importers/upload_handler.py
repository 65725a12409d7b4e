"""An upload goes to disk as it comes, never into memory, and no further than the limit.

What is beyond the limit is read and thrown away, so that the browser gets an answer in words
instead of a broken connection.
"""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest


def most_bytes() -> int:
    """Size of the largest file that the pages and the API take."""
    return int(settings.PORTAL_UPLOAD_MB) * 2**20


class BoundedToDisk(TemporaryFileUploadHandler):
    """Django's handler for large files, which stops writing beyond the limit."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """One byte beyond the limit is kept: the form then says that the file is too large."""
        if start > most_bytes():
            return None
        super().receive_data_chunk(raw_data, start)
        return None


def stream_to_disk(request: HttpRequest) -> None:
    """Call before anything reads the body, CSRF protection included."""
    request.upload_handlers = [BoundedToDisk(request)]
