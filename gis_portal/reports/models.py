"""Reports, their photos and their history. Contacts are in a table of their own (`contacts.py`).

A report never says who sent it. `host` is a keyed digest of the sender's address that lives one
day, for the bounds against flooding. History is added to and never changed: the app's role may not
(`migrations/sql/roles.sql`). The database ties photos and history to their report itself
(`migrations/sql/contacts.sql`), so that the owner can take out all of it in one statement.
"""

import uuid

from django.conf import settings
from django.contrib.gis.db import models

from gis_portal.reports import moves
from gis_portal.reports.categories import CATEGORIES
from gis_portal.reports.reference import in_groups, new_reference
from layers.models import AdminUnit

LONGEST_TEXT = 2000


class Report(models.Model):
    """One report. `text` is for staff; the public reads `public_text` and a public `answer`."""

    reference = models.CharField(max_length=16, unique=True, default=new_reference)
    # Digest of all that was sent, form's token included: the same sending gives the same row.
    sending = models.CharField(max_length=64, unique=True)
    category = models.CharField(max_length=20, choices=list(CATEGORIES.items()))
    text = models.TextField()
    # Where in the sender's words; where on the map, if known (WGS 84).
    place = models.CharField(max_length=200, blank=True)
    point = models.PointField(srid=4326, null=True, spatial_index=False)
    unit = models.ForeignKey(AdminUnit, models.SET_NULL, null=True, related_name="+")
    # The object that it is about, by its identity; it may leave the live version later.
    layer_slug = models.CharField(max_length=60, blank=True)
    uid = models.UUIDField(null=True)
    language = models.CharField(max_length=2, default="vi")
    host = models.CharField(max_length=32, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=10, choices=list(moves.STATES.items()), default=moves.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    answer = models.TextField(blank=True)
    answer_is_public = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    public_text = models.CharField(max_length=500, blank=True)
    has_contact = models.BooleanField(default=False)
    # When the contact goes; set on closing, None while the report is open.
    contact_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-sent_at", "-id")
        default_permissions = ()
        indexes = [
            # Serves the inbox: a unit's reports in a state, newest first.
            models.Index(fields=["unit", "state", "-sent_at"], name="report_inbox"),
            # Serves the bounds: how many one host has sent of late.
            models.Index(fields=["host", "sent_at"], name="report_host"),
        ]

    def __str__(self) -> str:
        return in_groups(self.reference)

    @property
    def number(self) -> str:
        """As it is read aloud."""
        return in_groups(self.reference)

    @property
    def is_closed(self) -> bool:
        """Nothing more is to be done."""
        return self.state in moves.CLOSED


class Photo(models.Model):
    """A photo made anew as JPEG; in the database, so that it comes and goes with its report."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    report = models.ForeignKey(Report, models.CASCADE, related_name="photos", db_constraint=False)
    jpeg = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    is_released = models.BooleanField(default=False)

    class Meta:
        ordering = ("report", "id")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.report} {self.pk}"


class Event(models.Model):
    """Something that happened to a report. Rows are added, never changed or taken away."""

    SENT, MOVED, NOTED, ASSIGNED, FORWARDED, RELEASED, HIDDEN, CONTACT_READ, CONTACT_GONE = (
        "sent",
        "moved",
        "noted",
        "assigned",
        "forwarded",
        "released",
        "hidden",
        "contact-read",
        "contact-gone",
    )

    report = models.ForeignKey(Report, models.CASCADE, related_name="events", db_constraint=False)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10, blank=True)
    text = models.TextField(blank=True)
    # The account's name then, not a link: accounts go, history stays as it was.
    by = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("report", "id")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.report} {self.kind} {self.state}"
