"""Parts of packs that are made, who took which of them along, what the office chose to be in them,
and the pages of the handbook.

A part's row says by what it was made (`key`) and which file it is (`sha256`); the file lies in the
store under its hash. Of the personal part the row has hash and size only: it is made anew for each
reader who may have it.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.models import AdminUnit, LayerVersion

PARCELS, PRIVATE, LAYERS = "parcels", "private", "layers"
TILES, HANDBOOK, IMAGERY = "tiles", "handbook", "imagery"
LABELS = {
    PARCELS: _("Thửa đất công và hồ sơ"),
    PRIVATE: _("Dữ liệu cá nhân"),
    LAYERS: _("Các lớp công khai"),
    TILES: _("Bản đồ"),
    HANDBOOK: _("Sổ tay nghiệp vụ"),
    IMAGERY: _("Ảnh chụp từ trên cao"),
}


class Part(models.Model):
    """One file of the packs of one unit; the handbook is every unit's."""

    unit = models.ForeignKey(AdminUnit, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=list(LABELS.items()))
    # Digest of everything that the bytes are made from: the same key gives the same part.
    key = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    version = models.ForeignKey(LayerVersion, models.SET_NULL, null=True, related_name="+")
    as_of = models.DateField(null=True)
    # Of parcels: the parcels part whose rows the tiles beside it show; empty: its own.
    base = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    # When it was last part of a pack; files go some days after.
    wanted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)
        indexes = [
            # Serves "which part is this" at every download, and "the last one made for the unit".
            models.Index(fields=["unit", "kind", "sha256"], name="packs_part_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id or ''} {self.sha256[:8]}"

    @property
    def tiles_base(self) -> str:
        """Whose rows the tiles show."""
        return self.base or self.sha256


class Handout(models.Model):
    """The last part of a kind that a device took along of a unit, handed out whole."""

    device = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    unit = models.ForeignKey(AdminUnit, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=list(LABELS.items()))
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    version_number = models.PositiveIntegerField(null=True)
    as_of = models.DateField(null=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("device", "unit", "kind"), name="packs_handout_once")
        ]
        indexes = [
            # Serves the desk: which packs of these units are in use.
            models.Index(fields=["unit", "-at"], name="packs_handout_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.unit_id} {self.kind}"


class Choice(models.Model):
    """What the office wants in the packs besides the public land; the newest row holds. Without a
    row it is `chosen.default_slugs`.
    """

    slugs = models.JSONField(default=list)
    imagery = models.BooleanField(default=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ("-id",)

    def __str__(self) -> str:
        return ", ".join(self.slugs)


class HandbookPage(models.Model):
    """A page as somebody wrote it; the newest row of a slug holds, and over the shipped page of
    that name. `is_shipped`: back to the shipped text; `is_hidden`: not in the handbook.
    """

    slug = models.SlugField(max_length=60)
    section = models.CharField(_("phần"), max_length=20, default="procedure")
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=100)
    title_vi = models.CharField(_("tên trang"), max_length=160, blank=True)
    title_en = models.CharField(_("tên tiếng Anh"), max_length=160, blank=True)
    body_vi = models.TextField(_("nội dung"), blank=True)
    body_en = models.TextField(_("nội dung tiếng Anh"), blank=True)
    is_hidden = models.BooleanField(_("không hiện trong sổ tay"), default=False)
    is_shipped = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ("slug", "-id")
        indexes = [
            # Serves the handbook: the newest row of each page.
            models.Index(fields=["slug", "-id"], name="packs_page_newest"),
        ]

    def __str__(self) -> str:
        return self.title_vi or self.slug
