"""Keys that programs sign in with: what each may do, for which layers, until when.

Only a digest is kept: a key is shown once, when it is made.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from layers.models import Layer

PREFIX = "nap_"
# What a key may do: look at imports, send files to be checked only, send files that wait for
# approval, cancel.
READ, CHECK, STAGE, CANCEL = ACTIONS = ("read", "check", "stage", "cancel")
# Of keys of planners: asking questions (`gis_portal/planner/keys/`); not on the steward's page.
ANALYSE = "analyse"
DAYS, MOST_DAYS = 90, 366


def digest_of(key: str) -> str:
    """A key has 256 random bits, so a plain digest cannot be searched back; no salt is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def all_actions() -> list[str]:
    """Everything that a key can be allowed."""
    return list(ACTIONS)


def in_a_year() -> dt.datetime:
    """The end of keys that were made before keys had one: a year after the update."""
    return timezone.now() + dt.timedelta(days=MOST_DAYS)


class ApiKey(models.Model):
    """One key of one person: does what its owner may do and the key allows, until it expires or is
    revoked.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("dùng cho"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # Of ACTIONS.
    actions = models.JSONField(_("được làm"), default=all_actions)
    # Said apart: a layer that is deleted must not leave a key for all layers behind.
    every_layer = models.BooleanField(_("mọi lớp"), default=True)
    layers = models.ManyToManyField(
        "layers.Layer", verbose_name=_("cho các lớp"), blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("hết hạn lúc"), default=in_a_year)
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
    def make(
        cls,
        user: "User",
        name: str,
        *,
        actions: Iterable[str] = ACTIONS,
        layers: Iterable["Layer"] = (),
        days: int = DAYS,
    ) -> tuple["ApiKey", str]:
        """A new key and its text, which nothing keeps."""
        text = PREFIX + secrets.token_urlsafe(32)
        chosen = list(layers)
        made = cls.objects.create(
            user=user,
            every_layer=not chosen,
            name=name,
            digest=digest_of(text),
            actions=[action for action in (*ACTIONS, ANALYSE) if action in set(actions)],
            expires_at=timezone.now() + dt.timedelta(days=min(max(days, 1), MOST_DAYS)),
        )
        made.layers.set(chosen)
        return made, text

    @classmethod
    def find(cls, text: str) -> "ApiKey | None":
        """The key with this text that is not revoked; notes that it was used. It may have
        expired.
        """
        found = (
            cls.objects.select_related("user")
            .filter(digest=digest_of(text), revoked_at=None, user__is_active=True)
            .first()
        )
        if found is not None:
            cls.objects.filter(pk=found.pk).update(used_at=timezone.now())
        return found

    @property
    def is_expired(self) -> bool:
        """Its time is over."""
        return self.expires_at <= timezone.now()

    def allows(self, action: str) -> bool:
        """Whether it was made for this."""
        return action in self.actions

    def reaches(self, layer: "Layer") -> bool:
        """Whether it was made for this layer."""
        return self.every_layer or any(found.pk == layer.pk for found in self.layers.all())

    def revoke(self) -> None:
        """It opens nothing any more; the row stays, so that it is known that it existed."""
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])
