"""An upload goes to disk as it comes, never into memory, and no further than the limit.

A request brings one file, in the field `file`. What is beyond the limit, or in another field, is
read and thrown away, so that the browser gets an answer in words instead of a broken connection.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from layers.errors import PortalError

FIELD = "file"
# Bytes. The name of the file on disk ends with it.
_LONGEST_SUFFIX = 100


class UnexpectedPart(PortalError):
    """A request with more files than one, or with one in another field."""

    code, status = "unexpected-part", 400
    title = _("Yêu cầu gửi kèm tệp không dùng đến")
    hint = _("Mỗi lần gửi một tệp, trong ô file.")


def most_bytes() -> int:
    """Size of the largest file that the pages and the API take."""
    return int(settings.PORTAL_UPLOAD_MB) * 2**20


class BoundedToDisk(TemporaryFileUploadHandler):
    """Django's handler for large files, for one request: writes no more than the limit in all."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._kept = False
        self._files = 0
        self._written = 0
        self._thrown_away: list[str] = []

    def new_file(self, field_name: str, file_name: str, *words: Any, **more: Any) -> None:
        """The first file of the right field is the one that is kept."""
        self._kept = field_name == FIELD and not self._files
        if not self._kept:
            self._thrown_away.append(field_name)
            return
        self._files += 1
        suffix = Path(file_name).suffix
        if len(suffix.encode("utf-8", "replace")) > _LONGEST_SUFFIX:
            file_name = file_name.removesuffix(suffix) + suffix[: _LONGEST_SUFFIX // 4]
        super().new_file(field_name, file_name, *words, **more)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Bytes beyond the limit are only counted: the form then says that it is too large."""
        if self._kept and self._written + len(raw_data) <= most_bytes():
            self._written += len(raw_data)
            super().receive_data_chunk(raw_data, start)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file with the size that was sent, also where less was written."""
        return super().file_complete(file_size) if self._kept else None

    def upload_complete(self) -> None:
        """The whole request was read. Raises UnexpectedPart."""
        if self._thrown_away:
            raise UnexpectedPart(", ".join(self._thrown_away)[:200])


class NoFiles(FileUploadHandler):
    """For every other address: files are read and thrown away, whoever sends them."""

    def receive_data_chunk(self, _raw_data: bytes, _start: int) -> None:
        """Nothing is kept."""

    def file_complete(self, _file_size: int) -> None:
        """No file came of it."""


def stream_to_disk(request: HttpRequest) -> None:
    """Call before anything reads the body, CSRF protection included."""
    request.upload_handlers = [BoundedToDisk(request)]
