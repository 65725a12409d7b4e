"""Packages of tiles that were asked for: one row a file, from the wish to its end."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from layers.models import AdminUnit, Layer, LayerVersion
from layers.ondemand.model import FileOnDemand

# The whole layer at all its zooms; at some of them only.
WHOLE, ALL = "whole", "all"
MB = 2**20
# Of all rooms, areas may take this share: the packages of layers always find theirs.
AREAS = 0.5


class Package(FileOnDemand):
    """One PMTiles file of one version: the whole layer, or an area of it.

    `digest` is that of the tile source: the file holds what the tiles of that address hold, and is
    handed out only while they would be. `area` says where in words that compare (`areas`).
    """

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="packages")
    version = models.ForeignKey(LayerVersion, models.CASCADE, related_name="packages")
    digest = models.CharField(max_length=12)
    area = models.CharField(max_length=100, default=WHOLE)
    unit = models.ForeignKey(AdminUnit, models.SET_NULL, null=True, related_name="+")
    # West, south, east, north in degrees.
    bounds = models.JSONField(default=list)
    min_zoom = models.PositiveSmallIntegerField()
    max_zoom = models.PositiveSmallIntegerField()
    tiles_total = models.PositiveIntegerField(default=0)
    tiles_done = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("gói bản đồ ngoại tuyến")
        verbose_name_plural = verbose_name
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=("version", "digest", "area", "min_zoom", "max_zoom"),
                name="package_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.area} z{self.min_zoom}–{self.max_zoom}"

    @property
    def is_whole(self) -> bool:
        """Of the whole layer at all zooms: shared by everybody, kept with its version."""
        return self.area == WHOLE

    @property
    def percent(self) -> int:
        """Share of the tiles that have been looked at."""
        return 100 * self.tiles_done // self.tiles_total if self.tiles_total else 0

    @property
    def path(self) -> Path:
        """Where the finished file lies; no address leads there."""
        return folder() / f"{self.pk}.pmtiles"

    @property
    def name(self) -> str:
        """What the file is called for people: layer, version, date, place."""
        version = self.version
        date = version.data_date or (version.published_at.date() if version.published_at else None)
        day = f"-{date.isoformat()}" if date else ""
        stem = f"{self.layer.slug}-v{version.number}{day}"
        if self.is_whole:
            return f"{stem}.pmtiles"
        place = f"-{self.unit.code}" if self.unit else "" if self.area == ALL else "-khu-vuc"
        return f"{stem}{place}-z{self.min_zoom}-{self.max_zoom}.pmtiles"


def folder() -> Path:
    """The private folder of all packages."""
    return Path(settings.MEDIA_ROOT) / "packages"


def is_full(*, is_whole: bool) -> bool:
    """No more room: of all, or of the share of areas for one of an area."""
    areas = Sum("size", filter=~models.Q(area=WHOLE), default=0)
    used = Package.objects.aggregate(all=Sum("size", default=0), areas=areas)
    room = settings.PORTAL_PACKAGES_MB * MB
    return used["all"] >= room or (not is_whole and used["areas"] >= room * AREAS)
