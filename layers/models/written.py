"""Which live versions have their features ready as GeoJSON text; `layers.written` makes it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.models.catalogue import LayerVersion


class WrittenRows(models.Model):
    """The table of one version, and how it came about.

    `key` is the end of the table's name; `digest` says by which declaration it was written.
    `wishes` goes up whenever what was written, or is being written, no longer holds (fields were
    withdrawn, units renamed): a writer who finds another number at the end has written in vain.
    """

    WAITING, READY, FAILED = "waiting", "ready", "failed"
    STATES = ((WAITING, _("đang chờ")), (READY, _("đã xong")), (FAILED, _("không làm được")))

    version = models.OneToOneField(
        LayerVersion, models.CASCADE, primary_key=True, related_name="written"
    )
    state = models.CharField(max_length=10, choices=STATES, default=WAITING)
    wishes = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=12, blank=True)
    key = models.CharField(max_length=12, blank=True)
    message = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    bytes = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("văn bản GeoJSON soạn sẵn")
        verbose_name_plural = verbose_name
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"
