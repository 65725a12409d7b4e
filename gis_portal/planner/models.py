"""Questions, their runs, and the areas that planners drew or brought.

A run keeps the document as it was asked and the versions that it read, so that it can be asked
again to the last digit. Who may see what is decided in `permissions.py` alone.
"""

import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.ondemand.model import FileOnDemand


class Analysis(models.Model):
    """A question that somebody keeps, as a document."""

    PRIVATE, LINK, PLANNERS, PUBLIC = "private", "link", "planners", "public"
    SHARED = [
        (PRIVATE, _("chỉ tôi")),
        (LINK, _("ai có đường dẫn")),
        (PLANNERS, _("mọi cán bộ quy hoạch")),
        (PUBLIC, _("mọi người")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    document = models.JSONField()
    # Of the canonical text: the same question has the same digest.
    document_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    shared = models.CharField(max_length=10, choices=SHARED, default=PRIVATE)
    # Of the link's token; the token itself is told once and kept nowhere.
    share_token_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("-updated_at",)
        indexes = [
            # Serves the list of one planner's questions, newest first.
            models.Index(fields=["owner", "-updated_at"], name="planner_analysis_of"),
        ]

    def __str__(self) -> str:
        return self.title


class Run(models.Model):
    """One answer to a question: from the wish through the work to the kept result."""

    QUEUED, RUNNING, DONE, FAILED, CANCELLED = (
        "queued",
        "running",
        "done",
        "failed",
        "cancelled",
    )
    STATES = [
        (QUEUED, _("đang chờ")),
        (RUNNING, _("đang tính")),
        (DONE, _("đã xong")),
        (FAILED, _("không tính được")),
        (CANCELLED, _("đã hủy")),
    ]
    OPEN = (QUEUED, RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    analysis = models.ForeignKey(Analysis, models.CASCADE, related_name="runs")
    # As it was asked: the analysis may have been changed since.
    document = models.JSONField()
    # Input → id of the layer version that is read.
    versions = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=STATES, default=QUEUED)
    progress = models.FloatField(default=0)
    note = models.CharField(max_length=200, blank=True)
    preview = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    # Read by the engine's progress callback; nothing else stops a run.
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True)
    summary = models.JSONField(null=True)
    expires_at = models.DateTimeField(null=True)
    # Of its tables, counted when it ended; against the quota of its planner.
    result_bytes = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        ordering = ("-created_at",)
        indexes = [
            # Serves the queue: what waits, and how much each planner had in the last hour.
            models.Index(fields=["state", "created_at"], name="planner_run_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        """It will still change by itself."""
        return self.state in self.OPEN


class PlannerArea(models.Model):
    """An area that a planner drew or brought as a file; of that planner alone."""

    DRAWN, FILE = "drawn", "file"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    # WGS 84 for maps; areas are computed from `geom_source`, in the system that it came in.
    geom = models.MultiPolygonField(srid=4326, spatial_index=False)
    geom_source = models.MultiPolygonField(srid=0, spatial_index=False)
    source_srid = models.IntegerField(default=4326)
    origin = models.CharField(
        max_length=10, choices=[(DRAWN, _("vẽ trên bản đồ")), (FILE, _("từ tệp"))], default=DRAWN
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("-created_at",)
        indexes = [
            # Serves the list of one planner's areas.
            models.Index(fields=["owner", "-created_at"], name="planner_area_of"),
        ]

    def __str__(self) -> str:
        return self.name


class RunFile(FileOnDemand):
    """A result as a file that is too large to be made while somebody waits.

    Whoever may see the run may have it; the same wish gives the same row.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="files")
    format = models.CharField(max_length=10)
    # Of headings and labels.
    language = models.CharField(max_length=2)
    # Whole address of the run's page, which the file names.
    address = models.CharField(max_length=500, blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("run", "format", "language"), name="run_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.format}"

    @property
    def percent(self) -> int:
        """Share of the pieces that have been written."""
        return min(100, 100 * self.rows_done // self.rows_total) if self.rows_total else 0

    @property
    def path(self) -> Path:
        """Where the finished file lies; no address leads there."""
        return run_files() / f"{self.pk}.{self.format}"


def run_files() -> Path:
    """The private folder of files of runs."""
    return Path(settings.MEDIA_ROOT) / "planner-files"


class RunAddress(models.Model):
    """An address with a secret of its own, at which QGIS reads one run for whoever made it.

    Only a digest of the secret is kept. It opens what its maker may see, until it is revoked.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="addresses")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name
