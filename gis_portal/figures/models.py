"""What was counted once for a version: it never changes, for versions do not."""

from django.db import models

from layers.models import LayerVersion


class Tally(models.Model):
    """The cells of one indicator for one version.

    `digest` names all else that the numbers depend on (`remembered.digest_of`), so a row is never
    out of date: a changed declaration looks for another row.
    """

    version = models.ForeignKey(LayerVersion, models.CASCADE, related_name="tallies")
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=16)
    cells = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("version", "key", "digest"), name="tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.version}"
