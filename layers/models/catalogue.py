"""Sectors, layers and their versions.

A layer's live version is one pointer; `publish.py` alone moves it.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.gis.db import models
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from layers.definition import GEOMETRIES, SLUG, LayerDefinition, Text, parse_definition
from layers.errors import DefinitionError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

# Goes with the source's name wherever the data go: nobody may take them for the authority's own.
ILLUSTRATIVE = Text("Dữ liệu minh họa", "Illustrative data")


def marked(source: str, language: str, *, illustrative: bool) -> str:
    """A source as it is credited; of invented data the credit says so, once."""
    mark = ILLUSTRATIVE(language)
    says_so = not illustrative or mark.lower() in source.lower()
    return source if says_so else f"{mark} · {source}"


def check_slug(value: str) -> None:
    """A slug stands in addresses and in tile layer names."""
    if not SLUG.match(value):
        raise ValidationError(_("Chỉ gồm chữ thường không dấu, số và gạch nối."))


class Sector(models.Model):
    """A field of work that layers are grouped by: land, transport, tourism …"""

    slug = models.CharField(max_length=40, unique=True, validators=[check_slug])
    title_vi = models.CharField(_("tên"), max_length=120)
    title_en = models.CharField(_("tên tiếng Anh"), max_length=120)
    position = models.PositiveIntegerField(_("thứ tự"), default=100)

    class Meta:
        ordering = ("position", "slug")
        verbose_name = _("ngành")
        verbose_name_plural = _("ngành")

    def __str__(self) -> str:
        return self.title_vi


def sees_internal(user: "AbstractBaseUser | AnonymousUser | None") -> bool:
    """The one rule of visibility: public layers are for everybody, internal ones for signed-in
    staff.
    """
    return user is not None and user.is_authenticated and user.is_active


class LayerQuerySet(models.QuerySet["Layer"]):
    """Layers as a reader may see them."""

    def visible_to(self, user: "AbstractBaseUser | AnonymousUser | None") -> "LayerQuerySet":
        """Those that this reader may see."""
        return self if sees_internal(user) else self.filter(visibility=Layer.PUBLIC)

    def published(self) -> "LayerQuerySet":
        """Layers with a live version."""
        return self.filter(live_version__isnull=False)


class Layer(models.Model):
    """A declared layer. `definition` is the whole truth; the other columns are copies to query
    by.
    """

    PUBLIC, INTERNAL = "public", "internal"
    SHIPPED, PLANNER = "shipped", "planner"

    slug = models.CharField(_("mã lớp"), max_length=60, unique=True, validators=[check_slug])
    sector = models.ForeignKey(
        Sector, models.PROTECT, related_name="layers", verbose_name=_("ngành")
    )
    definition = models.JSONField(_("khai báo"), default=dict)
    origin = models.CharField(
        max_length=10, choices=[(SHIPPED, _("có sẵn")), (PLANNER, _("tự thêm"))], default=PLANNER
    )
    title_vi = models.CharField(_("tên lớp"), max_length=200)
    title_en = models.CharField(_("tên tiếng Anh"), max_length=200, blank=True)
    geometry_kind = models.CharField(
        _("kiểu hình"), max_length=10, choices=[(g, g) for g in GEOMETRIES]
    )
    visibility = models.CharField(
        _("ai được xem"),
        max_length=10,
        choices=[(PUBLIC, _("mọi người")), (INTERNAL, _("nội bộ"))],
        default=PUBLIC,
    )
    is_home = models.BooleanField(_("hiện ngay ở trang chủ"), default=False)
    position = models.PositiveIntegerField(_("thứ tự"), default=100)
    live_version = models.OneToOneField(
        "LayerVersion", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = LayerQuerySet.as_manager()

    class Meta:
        ordering = ("position", "slug")
        verbose_name = _("lớp bản đồ")
        verbose_name_plural = _("lớp bản đồ")

    def __str__(self) -> str:
        return self.title_vi

    @property
    def parsed(self) -> LayerDefinition:
        """The definition as dataclasses; parsed once for each stored state of it."""
        cached: tuple[dict[str, Any], LayerDefinition] | None = self.__dict__.get("_parsed")
        if cached is None or cached[0] is not self.definition:
            cached = (self.definition, parse_definition(self.definition))
            self.__dict__["_parsed"] = cached
        return cached[1]

    @cached_property
    def definition_text(self) -> str:
        """The definition as one text, for digests of answers; of the state that was fetched."""
        return repr(self.definition)

    @property
    def is_public(self) -> bool:
        """Everybody may see it."""
        return self.visibility == self.PUBLIC

    def is_visible_to(self, user: "AbstractBaseUser | AnonymousUser | None") -> bool:
        """As `LayerQuerySet.visible_to`, of one that was fetched."""
        return self.is_public or sees_internal(user)

    def title(self, language: str) -> str:
        """The title in that language."""
        return self.title_en if language == "en" and self.title_en else self.title_vi

    def attribution(self, language: str) -> str:
        """What to print beside the live data: the declared credit, else the owner's name."""
        definition, version = self.parsed, self.live_version
        said = definition.attribution(language) or definition.owner_org(language)
        illustrative = version is not None and version.is_illustrative
        return marked(said, language, illustrative=illustrative)

    def clean(self) -> None:
        """A definition that cannot be parsed is refused with all its problems."""
        if self.definition:
            try:
                parse_definition(self.definition)
            except DefinitionError as error:
                raise ValidationError(error.problems) from error


