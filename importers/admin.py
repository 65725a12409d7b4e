"""Import runs and their issues in the admin: to read, never to change."""

from django.contrib import admin
from django.http import HttpRequest

from importers.models import ImportIssue, ImportRun


class _ReadOnly:
    """The record of what happened is not edited."""

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


@admin.register(ImportRun)
class ImportRunAdmin(_ReadOnly, admin.ModelAdmin[ImportRun]):
    """Every import, newest first."""

    list_display = ("started_at", "layer", "file_name", "state", "rows_read", "rows_loaded")
    list_filter = ("state", "layer")
    search_fields = ("file_name", "error_code")
    list_select_related = ("layer",)


@admin.register(ImportIssue)
class ImportIssueAdmin(_ReadOnly, admin.ModelAdmin[ImportIssue]):
    """The defects of one run, by row."""

    list_display = ("run", "row", "field", "value", "code", "severity")
    list_filter = ("severity", "code")
    list_select_related = ("run__layer",)
