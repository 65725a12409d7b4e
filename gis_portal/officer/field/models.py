"""What came from the field, and what follows from it. Rows are added and never changed.

An `Operation` is what a device sent, under the id that the device made, with the receipt that it
got. In the same transaction it becomes a report, a proposal or an answer: tables to ask, made of
the operation and nothing else. The app's role may neither change nor delete any of them
(`migrations/sql/roles.sql`). How the office handles a report is the desk's, in tables of its own.
"""

import json
import uuid
from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _

from layers.models import AdminUnit

OBSERVATION, PROPOSAL, ANSWER = "observation", "proposal", "answer"
KINDS = (OBSERVATION, PROPOSAL, ANSWER)
RECEIVED, REFUSED, CONFLICT = "received", "refused", "conflict"
REPORT_KINDS = {
    "inspection": _("Kiểm tra định kỳ"),
    "encroachment": _("Lấn, chiếm đất"),
    "construction": _("Xây dựng trái phép"),
    "boundary": _("Ranh giới, mốc giới"),
    "contract": _("Hợp đồng thuê, sử dụng đất"),
    "other": _("Việc khác"),
}
User = settings.AUTH_USER_MODEL


class Operation(models.Model):
    """One thing that an officer sent, applied once; `state`, `code`, `detail` are its receipt."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=12)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    # Not a link: devices go, what they sent stays.
    device = models.UUIDField()
    unit = models.ForeignKey(AdminUnit, models.PROTECT, null=True, related_name="+")
    layer_slug = models.CharField(max_length=60, blank=True)
    uid = models.UUIDField(null=True)
    base_version = models.BigIntegerField(null=True)
    # Canonical JSON (RFC 8785) as it was hashed, without what `People` keeps apart.
    payload_bytes = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # As the device's clock said, which may be wrong.
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    photo_count = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8)
    code = models.CharField(max_length=40, blank=True)
    detail = models.TextField(blank=True)
    server_version = models.BigIntegerField(null=True)
    # Of a parcel that is gone: what came in its place.
    successors = ArrayField(models.UUIDField(), default=list)

    class Meta:
        ordering = ("received_at", "id")
        default_permissions = ()
        indexes = [
            # Serves "devices in use": what a device sent, the latest first.
            models.Index(fields=["device", "-received_at"], name="field_operation_device"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"

    @property
    def payload(self) -> dict[str, Any]:
        """What was sent, without people."""
        found = json.loads(bytes(self.payload_bytes))
        return found if isinstance(found, dict) else {}


class FieldReport(models.Model):
    """An observation as the office reads it."""

    operation = models.OneToOneField(
        Operation, models.PROTECT, primary_key=True, related_name="report"
    )
    kind = models.CharField(max_length=20, choices=list(REPORT_KINDS.items()))
    # What the officer saw: a status of the parcel's life cycle, or empty.
    observed_state = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    unit = models.ForeignKey(AdminUnit, models.PROTECT, null=True, related_name="+")
    layer_slug = models.CharField(max_length=60, blank=True)
    uid = models.UUIDField(null=True)
    base_version = models.BigIntegerField(null=True)
    # The parcel had left the live version when the report came.
    is_gone = models.BooleanField(default=False)
    point = models.PointField(srid=4326, null=True, spatial_index=False)
    accuracy_m = models.FloatField(null=True)
    heading = models.FloatField(null=True)
    sketch = models.GeometryField(srid=4326, null=True, spatial_index=False)
    checklist = models.JSONField(default=dict)
    has_people = models.BooleanField(default=False)
    photo_count = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # By the device's clock, but never after it was received.
    seen_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("-received_at", "-operation")
        default_permissions = ()
        indexes = [
            # Serves the desk: reports of the units in somebody's care, newest first.
            models.Index(fields=["unit", "-received_at"], name="field_report_of_a_unit"),
            # Serves a parcel's history.
            models.Index(fields=["uid", "-received_at"], name="field_report_of_a_parcel"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def uuid(self) -> uuid.UUID:
        """The report's name: its operation's id."""
        return self.operation_id


class Proposal(models.Model):
    """A change of one field of one parcel that an officer proposes; a steward decides."""

    operation = models.OneToOneField(
        Operation, models.PROTECT, primary_key=True, related_name="proposal"
    )
    unit = models.ForeignKey(AdminUnit, models.PROTECT, null=True, related_name="+")
    layer_slug = models.CharField(max_length=60)
    uid = models.UUIDField()
    field = models.CharField(max_length=63)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    why = models.TextField(blank=True)
    device = models.UUIDField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("-received_at", "-operation")
        default_permissions = ()
        indexes = [
            # Serves the search for conflicts: what was proposed for one field of one parcel.
            models.Index(fields=["uid", "field"], name="field_proposal_of_a_value"),
        ]

    def __str__(self) -> str:
        return f"{self.uid} {self.field}: {self.new}"


class Answer(models.Model):
    """What an officer says later to a report: of the office's question, or of what became of it."""

    operation = models.OneToOneField(
        Operation, models.PROTECT, primary_key=True, related_name="answer"
    )
    report = models.ForeignKey(FieldReport, models.PROTECT, related_name="answers")
    note = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("received_at", "operation")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.report_id}: {self.pk}"


class Photo(models.Model):
    """A photo that came whole: its bytes as they were taken lie under their hash, as evidence."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="photos")
    index = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    # By its content: jpeg, png, webp, heic.
    kind = models.CharField(max_length=8)
    taken_at = models.DateTimeField(null=True)
    point = models.PointField(srid=4326, null=True, spatial_index=False)
    accuracy_m = models.FloatField(null=True)
    bearing = models.FloatField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("operation", "index")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("operation", "index"), name="field_photo_once")
        ]

    def __str__(self) -> str:
        return f"{self.operation_id}/{self.index}"


class Conflict(models.Model):
    """Two proposals that exclude each other, made without knowledge of each other; or, without a
    second, one that the register had left behind: then its value stands in `register_value`.
    """

    first = models.ForeignKey(Proposal, models.PROTECT, related_name="+")
    second = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="+")
    register_value = models.JSONField(null=True)
    register_version = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ("opened_at", "id")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("first", "second"), nulls_distinct=False, name="field_conflict_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_id} / {self.second_id or 'register'}"


class Settlement(models.Model):
    """A steward's word on a proposal: taken into the next version, or not."""

    TAKEN, DECLINED = "taken", "declined"

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="settlement")
    outcome = models.CharField(max_length=8)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "id")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.outcome}"


class People(models.Model):
    """`people` of a payload: names and phones of those met; of what was refused also the values of
    a proposal, by name. Under row-level security.
    """

    operation = models.OneToOneField(Operation, models.PROTECT, primary_key=True, related_name="+")
    unit = models.ForeignKey(AdminUnit, models.PROTECT, null=True, related_name="+")
    content = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class PeopleRead(models.Model):
    """Somebody read the people of a report."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="people_read")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-id")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.operation_id}: {self.by_id}"


class Kept(models.Model):
    """What was sent and could not become an operation, as it came. Under row-level security."""

    # Made of sender and content: sent again it is the same row.
    id = models.UUIDField(primary_key=True)
    claimed = models.UUIDField(null=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    device = models.UUIDField()
    code = models.CharField(max_length=40)
    content = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk}: {self.code}"


class KeptRead(models.Model):
    """Somebody opened what could not become an operation."""

    kept = models.ForeignKey(Kept, models.PROTECT, related_name="readers")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-id")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kept_id}: {self.by_id}"
