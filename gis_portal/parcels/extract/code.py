"""The code of the check page: which parcel, of which data, saying what; signed, stored nowhere.

    1 byte   form and language      16 bytes  uid of the parcel
    4 bytes  version of the layer   32 bytes  SHA-256 of the content
    6 × 2    digests of the parts   10 bytes  signature

An extract is checked after years, when the rows that it was made of are long gone: the signature
says that this portal made it, the digests say what has changed since. Decision 0028.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gis_portal.parcels.extract.content import PARTS, Content
from layers.errors import PortalError

FORM = 0x10
LANGUAGES = ("vi", "en")
SIGNATURE_BYTES, PART_BYTES = 10, 2
_HEAD = struct.Struct(">B16sI32s")
LENGTH = _HEAD.size + PART_BYTES * len(PARTS) + SIGNATURE_BYTES
_PURPOSE = b"gis_portal.parcels.extract.code/1"


class UnknownCode(PortalError):
    """Not a code that this portal gave out: mistyped, cut off, or made by somebody else."""

    code, status = "unknown-check-code", 404
    title = _("Mã kiểm tra này không phải do cổng thông tin này cấp")
    hint = _(
        "Quét lại mã QR, hoặc chép đủ cả địa chỉ ghi cạnh mã. Nếu vẫn như vậy, bản in không phải "
        "do cổng thông tin này lập: đừng dùng làm căn cứ."
    )


@dataclass(frozen=True)
class Checked:
    """What a code says; `parts`: the first bytes of the digests, by `PARTS`."""

    uid: UUID
    version_id: int
    language: str
    sha256: bytes
    parts: dict[str, bytes]

    def changed_parts(self, now: Content) -> list[str]:
        """The parts that say something else today."""
        return [name for name in PARTS if now.part_digest(name)[:PART_BYTES] != self.parts[name]]


def code_of(uid: UUID, version_id: int, language: str, content: Content) -> str:
    """The code in letters that an address may hold."""
    head = _HEAD.pack(FORM | LANGUAGES.index(language), uid.bytes, version_id, content.sha256)
    body = head + b"".join(content.part_digest(name)[:PART_BYTES] for name in PARTS)
    signature = _signature(settings.SECRET_KEY, body)
    return base64.urlsafe_b64encode(body + signature).decode().rstrip("=")


def read_code(text: str) -> Checked:
    """What it says, once the signature was found to be ours. Raises UnknownCode."""
    raw = _raw(text)
    body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if not any(hmac.compare_digest(_signature(key, body), signature) for key in _keys()):
        raise UnknownCode
    form, uid, version_id, sha256 = _HEAD.unpack_from(body)
    digests = body[_HEAD.size :]
    parts = {
        name: digests[PART_BYTES * place : PART_BYTES * (place + 1)]
        for place, name in enumerate(PARTS)
    }
    return Checked(UUID(bytes=uid), version_id, LANGUAGES[form & 1], sha256, parts)


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise UnknownCode from None
    if len(raw) != LENGTH or raw[0] & 0xF0 != FORM:
        raise UnknownCode
    return raw


def _keys() -> Iterator[str]:
    """Today's key and those that were in use before: extracts of then stay checkable."""
    yield settings.SECRET_KEY
    yield from map(str, settings.SECRET_KEY_FALLBACKS)


def _signature(key: str, body: bytes) -> bytes:
    own = hashlib.sha256(_PURPOSE + b"\0" + key.encode()).digest()
    return hmac.digest(own, body, "sha256")[:SIGNATURE_BYTES]
