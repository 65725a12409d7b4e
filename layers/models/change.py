"""What a version changed: the features that differ from the one it was compared with, and which
parcels came from which.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.models.catalogue import Layer, LayerVersion


class VersionChange(models.Model):
    """One feature that differs between a version and its base; unchanged ones have no row."""

    ADDED, REMOVED, SHAPE, VALUES, BOTH = "added", "removed", "shape", "values", "both"

    version = models.ForeignKey(LayerVersion, models.CASCADE, related_name="changes")
    uid = models.UUIDField()
    key = models.TextField()
    what = models.CharField(
        max_length=10,
        choices=[
            (ADDED, _("thêm")),
            (REMOVED, _("mất")),
            (SHAPE, _("đổi hình")),
            (VALUES, _("đổi thuộc tính")),
            (BOTH, _("đổi cả hình và thuộc tính")),
        ],
    )

    class Meta:
        indexes = [
            # Serves the page of a version's changes and its map: one kind at a time.
            models.Index(fields=["version", "what"], name="change_by_kind"),
            # Serves /changes: the uids of some versions in their order, from one on.
            models.Index(fields=["version", "uid"], name="change_by_uid"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.what}"


class VersionEvent(models.Model):
    """Who did what to a version, and when; nothing is ever taken out. `by` None: the machine."""

    APPROVED, REASON, COMPARED, PUBLISHED, DISCARDED = (
        "approved",
        "reason",
        "compared",
        "published",
        "discarded",
    )

    version = models.ForeignKey(LayerVersion, models.CASCADE, related_name="events")
    what = models.CharField(
        max_length=10,
        choices=[
            (APPROVED, _("duyệt")),
            (REASON, _("ghi lý do bỏ nhiều đối tượng")),
            (COMPARED, _("so lại với bản đang công bố")),
            (PUBLISHED, _("công bố")),
            (DISCARDED, _("bỏ phiên bản")),
        ],
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("version", "id")

    def __str__(self) -> str:
        return f"{self.version_id}: {self.what}"


class Lineage(models.Model):
    """A former feature and the one in its place; a split has several rows, so has a merge.

    Shares are of area, 0–1: how much of the old lies in the new, how much of the new in the old.
    """

    RENUMBERED, SPLIT, MERGED, REARRANGED = "renumbered", "split", "merged", "rearranged"

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="lineage")
    version = models.ForeignKey(LayerVersion, models.CASCADE, related_name="lineage")
    kind = models.CharField(
        max_length=10,
        choices=[
            (RENUMBERED, _("đổi số thửa")),
            (SPLIT, _("tách thửa")),
            (MERGED, _("hợp thửa")),
            (REARRANGED, _("sắp xếp lại")),
        ],
    )
    old_uid = models.UUIDField()
    old_key = models.TextField()
    new_uid = models.UUIDField()
    new_key = models.TextField()
    old_share = models.FloatField()
    new_share = models.FloatField()

    class Meta:
        ordering = ("version", "old_key", "new_key")
        constraints = [
            models.UniqueConstraint(
                fields=("version", "old_uid", "new_uid"), name="lineage_pair_once"
            )
        ]
        indexes = [
            # Serves "what became of this parcel" and "what was here before".
            models.Index(fields=["layer", "old_uid"], name="lineage_by_old"),
            # Serves the same question the other way round.
            models.Index(fields=["layer", "new_uid"], name="lineage_by_new"),
        ]

    def __str__(self) -> str:
        return f"{self.old_key} → {self.new_key} ({self.kind})"
