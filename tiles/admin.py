"""The administration site shows how far the making of tables for tiles is; it changes nothing."""

from django.contrib import admin
from django.http import HttpRequest

from tiles.models import TileSet


@admin.register(TileSet)
class TileSetAdmin(admin.ModelAdmin[TileSet]):
    """Read only: workers and `manage.py prepare_tiles` write it."""

    list_display = ("version", "state", "built_at", "seconds", "bytes", "attempts", "message")
    list_filter = ("state",)
    list_select_related = ("version__layer",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Publication asks for them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: TileSet | None = None) -> bool:
        """The state is what happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TileSet | None = None) -> bool:
        """It goes with the version."""
        return False
