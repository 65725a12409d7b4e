"""Devices of officers, and what personal fields were handed out to them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from layers.models import AdminUnit


class Device(models.Model):
    """A phone or tablet that an officer has signed in on. The secret itself is on the device only,
    in a cookie that no script reads.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    name = models.CharField(max_length=60)
    platform = models.CharField(max_length=60, blank=True)
    # SHA-256 of 32 random bytes: nothing to guess, so no slow hash is needed.
    secret_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ("-last_seen_at", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """May be used today, as far as it alone is asked."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class Reading(models.Model):
    """Personal fields of parcels handed out through the officer's rooms. The table only grows.

    `uids` are the parcels; with `whole` they are all those of the unit in that version. Names stay
    when the account is gone: references bind nothing.
    """

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    username = models.CharField(max_length=150)
    device = models.UUIDField(null=True)
    device_name = models.CharField(max_length=60, blank=True)
    layer = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    unit = models.ForeignKey(
        AdminUnit, models.DO_NOTHING, db_constraint=False, related_name="+", null=True
    )
    uids = ArrayField(models.UUIDField(), default=list)
    whole = models.BooleanField(default=False)
    count = models.PositiveIntegerField()
    fields = ArrayField(models.CharField(max_length=60))
    purpose = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        ordering = ("-at", "-id")
        indexes = [
            # Serves the supervisor's list: a unit's readings, newest first.
            models.Index(fields=["unit", "-at"], name="reading_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.layer} {self.count}"
