"""What stewards enter about lots: a register that only grows.

Lots are features of the layer `auction-lots`; these rows name them by `uid`, which outlives every
import. A trigger of the database refuses to change or take out a row
(`migrations/0001_initial.py`): what was wrong is corrected by a later entry that names it.
"""

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NOTE = 1000


class StageEntry(models.Model):
    """One step of one lot, with the decision or notice behind it, who entered it and when.

    `stage` is empty where an entry only states dates (second publication, correction of a notice)
    and where a correction takes an entry back. `round` counts how often the lot is put up.
    """

    uid = models.UUIDField()
    stage = models.CharField(_("giai đoạn"), max_length=20, blank=True)
    round = models.PositiveSmallIntegerField(_("lần đấu giá"), default=1)
    happened_on = models.DateField(_("ngày của quyết định, thông báo"))
    document = models.CharField(_("số quyết định, thông báo"), max_length=120)
    note = models.TextField(_("ghi chú"), max_length=LONGEST_NOTE, blank=True)
    reg_start = models.DateTimeField(_("bắt đầu nhận hồ sơ"), null=True, blank=True)
    reg_end = models.DateTimeField(_("hết hạn nhận hồ sơ"), null=True, blank=True)
    auction_time = models.DateTimeField(_("thời gian đấu giá"), null=True, blank=True)
    winning_price = models.BigIntegerField(_("giá trúng"), null=True, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    at = models.DateTimeField(_("nhập lúc"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        default_permissions = ("view",)
        verbose_name = _("bước của lô đấu giá")
        verbose_name_plural = _("bước của lô đấu giá")
        indexes = [
            # Serves a lot's page and form: the entries of one lot in order.
            models.Index(fields=["uid", "id"], name="auction_entry_of_a_lot"),
        ]

    def __str__(self) -> str:
        return f"{self.uid}: {self.stage or '…'} ({self.document})"


class Attachment(models.Model):
    """A decision or notice as a file of ours or as an address elsewhere."""

    entry = models.ForeignKey(StageEntry, models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    link = models.URLField(max_length=500, blank=True)
    # Of a file: what its content is, its size in bytes, and its digest, which is where it lies.
    kind = models.CharField(max_length=20, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        default_permissions = ("view",)
        verbose_name = _("văn bản đính kèm")
        verbose_name_plural = _("văn bản đính kèm")

    def __str__(self) -> str:
        return self.name
