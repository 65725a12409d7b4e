"""Every key in the administration site, for superusers: who has one, when it was used, revoking.

People make and revoke their own keys at `/steward/keys/`; this is for keys of others.
"""

import logging

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from importers.api.models import ApiKey

log = logging.getLogger(__name__)


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Shown and revoked; a key is neither made nor changed nor deleted here."""

    list_display = ("user", "name", "actions", "created_at", "used_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__username", "name")
    actions = ("revoke_keys",)
    fields = (
        *("user", "name", "actions", "every_layer", "layers"),
        *("created_at", "used_at", "expires_at", "revoked_at"),
    )
    readonly_fields = fields

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers only, whatever permissions a group was given."""
        return self._is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """See above."""
        return self._is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A key's text is shown to its owner alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """The action revokes; nothing else changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """The row stays, so that it is known that the key existed."""
        return False

    @admin.action(description=_("Thu hồi khóa"), permissions=["view"])
    def revoke_keys(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        """The chosen keys open nothing from now on."""
        for key in chosen.filter(revoked_at=None):
            key.revoke()
            log.warning("Key %s of %s revoked by %s", key.pk, key.user, request.user)
            self.log_change(request, key, "revoked")
        self.message_user(request, _("Đã thu hồi."), messages.SUCCESS)

    def _is_superuser(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
