"""A map that a planner put together."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from layers.permissions import PLANNER, User, roles_of


class CompositionQuerySet(models.QuerySet["Composition"]):
    """With the one rule of who may open what."""

    def visible_to(self, user: User | None) -> "CompositionQuerySet":
        """One's own, and for planners what was shared with them. Links are `openable_by`."""
        if PLANNER not in roles_of(user):
            return self.none()
        assert user is not None
        return self.filter(Q(owner_id=user.pk) | Q(shared=Composition.PLANNERS))

    def openable_by(self, user: User | None) -> "CompositionQuerySet":
        """As above, and what everybody who has its address may open."""
        linked = Q(shared=Composition.LINK)
        if PLANNER not in roles_of(user):
            return self.filter(linked)
        assert user is not None
        return self.filter(linked | Q(owner_id=user.pk) | Q(shared=Composition.PLANNERS))


class Composition(models.Model):
    """Layers of two sides with their drawing, the view, and how the sides stand."""

    PRIVATE, LINK, PLANNERS = "private", "link", "planners"
    SHARED = [
        (PRIVATE, _("chỉ tôi")),
        (LINK, _("ai có đường dẫn")),
        (PLANNERS, _("mọi cán bộ quy hoạch")),
    ]

    # Unguessable: it is the address that is handed on.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    document = models.JSONField()
    shared = models.CharField(max_length=10, choices=SHARED, default=PRIVATE)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CompositionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("-updated_at",)
        indexes = [
            # Serves the list of one planner's maps, newest first.
            models.Index(fields=["owner", "-updated_at"], name="planner_composition_of"),
        ]

    def __str__(self) -> str:
        return self.title
