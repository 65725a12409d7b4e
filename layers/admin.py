"""The administration site of the catalogue: a planner adds a layer here, with no deploy.

The form's rows become the layer's definition, checked by the same parser as the shipped TOML files.
Shipped layers are shown, not edited. No geometry widget is used: Django's draws its map from
another host.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from layers import approval, partitions, past, publish
from layers.catalogue import definition_from_rows
from layers.definition import parse_definition
from layers.errors import PortalError
from layers.layer_form import LayerFieldForm, LayerFieldFormSet, LayerForm
from layers.models import (
    AdminUnit,
    Jurisdiction,
    LandUseCode,
    Layer,
    LayerField,
    LayerVersion,
    Sector,
)
from layers.withdrawal import withdraw_fields

admin.site.site_header = _("Quản trị bản đồ đất đai và hạ tầng")
admin.site.site_title = _("Quản trị")
admin.site.index_title = _("Lớp, phiên bản, đơn vị hành chính")


class LayerFieldInline(admin.TabularInline[LayerField, Layer]):
    """The field rows below the layer."""

    model = LayerField
    form = LayerFieldForm
    formset = LayerFieldFormSet
    extra = 3

    class Media:
        css = {"all": ("layers/admin/fields.css",)}


@admin.register(Layer)
class LayerAdmin(admin.ModelAdmin[Layer]):
    """Planners add and change their own layers; shipped ones are read-only."""

    form = LayerForm
    inlines = (LayerFieldInline,)
    list_display = ("title_vi", "slug", "sector", "geometry_kind", "visibility", "origin")
    list_filter = ("sector", "visibility", "origin")
    search_fields = ("slug", "title_vi", "title_en")

    def has_change_permission(self, request: HttpRequest, obj: Layer | None = None) -> bool:
        """Shipped layers change with the program's files."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.origin == Layer.PLANNER)

    def has_delete_permission(self, request: HttpRequest, obj: Layer | None = None) -> bool:
        """A layer that was ever published stays: addresses point at it."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.versions.exists())

    def get_readonly_fields(
        self, request: HttpRequest, obj: Layer | None = None
    ) -> tuple[str, ...]:
        """The slug and kind of geometry are fixed once there is data."""
        return ("slug", "geometry_kind") if obj and obj.versions.exists() else ()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Rows first, then the definition that they amount to, then who may read the live rows."""
        super().save_related(request, form, formsets, change)
        layer: Layer = form.instance
        layer.definition = definition_from_rows(layer, list(layer.field_rows.all()))
        layer.save(update_fields=["definition"])
        if not layer.parsed.key:
            text = _("Chưa chọn trường khóa: đối tượng được nhận ra bằng hình dạng của nó.")
            self.message_user(request, text, messages.WARNING)
        if layer.live_version_id is None:
            return
        gone = withdraw_fields(layer, parse_definition(form.former), layer.parsed)
        if gone:
            text = _("Đã gỡ khỏi dữ liệu công bố: %s. Nạp lại tệp để cán bộ có quyền xem được.")
            self.message_user(request, text % ", ".join(gone), messages.WARNING)
        partitions.give_to_readers(layer.live_version_id, public=layer.is_public)
        past.note_opened(layer)


@admin.register(LayerVersion)
class LayerVersionAdmin(admin.ModelAdmin[LayerVersion]):
    """History of the layers; publication and roll-back as actions."""

    list_display = (
        "layer",
        "number",
        "state",
        "feature_count",
        "source_name",
        "decision_no",
        "data_date",
        "created_by",
        "approved_by",
        "published_at",
    )
    list_filter = ("state", "layer")
    list_select_related = ("layer", "created_by", "approved_by")
    actions = ("approve_version", "publish_version", "discard_version")
    exclude = ("extent",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Versions come from imports."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: LayerVersion | None = None) -> bool:
        """A version is read; the actions move it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LayerVersion | None = None) -> bool:
        """The history stays."""
        return False

    @admin.action(description=_("Duyệt phiên bản này"), permissions=["publish"])
    def approve_version(self, request: HttpRequest, chosen: QuerySet[LayerVersion]) -> None:
        """Agree to each chosen version; one's own import is refused."""
        for version in chosen:
            self._try(request, version, lambda v: approval.approve(v, request.user))

    @admin.action(description=_("Công bố (hoặc quay về) phiên bản này"), permissions=["publish"])
    def publish_version(self, request: HttpRequest, chosen: QuerySet[LayerVersion]) -> None:
        """Move the pointer of each chosen version's layer."""
        for version in chosen:
            self._try(request, version, lambda v: publish.publish(v, by=request.user, wait=False))

    @admin.action(description=_("Bỏ phiên bản này"), permissions=["publish"])
    def discard_version(self, request: HttpRequest, chosen: QuerySet[LayerVersion]) -> None:
        """Throw the rows of each chosen version away."""
        for version in chosen:
            self._try(request, version, lambda v: publish.discard(v, by=request.user))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Those who may change versions: approvers and administrators."""
        return request.user.has_perm("layers.change_layerversion")

    def _try(self, request: HttpRequest, version: LayerVersion, act: Any) -> None:
        """A refusal is a message, not a crash."""
        try:
            act(version)
        except PortalError as error:
            words = (error.title, error.detail, error.hint)
            text = " ".join(str(part) for part in words if part)
            self.message_user(request, f"{version}: {text}", messages.ERROR)
        else:
            self.message_user(request, _("%s: xong.") % version, messages.SUCCESS)


@admin.register(Sector)
class SectorAdmin(admin.ModelAdmin[Sector]):
    """Sectors in the order of the layer list."""

    list_display = ("title_vi", "title_en", "slug", "position")


@admin.register(AdminUnit)
class AdminUnitAdmin(admin.ModelAdmin[AdminUnit]):
    """Units are loaded from the reference, not typed: names and dates are looked up here."""

    list_display = ("name", "code", "level", "valid_from", "valid_to", "parent")
    list_filter = ("level", "valid_to")
    search_fields = ("name", "code", "search")
    list_select_related = ("parent",)
    exclude = ("geom", "centre")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """See the class."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AdminUnit | None = None) -> bool:
        """See the class."""
        return False


@admin.register(LandUseCode)
class LandUseCodeAdmin(admin.ModelAdmin[LandUseCode]):
    """The land-use list with the standard's colours and how sure they are."""

    list_display = ("code", "name_vi", "status", "colour", "colour_confidence")
    list_filter = ("status", "colour_confidence")
    search_fields = ("code", "name_vi", "name_en")


@admin.register(Jurisdiction)
class JurisdictionAdmin(admin.ModelAdmin[Jurisdiction]):
    """Which units are in whose care."""

    list_display = ("user", "unit")
    autocomplete_fields = ("unit",)
    list_select_related = ("user", "unit")
