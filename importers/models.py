"""The record of every import: what came, what was found in it, what became of it.

A run's row is written outside the import's own transaction, so that a failed run keeps its record
while its data leave nothing.
"""

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.models import Layer, LayerVersion


class ImportRun(models.Model):
    """One attempt to import one file into one layer."""

    QUEUED, RUNNING, CHECKED, STAGED, PUBLISHED, REFUSED, FAILED, INTERRUPTED, CANCELLED = (
        "queued",
        "running",
        "checked",
        "staged",
        "published",
        "refused",
        "failed",
        "interrupted",
        "cancelled",
    )
    # Nothing will happen to it any more.
    ENDED = (CHECKED, STAGED, PUBLISHED, REFUSED, FAILED, INTERRUPTED, CANCELLED)

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="imports")
    version = models.OneToOneField(
        LayerVersion, models.SET_NULL, null=True, blank=True, related_name="import_run"
    )
    state = models.CharField(
        _("trạng thái"),
        max_length=12,
        default=RUNNING,
        choices=[
            (QUEUED, _("đang chờ")),
            (RUNNING, _("đang chạy")),
            (CHECKED, _("đã kiểm tra, chưa ghi gì")),
            (STAGED, _("đã nạp, chờ công bố")),
            (PUBLISHED, _("đã công bố")),
            (REFUSED, _("bị từ chối")),
            (FAILED, _("lỗi máy chủ")),
            (INTERRUPTED, _("bị ngắt giữa chừng")),
            (CANCELLED, _("đã hủy")),
        ],
    )
    dry_run = models.BooleanField(_("chỉ kiểm tra"), default=True)
    step = models.CharField(_("bước"), max_length=30, blank=True)
    started_at = models.DateTimeField(_("bắt đầu"), auto_now_add=True)
    finished_at = models.DateTimeField(_("kết thúc"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    file_name = models.CharField(_("tệp"), max_length=255)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_format = models.CharField(_("định dạng"), max_length=30, blank=True)
    crs_code = models.CharField(_("hệ tọa độ"), max_length=20, blank=True)
    rows_read = models.PositiveIntegerField(_("số dòng đọc"), default=0)
    rows_loaded = models.PositiveIntegerField(_("số dòng nạp"), default=0)
    error_code = models.CharField(_("mã lỗi"), max_length=60, blank=True)
    error_detail = models.TextField(_("lỗi"), blank=True)
    # What the person asked for, as plain values (`importers.request.Request`).
    options = models.JSONField(default=dict, blank=True)
    # Written by the heartbeat while it runs: steps with their seconds, rows and rates.
    progress = models.JSONField(_("tiến độ"), default=dict, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(_("số lần chạy"), default=0)
    cancel_requested = models.BooleanField(_("đã yêu cầu hủy"), default=False)
    task_id = models.UUIDField(null=True, blank=True)
    diff = models.JSONField(_("so với bản đang công bố"), default=dict, blank=True)
    report = models.JSONField(_("báo cáo"), default=dict, blank=True)

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("lần nạp")
        verbose_name_plural = _("các lần nạp")

    def __str__(self) -> str:
        return f"{self.layer.slug}: {self.file_name} ({self.get_state_display()})"

    @property
    def rows_refused(self) -> int:
        """Rows of the file that were left out."""
        return self.rows_read - self.rows_loaded


class ImportIssue(models.Model):
    """One defect of one row. Position in the file's own system: x east, y north."""

    ERROR, WARNING = "error", "warning"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField(_("dòng"))
    field = models.CharField(_("cột"), max_length=120, blank=True)
    value = models.CharField(_("giá trị"), max_length=200, blank=True)
    code = models.CharField(_("mã lỗi"), max_length=60)
    severity = models.CharField(
        _("mức"),
        max_length=10,
        choices=[(ERROR, _("lỗi: bỏ dòng")), (WARNING, _("cảnh báo: vẫn nạp"))],
    )
    message = models.TextField(_("nội dung"))
    hint = models.TextField(_("cần làm gì"), blank=True)
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ("run", "row", "id")
        verbose_name = _("lỗi dữ liệu")
        verbose_name_plural = _("lỗi dữ liệu")

    def __str__(self) -> str:
        return f"dòng {self.row}: {self.code}"


class WorkerBeat(models.Model):
    """One worker process and when it last showed itself: tells pages that nobody works."""

    name = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tiến trình xử lý")
        verbose_name_plural = _("các tiến trình xử lý")

    def __str__(self) -> str:
        return self.name
