"""What is known of tables made for tiles: one row a version that has or wants them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.models import LayerVersion
from tiles.packages.model import Package

__all__ = ["Package", "TileSet"]


class TileSet(models.Model):
    """The tables made for tiles of one version, and how far their making is.

    They hold nothing that the version's rows do not say: without them tiles are the same, slower.
    `digest` names the definition and statements that they were made for
    (`TileSource.tables_digest`).
    """

    WAITING, BUILDING, READY, FAILED = "waiting", "building", "ready", "failed"
    STATES = [
        (WAITING, _("đang chờ")),
        (BUILDING, _("đang dựng")),
        (READY, _("đã xong")),
        (FAILED, _("lỗi")),
    ]

    version = models.OneToOneField(
        LayerVersion,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="tile_set",
        verbose_name=_("phiên bản"),
    )
    state = models.CharField(_("trạng thái"), max_length=10, choices=STATES, default=WAITING)
    digest = models.CharField(max_length=12, blank=True, editable=False)
    # The task in the queue that will make them.
    task_id = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    wanted_at = models.DateTimeField(_("yêu cầu lúc"), auto_now_add=True)
    built_at = models.DateTimeField(_("dựng xong lúc"), null=True, blank=True)
    seconds = models.FloatField(_("thời gian dựng, giây"), null=True, blank=True)
    bytes = models.BigIntegerField(_("dung lượng, byte"), null=True, blank=True)
    message = models.TextField(_("thông báo"), blank=True)

    class Meta:
        verbose_name = _("bảng ô bản đồ dựng sẵn")
        verbose_name_plural = verbose_name
        ordering = ["-version"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.version}: {self.get_state_display()}"

    def is_ready_for(self, digest: str) -> bool:
        """Whether tiles of a source with that `tables_digest` may be read from the tables."""
        return self.state == self.READY and self.digest == digest
