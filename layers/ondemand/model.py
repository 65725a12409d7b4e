"""What every file on demand is in the database: one row from the wish to its end."""

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FileOnDemand(models.Model):
    """One file that somebody asked for. Subclasses say of what, and where it lies (`path`)."""

    WAITING, BUILDING, READY, FAILED = "waiting", "building", "ready", "failed"
    STATES = [
        (WAITING, _("đang chờ")),
        (BUILDING, _("đang làm")),
        (READY, _("đã xong")),
        (FAILED, _("không làm được")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=STATES, default=WAITING)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Keyed digest of the address that an anonymous wish came from; never the address.
    host = models.CharField(max_length=32, blank=True)
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    # Null: kept as long as what it was made from is the live version.
    expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True)

    class Meta:
        abstract = True

    if TYPE_CHECKING:

        @property
        def path(self) -> Path:
            """Where the finished file lies; no address leads there."""

    @property
    def is_open(self) -> bool:
        """It will still change by itself."""
        return self.state in (self.WAITING, self.BUILDING)

    @property
    def is_there(self) -> bool:
        """It is made, still to be had, and its file lies where it should."""
        has_time = self.expires_at is None or self.expires_at >= timezone.now()
        return self.state == self.READY and has_time and self.path.is_file()

    @property
    def is_lost(self) -> bool:
        """It was made, but has expired or its file is gone: as if nobody had asked."""
        return self.state == self.READY and not self.is_there
