"""The diary of a version: each decision is added in the transaction that makes it.

The version itself shows only what holds now; an approval or a reason that was taken away, a second
publication and who threw it away stand here.
"""

from layers.models import LayerVersion, VersionEvent
from layers.permissions import User


def record(version: LayerVersion, what: str, by: User | None, note: str = "") -> None:
    """Add what this person did; `by` None or without an account: the machine's operator."""
    person = by if by is not None and by.pk else None
    VersionEvent.objects.create(version=version, what=what, by=person, note=note)  # type: ignore[misc]