class LayerField(models.Model):
    """A field row as a planner types it in the admin; the definition is rebuilt from the rows.

    Layers that are shipped as TOML have no rows.
    """

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="field_rows")
    position = models.PositiveIntegerField(_("thứ tự"), default=0)
    name = models.CharField(_("tên trường"), max_length=63)
    type = models.CharField(_("kiểu"), max_length=20, default="text")
    label_vi = models.CharField(_("nhãn"), max_length=120)
    label_en = models.CharField(_("nhãn tiếng Anh"), max_length=120, blank=True)
    aliases = models.CharField(_("tên cột trong tệp"), max_length=300, blank=True)
    visibility = models.CharField(
        _("ai được xem"),
        max_length=10,
        default="public",
        choices=[
            ("public", _("mọi người")),
            ("officer", _("cán bộ")),
            ("restricted", _("hạn chế (dữ liệu cá nhân)")),
        ],
    )
    required = models.BooleanField(_("bắt buộc"), default=False)
    is_key = models.BooleanField(_("là khóa"), default=False)
    filterable = models.BooleanField(_("lọc được"), default=False)
    searchable = models.BooleanField(_("tìm được"), default=False)
    unit = models.CharField(_("đơn vị"), max_length=20, blank=True)
    choices = models.TextField(_("các giá trị"), blank=True)

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("trường")
        verbose_name_plural = _("các trường")
        constraints = [
            models.UniqueConstraint(fields=("layer", "name"), name="layerfield_once_per_layer")
        ]

    def __str__(self) -> str:
        return self.label_vi


class LayerVersion(models.Model):
    """A whole import of a layer: loaded aside, checked, then made live or thrown away."""

    STAGING, STAGED, PUBLISHED, RETIRED, DISCARDED = (
        "staging",
        "staged",
        "published",
        "retired",
        "discarded",
    )
    # Their rows are there, and so are the files that they were made from.
    KEPT = (STAGING, STAGED, PUBLISHED, RETIRED)

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("số phiên bản"))
    state = models.CharField(
        _("trạng thái"),
        max_length=10,
        default=STAGING,
        choices=[
            (STAGING, _("đang nạp")),
            (STAGED, _("đã nạp, chờ công bố")),
            (PUBLISHED, _("đang công bố")),
            (RETIRED, _("đã thay thế")),
            (DISCARDED, _("đã bỏ")),
        ],
    )
    created_at = models.DateTimeField(_("tạo lúc"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Everybody who sent, ran again or chose for this content: `created_by` and those before.
    handled_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(_("công bố lúc"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When everybody could first read it; null while only staff could. What was internal then stays
    # so, whatever the layer is now: `layers.past`.
    first_public_at = models.DateTimeField(null=True, editable=False)
    source_name = models.CharField(_("tệp gốc"), max_length=255, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    source_srid = models.IntegerField(_("SRID gốc"), default=4326)
    source_format = models.CharField(_("định dạng"), max_length=30, blank=True)
    source_size = models.BigIntegerField(_("cỡ tệp, byte"), null=True, blank=True)
    # How the system of the file is known: written in it, or chosen by a person.
    crs_origin = models.CharField(
        _("hệ tọa độ do"),
        max_length=10,
        default="file",
        choices=[("file", _("tệp ghi")), ("chosen", _("người nạp chọn"))],
    )
    crs_note = models.TextField(_("ghi chú hệ tọa độ"), blank=True)
    data_date = models.DateField(_("ngày dữ liệu"), null=True, blank=True)
    decision_no = models.CharField(_("số quyết định"), max_length=120, blank=True)
    source_org = models.CharField(_("nguồn"), max_length=200, blank=True)
    is_illustrative = models.BooleanField(_("dữ liệu minh họa"), default=False)
    feature_count = models.PositiveIntegerField(_("số đối tượng"), default=0)
    area_m2 = models.FloatField(_("tổng diện tích, m²"), null=True, blank=True)
    length_m = models.FloatField(_("tổng chiều dài, m"), null=True, blank=True)
    extent = models.PolygonField(srid=4326, null=True, blank=True)
    facets = models.JSONField(default=dict, blank=True)
    # The fields whose values may stand in `properties`; null: made before this was written down.
    public_fields = models.JSONField(null=True, editable=False)
    # What it was compared with, and the counts: publication is refused when another version has
    # become live since.
    base_version = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    change = models.JSONField(default=dict, blank=True)
    removal_reason = models.TextField(_("lý do cho phép bỏ nhiều đối tượng"), blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("duyệt lúc"), null=True, blank=True)
    approval_note = models.TextField(_("ý kiến duyệt"), blank=True)

    class Meta:
        ordering = ("layer", "-number")
        verbose_name = _("phiên bản")
        verbose_name_plural = _("phiên bản")
        constraints = [
            models.UniqueConstraint(fields=("layer", "number"), name="version_number_per_layer")
        ]

    def __str__(self) -> str:
        return f"{self.layer.slug} v{self.number}"
