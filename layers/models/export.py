"""Exports that a worker makes: one row a file, from the wish to its end."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.models.catalogue import Layer, LayerVersion
from layers.ondemand.model import FileOnDemand


class Export(FileOnDemand):
    """One file of a selection of one version, in one format.

    `digest` is that of the layer's declaration and of what is known of the version: the file is
    handed out only while both are as they were. `wish` is a digest of format and parameters, so
    that the same wish gives the same row; `query` are the parameters as they were written.
    """

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="exports")
    version = models.ForeignKey(LayerVersion, models.CASCADE, related_name="exports")
    digest = models.CharField(max_length=24)
    format = models.CharField(max_length=20)
    wish = models.CharField(max_length=64)
    query = models.JSONField(default=dict)
    # Whole address of the collection, which the file names.
    address = models.CharField(max_length=500, blank=True)
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tệp xuất")
        verbose_name_plural = verbose_name
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("version", "digest", "wish"), name="export_once")
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.format}"

    @property
    def percent(self) -> int:
        """Share of the features that have been read."""
        return min(100, 100 * self.rows_done // self.rows_total) if self.rows_total else 0

    @property
    def path(self) -> Path:
        """Where the finished file lies; no address leads there."""
        return folder() / f"{self.pk}.{self.format}"

    @property
    def name(self) -> str:
        """What the file is called for people."""
        return file_name(self.version, self.format, is_part=bool(self.query))


def file_name(version: LayerVersion, ending: str, *, is_part: bool) -> str:
    """Layer, version, date, and whether it is a selection."""
    date = version.data_date or (version.published_at.date() if version.published_at else None)
    day = f"-{date.isoformat()}" if date else ""
    part = "-chon-loc" if is_part else ""
    return f"{version.layer.slug}-v{version.number}{day}{part}.{ending}"


def folder() -> Path:
    """The private folder of all exports."""
    return Path(settings.MEDIA_ROOT) / "exports"
