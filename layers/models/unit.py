"""Administrative units with validity and succession.

Nothing is keyed by a bare code: codes were reused.
"""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.utils.translation import gettext_lazy as _


class AdminUnit(models.Model):
    """A province, former district or commune as it was called and coded between two dates."""

    PROVINCE, DISTRICT, COMMUNE = "province", "district", "commune"

    code = models.CharField(_("mã"), max_length=5)
    level = models.CharField(
        _("cấp"),
        max_length=10,
        choices=[(PROVINCE, _("tỉnh")), (DISTRICT, _("huyện")), (COMMUNE, _("xã"))],
    )
    kind = models.CharField(_("loại"), max_length=40)
    name = models.CharField(_("tên"), max_length=120)
    short_name = models.CharField(_("tên gọn"), max_length=120)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)
    decree = models.CharField(_("văn bản"), max_length=200, blank=True)
    centre = models.PointField(srid=4326, null=True, blank=True)
    geom = models.MultiPolygonField(srid=4326, null=True, blank=True)
    is_illustrative_shape = models.BooleanField(default=False)
    # Folded name, with kind and parents: what the search box compares with.
    search = models.TextField(default="", editable=False)

    class Meta:
        ordering = ("level", "code", "valid_from")
        verbose_name = _("đơn vị hành chính")
        verbose_name_plural = _("đơn vị hành chính")
        constraints = [
            models.UniqueConstraint(
                fields=("level", "code", "valid_from"), name="unit_code_at_a_date"
            )
        ]
        indexes = [
            # Serves the search box: names typed without accents, in part.
            GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="unit_search_trgm"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code}, {self.valid_from.year})"

    @property
    def is_current(self) -> bool:
        """In force today."""
        return self.valid_to is None


class UnitSuccession(models.Model):
    """A former unit passed to a later one, whole or in part (share of area where known)."""

    old = models.ForeignKey(AdminUnit, models.CASCADE, related_name="successions")
    new = models.ForeignKey(AdminUnit, models.CASCADE, related_name="origins")
    whole = models.BooleanField(default=True)
    share = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("old", "new"), name="succession_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Jurisdiction(models.Model):
    """A unit in an officer's care; an officer has any number of them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jurisdictions")
    unit = models.ForeignKey(AdminUnit, models.CASCADE, related_name="officers")

    class Meta:
        verbose_name = _("địa bàn phụ trách")
        verbose_name_plural = _("địa bàn phụ trách")
        constraints = [models.UniqueConstraint(fields=("user", "unit"), name="jurisdiction_once")]

    def __str__(self) -> str:
        return f"{self.user} – {self.unit}"
