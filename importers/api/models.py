"""Keys that programs sign in with. Only a digest is kept: a key is shown once, when it is made."""

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PREFIX = "nap_"


def digest_of(key: str) -> str:
    """A key has 256 random bits, so a plain digest cannot be searched back; no salt is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


class ApiKey(models.Model):
    """One key of one person: does what its owner may do, until it is revoked."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("dùng cho"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("tạo lúc"), auto_now_add=True)
    used_at = models.DateTimeField(_("dùng lần cuối"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("khóa API")
        verbose_name_plural = _("khóa API")

    def __str__(self) -> str:
        return f"{self.name} ({self.user})"

    @classmethod
    def make(cls, user: "User", name: str) -> tuple["ApiKey", str]:
        """A new key and its text, which nothing keeps."""
        text = PREFIX + secrets.token_urlsafe(32)
        return cls.objects.create(user=user, name=name, digest=digest_of(text)), text

    @classmethod
    def find(cls, text: str) -> "ApiKey | None":
        """The key with this text that opens anything; notes that it was used."""
        found = (
            cls.objects.select_related("user")
            .filter(digest=digest_of(text), revoked_at=None, user__is_active=True)
            .first()
        )
        if found is not None:
            cls.objects.filter(pk=found.pk).update(used_at=timezone.now())
        return found

    def revoke(self) -> None:
        """It opens nothing any more; the row stays, so that it is known that it existed."""
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])
