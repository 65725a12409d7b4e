"""The diary of a version: each decision is added in the transaction that makes it.

The version itself shows only what holds now; an approval or a reason that was taken away, a second
publication and who threw it away stand here.
"""

from datetime import datetime

from layers.models import LayerVersion, VersionEvent
from layers.permissions import User


def record(
    version: LayerVersion,
    what: str,
    by: User | None,
    note: str = "",
    *,
    at: datetime | None = None,
) -> None:
    """Add what this person did; `by` None or without an account: the machine's operator.

    `at`: the moment that the version names too; both are asked what was live when (`layers.past`).
    """
    person = by if by is not None and by.pk else None
    event = VersionEvent.objects.create(version=version, what=what, by=person, note=note)  # type: ignore[misc]
    if at is not None:
        # Django fills the column with a moment of its own when a row is made.
        VersionEvent.objects.filter(pk=event.pk).update(at=at)
