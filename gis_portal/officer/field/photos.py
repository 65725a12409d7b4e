"""Photos as evidence: taken in piece by piece, kept byte for byte, shown as a clean copy.

The original keeps what the camera wrote into it (place, time) and stays private; what is shown is
made anew in a confined child, as citizens' photos are, when somebody first looks. The operation
says which photos there are, with hash and size: nothing else is taken in.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from gis_portal.officer.field import store
from gis_portal.officer.field.errors import (
    OperationPayload,
    PhotoHash,
    PhotoKind,
    PhotoNotDeclared,
    PhotoOffset,
    PhotoTooLarge,
    UnknownOperation,
    UnknownPhoto,
)
from gis_portal.officer.field.models import Operation, Photo
from gis_portal.officer.field.payloads import DeclaredPhoto, read_photos
from gis_portal.officer.jurisdiction import may_supervise, units_of
from gis_portal.reports.errors import PhotoRefused
from gis_portal.reports.photo_child import HEIC, kind_refused
from gis_portal.reports.photos import make_photos
from layers.permissions import User

MOST_PIECE = 256 * 1024


@dataclass(frozen=True)
class Expected:
    """A photo that an operation speaks of, and the row of it when it is here."""

    operation: Operation
    declared: DeclaredPhoto
    count: int
    photo: Photo | None

    @property
    def offset(self) -> int:
        """Bytes that are here."""
        if self.photo is not None:
            return self.photo.size
        return min(store.held(self.operation.pk, self.declared.index), self.declared.size)


def expected(number: UUID, index: int, user: User) -> Expected:
    """For the one who sent the operation, whatever became of it: what was refused has evidence,
    too. Raises UnknownOperation, PhotoNotDeclared.
    """
    operation = Operation.objects.filter(pk=number, user=user.pk).first()
    if operation is None:
        raise UnknownOperation(str(number))
    try:
        declared = {photo.index: photo for photo in read_photos(operation.payload.get("photos"))}
    except OperationPayload as error:
        raise PhotoNotDeclared from error
    if index not in declared:
        raise PhotoNotDeclared
    photo = Photo.objects.filter(operation=operation, index=index).first()
    if photo is not None and not store.original(photo.sha256).is_file():
        # Files from an older backup than the database: it may come again.
        photo = None
    return Expected(operation, declared[index], len(declared), photo)


def photos_here(operations: Iterable[UUID]) -> Counter[UUID]:
    """How many photos of each are here whole, row and bytes."""
    rows = Photo.objects.filter(operation__in=list(operations))
    found = rows.order_by().values_list("operation_id", "sha256")
    return Counter(number for number, sha256 in found if store.original(sha256).is_file())


def take_piece(wanted: Expected, offset: int, piece: bytes) -> Photo | int:
    """The photo when this was the last piece, else where the next one begins.

    Raises PhotoOffset (`offset`: where it is), PhotoKind, PhotoTooLarge, PhotoHash.
    """
    declared = wanted.declared
    if wanted.photo is not None:
        return wanted.photo
    with store.part(wanted.operation.pk, declared.index) as part:
        here = part.size
        if offset != here:
            return _elsewhere(wanted, here)
        if offset + len(piece) > declared.size:
            raise PhotoTooLarge
        if offset == 0 and piece and kind_of(piece[:512]) == "":
            part.drop()
            raise PhotoKind
        part.append(piece)
        if part.size < declared.size:
            return part.size
        return _whole(wanted, part)


def _elsewhere(wanted: Expected, here: int) -> Photo:
    """Another request may have brought the rest meanwhile."""
    done = Photo.objects.filter(operation=wanted.operation, index=wanted.declared.index).first()
    if done is None:
        raise PhotoOffset(offset=here)
    store.part_path(wanted.operation.pk, wanted.declared.index).unlink(missing_ok=True)
    return done


def _whole(wanted: Expected, part: store.Part) -> Photo:
    """All bytes are here: on the disk first, then the row, which is the receipt."""
    declared = wanted.declared
    if part.sha256() != declared.sha256:
        part.start_again()
        raise PhotoHash(offset=0)
    kind = kind_of(part.head())
    if not kind:
        part.drop()
        raise PhotoKind
    part.keep_as(declared.sha256)
    try:
        with transaction.atomic():
            photo = Photo.objects.create(
                operation=wanted.operation,
                index=declared.index,
                sha256=declared.sha256,
                size=declared.size,
                kind=kind,
                taken_at=declared.taken_at,
                point=declared.point,
                accuracy_m=declared.accuracy_m,
                bearing=declared.bearing,
                received_at=timezone.now(),
            )
    except IntegrityError:
        photo = Photo.objects.get(operation=wanted.operation, index=declared.index)
    part.drop()
    return photo


def kind_of(head: bytes) -> str:
    """jpeg, png, webp, heic by the first bytes; empty for anything else."""
    if kind_refused(head) == HEIC:
        return "heic"
    if kind_refused(head):
        return ""
    return {b"\xff": "jpeg", b"\x89": "png"}.get(head[:1], "webp")


# --- Showing --------------------------------------------------------------------------------------
def photo_for(number: UUID, index: int, user: User) -> Photo:
    """For whoever may read the operation's unit. Raises UnknownPhoto."""
    readable = Photo.objects.filter(operation=number, index=index).select_related("operation")
    if not may_supervise(user):
        readable = readable.filter(operation__unit__in=units_of(user))
    found = readable.first()
    if found is None:
        raise UnknownPhoto
    return found


def shown(photo: Photo) -> bytes:
    """A JPEG without anything but pixels, made at the first look. Raises UnknownPhoto when the
    original cannot be opened (HEIC, damaged): it can be saved all the same.
    """
    path = store.clean_copy(photo.sha256)
    if path.is_file():
        return path.read_bytes()
    original = store.original(photo.sha256)
    if not original.is_file():
        raise UnknownPhoto
    try:
        (made,) = make_photos([SimpleUploadedFile("photo", original.read_bytes())])
    except PhotoRefused as error:
        raise UnknownPhoto(error.detail) from error
    _write_whole(path, made.jpeg)
    return made.jpeg


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as partial:
        partial.write(content)
    Path(partial.name).replace(path)
