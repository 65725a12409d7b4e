"""Which proposals exclude each other.

Two proposals for the same value of the same parcel are in conflict when they come from different
devices, want different things, and neither knew of the other: neither was made on top of what the
other wants. The rule looks at two proposals and nothing else, so that the order in which they
arrive does not matter. One that the register itself has left behind is in conflict with it.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from gis_portal.officer.field.models import Conflict, Proposal


def same_value(one: Any, other: Any) -> bool:
    """Whether a reader sees the same: nothing is nothing, 5 is 5.0, Unicode in one form."""
    return bool(_comparable(one) == _comparable(other))


def exclude(one: Proposal, other: Proposal) -> bool:
    """See above."""
    return (
        one.device != other.device
        and not same_value(one.new, other.new)
        and not same_value(one.old, other.new)
        and not same_value(other.old, one.new)
    )


def left_behind(proposal: Proposal, before: Any, now: Any) -> bool:
    """The register has changed since the version that the device had, to what the officer neither
    saw nor wants.
    """
    return not any(same_value(now, known) for known in (before, proposal.old, proposal.new))


def conflicts_with(proposal: Proposal) -> list[Proposal]:
    """The earlier ones. Its caller holds the lock of this value."""
    others = Proposal.objects.filter(
        layer_slug=proposal.layer_slug, uid=proposal.uid, field=proposal.field
    ).exclude(pk=proposal.pk)
    return [other for other in others if exclude(proposal, other)]


def open_conflicts(proposal: Proposal, others: Iterable[Proposal]) -> None:
    """A row for each pair, the smaller id first."""
    now = timezone.now()
    for other in others:
        first, second = sorted((proposal, other), key=lambda one: one.pk)
        Conflict.objects.create(first=first, second=second, opened_at=now)


def open_register_conflict(proposal: Proposal, value: Any, version: int) -> None:
    """The proposal against what the register says now."""
    Conflict.objects.create(
        first=proposal, register_value=value, register_version=version, opened_at=timezone.now()
    )


def _comparable(value: Any) -> Any:
    if value in (None, "", []):
        return None
    if isinstance(value, bool):
        return ("truth", value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip() or None
    if isinstance(value, list):
        return tuple(_comparable(one) for one in value)
    return value
