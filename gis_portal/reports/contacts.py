"""Contacts of reporters: written once, read in a context and on the record, forgotten in time.

The table is under row-level security (`migrations/sql/contacts.sql`), so no query of ours, right or
wrong, brings a contact into a list, an export or a log: outside `read_contact` there are no rows.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from gis_portal.reports.models import Event, Report
from layers.permissions import RESTRICTED_READER, User, private_context, roles_of


@dataclass(frozen=True, repr=False)
class Contact:
    """How a reporter may be reached; every part may be empty. Never shows itself in a message."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


def keep_contact(report: Report, contact: Contact) -> None:
    """Once, in the transaction that makes the report."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_contact (report_id, name, phone, email) VALUES (%s, %s, %s, %s)",
            [report.pk, contact.name, contact.phone, contact.email],
        )


def may_read_contact(user: User) -> bool:
    """Personal data is for those whose role says so; of which reports, the database decides."""
    return RESTRICTED_READER in roles_of(user)


def read_contact(report: Report, user: User) -> Contact | None:
    """The contact, and a line in the report's history that this person has read it.

    None when there is none, or not for this reader.
    """
    with private_context(user):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, phone, email FROM reports_contact WHERE report_id = %s", [report.pk]
            )
            row = cursor.fetchone()
        if row is None:
            return None
        Event.objects.create(report=report, kind=Event.CONTACT_READ, by=str(user))
    return Contact(*row)


def forget_contacts() -> int:
    """Delete those whose time has come; the table's policy knows which. Answers how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM reports_contact")
            gone = int(cursor.rowcount)
        # The database's clock, as the policy's.
        over = Report.objects.filter(has_contact=True, contact_until__lte=Now())
        for report in over:
            Event.objects.create(report=report, kind=Event.CONTACT_GONE)
        over.update(has_contact=False)
    return gone
