"""What outlives a version: other keys of a feature, and features that are gone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from layers.models.catalogue import Layer, LayerVersion


class IdentityAlias(models.Model):
    """A key that leads to a uid which the key alone would not give (renumbered, corrected).

    `since` is empty until a version with it is published. One key may have had several: the live
    version says which holds (`layers.identity`).
    """

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="aliases")
    key = models.TextField()
    uid = models.UUIDField()
    # renumbered: same place, another number; reused: the number went to another place.
    kind = models.CharField(max_length=20, default="renumbered")
    since = models.ForeignKey(LayerVersion, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("layer", "key", "uid"), name="alias_once_per_layer")
        ]

    def __str__(self) -> str:
        return f"{self.key} → {self.uid}"


class RetiredIdentity(models.Model):
    """A uid that was live and is in no later version; answers 410 with its successors."""

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="retired")
    uid = models.UUIDField()
    key = models.TextField()
    last_version = models.ForeignKey(LayerVersion, models.SET_NULL, null=True, related_name="+")
    successors = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("layer", "uid"), name="retired_once")]

    def __str__(self) -> str:
        return f"{self.key} ({self.uid})"
