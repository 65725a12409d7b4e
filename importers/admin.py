"""Import runs and their issues in the admin: to read, never to change."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from importers.comparison import report_of
from importers.models import ImportIssue, ImportRun
from importers.report import render


class _ReadOnly:
    """The record of what happened is not edited."""

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


@admin.register(ImportRun)
class ImportRunAdmin(_ReadOnly, admin.ModelAdmin[ImportRun]):
    """Every import, newest first; its report as the command prints it."""

    list_display = ("started_at", "the_layer", "file_name", "outcome", "rows_read", "rows_loaded")
    list_filter = ("state", "layer")
    search_fields = ("file_name", "error_code")
    list_select_related = ("layer", "version")
    fields = (
        "the_layer",
        "the_version",
        "outcome",
        "dry_run",
        "started_at",
        "finished_at",
        "the_user",
        "file_name",
        "file_format",
        "checksum",
        "crs_code",
        "report_text",
    )
    readonly_fields = (
        "the_layer",
        "the_version",
        "outcome",
        "the_user",
        "checksum",
        "report_text",
        "started_at",
    )

    @admin.display(description=_("Lớp"), ordering="layer")
    def the_layer(self, run: ImportRun) -> str:
        return str(run.layer)

    @admin.display(description=_("Phiên bản"), empty_value="—")
    def the_version(self, run: ImportRun) -> str | None:
        return str(run.version) if run.version else None

    @admin.display(description=_("Người nạp"), empty_value="—")
    def the_user(self, run: ImportRun) -> str | None:
        return str(run.started_by) if run.started_by else None

    @admin.display(description=_("Mã kiểm tra tệp (SHA-256)"), empty_value="—")
    def checksum(self, run: ImportRun) -> str | None:
        return run.file_sha256 or None

    @admin.display(description=_("Kết quả"), ordering="state")
    def outcome(self, run: ImportRun) -> str:
        return run.get_state_display()

    @admin.display(description=_("Báo cáo"), empty_value="—")
    def report_text(self, run: ImportRun) -> SafeString | None:
        if not run.report:
            return None
        style = "white-space: pre-wrap; margin: 0"
        return format_html('<pre style="{}">{}</pre>', style, render(report_of(run)))


@admin.register(ImportIssue)
class ImportIssueAdmin(_ReadOnly, admin.ModelAdmin[ImportIssue]):
    """The defects of one run, by row."""

    list_display = ("the_run", "row", "the_field", "value", "message", "severity")
    list_filter = ("severity", "code")
    list_select_related = ("run__layer",)

    @admin.display(description=_("Lần nạp"), ordering="run")
    def the_run(self, issue: ImportIssue) -> str:
        return str(issue.run)

    @admin.display(description=_("Trường"), ordering="field")
    def the_field(self, issue: ImportIssue) -> str:
        """The fields as people call them; a column that is no field as the file does."""
        fields = issue.run.report.get("fields", {})
        names = issue.field.split(", ")
        return ", ".join(fields.get(name, {}).get("label", name) for name in names)
