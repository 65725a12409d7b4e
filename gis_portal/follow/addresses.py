"""Addresses of those who follow: written once, read one by one to send a mail, never listed.

The table is under row-level security (`migrations/sql/addresses.sql`): outside `address_of` there
are no rows, for whoever asks. An address goes with its follow.
"""

import hmac

from django.conf import settings
from django.db import connection, transaction

from gis_portal.follow.models import Follow

# Where dots before the @ are nothing.
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})


def keep_address(follow: Follow, address: str) -> None:
    """Once, in the transaction that makes the follow."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO follow_address (follow_id, address) VALUES (%s, %s)", [follow.pk, address]
        )


def address_of(follow_id: int) -> str | None:
    """Where to send; None when the follow is gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.send_to', %s, true)", [str(follow_id)])
        cursor.execute("SELECT address FROM follow_address WHERE follow_id = %s", [follow_id])
        row = cursor.fetchone()
        # An outer transaction (that of a sending) must not keep it.
        cursor.execute("SELECT set_config('portal.send_to', '', true)")
    return str(row[0]) if row else None


def reader_of(address: str) -> str:
    """A keyed digest: the same for the same mailbox, whichever letters are capital. Else whoever
    wants to fill a stranger's mailbox has as many addresses of it as there are words after a `+`.
    """
    name, _at, domain = address.lower().rpartition("@")
    name = name.partition("+")[0]
    if domain in _DOTLESS:
        name = name.replace(".", "")
    key, told = settings.SECRET_KEY.encode(), f"follow-reader {name}@{domain}"
    return hmac.new(key, told.encode(), "sha256").hexdigest()[:32]
