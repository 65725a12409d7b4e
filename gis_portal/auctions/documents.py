"""Decisions and notices that stewards attach: what they are is read from the content, never from
the name; they lie under their digest; they are given out to be saved, never to be shown as a page.
"""

import hashlib
import re
import tempfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from PIL import Image

from gis_portal.auctions.errors import DocumentRefused, UnknownDocument
from gis_portal.auctions.lots import lot, version_of
from gis_portal.auctions.models import Attachment
from gis_portal.steward.access import may_upload
from layers.errors import ItemRetired, UnknownItem
from layers.permissions import User

# Kind → media type and the ending that a saved file gets.
KINDS = {
    "pdf": ("application/pdf", ".pdf"),
    "jpeg": ("image/jpeg", ".jpg"),
    "png": ("image/png", ".png"),
}
_DIGEST = re.compile(r"^[0-9a-f]{64}$")
# Readers look for the end of a PDF within the last kilobyte; some writers add a little.
_TAIL = 2048
_LONGEST_NAME = 100
# All that Pillow raises for what is no whole picture.
_BROKEN = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)


@dataclass(frozen=True)
class Checked:
    """A file that may be attached."""

    name: str
    kind: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.content).hexdigest()

    def keep(self) -> None:
        """Put it into the store, whole or not at all; the same content is the same file."""
        path = path_of(self.sha256)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as partial:
            partial.write(self.content)
        Path(partial.name).replace(path)


def most_bytes() -> int:
    """Size of the largest document."""
    return int(settings.PORTAL_AUCTION_FILE_MB) * 2**20


def checked(file: UploadedFile[bytes]) -> Checked:
    """The file as it may be attached. Raises DocumentRefused."""
    size = file.size or 0
    if size > most_bytes():
        words = _("Tệp lớn hơn %(most)s MB.")
        raise DocumentRefused(words % {"most": settings.PORTAL_AUCTION_FILE_MB})
    file.seek(0)
    content = file.read()
    if not content:
        raise DocumentRefused(_("Tệp rỗng."))
    kind = kind_of(content)
    return Checked(_clean(file.name or "", kind), kind, content)


def kind_of(content: bytes) -> str:
    """A key of KINDS by the content alone. Raises DocumentRefused."""
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-_TAIL:]:
            raise DocumentRefused(_("Tệp PDF bị cắt ngang."))
        return "pdf"
    for kind, start in (("jpeg", b"\xff\xd8\xff"), ("png", b"\x89PNG\r\n\x1a\n")):
        if content.startswith(start):
            _check_picture(content, kind)
            return kind
    raise DocumentRefused(_("Chỉ nhận PDF, JPEG và PNG."))


def _check_picture(content: bytes, kind: str) -> None:
    """Its head and, of PNG, its checksums; no pixel is unpacked."""
    try:
        with Image.open(BytesIO(content), formats=[kind.upper()]) as picture:
            picture.verify()
    except _BROKEN as error:
        raise DocumentRefused(_("Tệp ảnh bị hỏng.")) from error


def _clean(name: str, kind: str) -> str:
    """A name that is safe on every machine, with the ending of what the file is."""
    stem = Path(name.replace("\\", "/")).name.rpartition(".")[0] or Path(name).name
    try:
        stem = get_valid_filename(stem).strip("._-")
    except ValueError:
        stem = ""
    return f"{stem[:_LONGEST_NAME] or 'van-ban'}{KINDS[kind][1]}"


def path_of(digest: str) -> Path:
    """Where a document lies."""
    return Path(settings.MEDIA_ROOT) / "auctions" / digest[:2] / digest


def _is_published(found: Attachment, user: User) -> bool:
    if type(found.entry).objects.filter(corrects=found.entry_id).exists():
        return False
    try:
        lot(found.entry.uid, user=user)
    except (UnknownItem, ItemRetired):
        return False
    return True


@require_safe
def document(request: HttpRequest, number: int) -> HttpResponseBase:
    """A document to save. One of an entry that was corrected is for stewards alone: that is how
    something that should not have been attached leaves the public pages; so is one of a lot that
    left the published data.

    Raises UnknownDocument, also when the lots are not for this reader.
    """
    version_of(request.user)
    found = Attachment.objects.filter(pk=number, link="").select_related("entry").first()
    if found is None or not _DIGEST.match(found.sha256) or found.kind not in KINDS:
        raise UnknownDocument(str(number))
    if not (_is_published(found, request.user) or may_upload(request.user)):
        raise UnknownDocument(str(number))
    path = path_of(found.sha256)
    if not path.is_file():
        raise UnknownDocument(str(number))
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type=KINDS[found.kind][0],
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-cache"
    return response
