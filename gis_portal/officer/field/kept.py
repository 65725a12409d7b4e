"""What could not become an operation is kept as it came, and its sender gets a receipt.

The table is under row-level security (`migrations/sql/field.sql`): nobody knows what such a thing
holds, so it is read as personal data is.
"""

import json
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gis_portal.officer.devices.door import Officer
from gis_portal.officer.field.canonical import digest
from gis_portal.officer.field.envelope import claimed
from gis_portal.officer.field.models import REFUSED, Kept, Operation
from gis_portal.officer.field.receipts import words
from layers.errors import PortalError
from layers.permissions import User, private_context

_NAMESPACE = uuid.UUID("0d2c0bd4-6f0e-5d3b-9a53-5b3f3d1d8f55")


def keep(item: Any, officer: Officer, error: PortalError) -> Operation:
    """The refused operation for its receipt; not saved under its id, which stays free."""
    content = json.dumps(item, ensure_ascii=True).encode()
    now, number = timezone.now(), claimed(item)
    row = Kept(
        id=uuid.uuid5(_NAMESPACE, f"{officer.user.pk} {digest(content)}"),
        claimed=number,
        user=officer.user,
        device=officer.device.pk,
        code=error.code,
        content=content,
        received_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        pass  # sent again: it lies there
    return Operation(
        id=number or row.id,
        state=REFUSED,
        code=error.code,
        detail=words(error),
        received_at=now,
    )


def kept_items(user: User) -> list[Kept]:
    """All of it, newest first, for stewards who may read personal data; nothing for others."""
    with private_context(user):
        return list(Kept.objects.select_related("user").order_by("-received_at"))


def open_kept(user: User, number: uuid.UUID) -> Kept | None:
    """One of them; None also for whoever may not read it."""
    with private_context(user):
        return Kept.objects.select_related("user").filter(pk=number).first()


def count_kept(user: User) -> int:
    """How many there are; 0 for whoever may not read them."""
    with private_context(user):
        return Kept.objects.count()
