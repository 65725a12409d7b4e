"""Four eyes: who may approve and publish a version, and the approval itself.

An approval is given to a version's content and comparison: neither changes afterwards, and
comparing again takes it away. `layers.publish` asks `check_publication`; pages and the
administration ask `may_approve` and `may_publish` to know which buttons to show.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from layers import events
from layers.errors import (
    ApprovalNeeded,
    ApproverNeeded,
    OwnImport,
    PortalError,
    PublicationRefused,
    StaleComparison,
)
from layers.models import Layer, LayerVersion, VersionEvent
from layers.permissions import APPROVER, STEWARD, User, roles_of


def approve(version: LayerVersion, by: User, note: str = "") -> LayerVersion:
    """Record that this person agrees. Raises ApproverNeeded, OwnImport, PublicationRefused,
    StaleComparison.
    """
    with transaction.atomic():
        version = _locked(version)
        _check_approver(version, by)
        check_comparison(version, version.layer)
        _set_approval(version, by, note.strip())
        events.record(version, VersionEvent.APPROVED, by, note.strip())
    return version


def withdraw_approval(version: LayerVersion) -> None:
    """What was agreed to is not what stands there any more."""
    version.approved_by, version.approved_at, version.approval_note = None, None, ""
    version.save(update_fields=["approved_by", "approved_at", "approval_note"])


def allow_removals(version: LayerVersion, by: User, reason: str) -> LayerVersion:
    """Say why much may be taken away; an approval given before is not for that.

    Raises ApproverNeeded, PublicationRefused.
    """
    if not roles_of(by) & {STEWARD, APPROVER}:
        raise ApproverNeeded
    with transaction.atomic():
        version = _locked(version)
        version.removal_reason = reason.strip()
        version.save(update_fields=["removal_reason"])
        withdraw_approval(version)
        events.record(version, VersionEvent.REASON, by, version.removal_reason)
    return version


def forget_decisions(version: LayerVersion) -> None:
    """Approval and reason were for another comparison: neither holds for the next one."""
    withdraw_approval(version)
    version.removal_reason = ""
    version.save(update_fields=["removal_reason"])


def may_approve(version: LayerVersion, user: User | None) -> bool:
    """An approver, of a staged version that is not their own (unless the settings allow)."""
    return _refusal_of_approver(version, user) is None


def may_publish(version: LayerVersion, user: User | None) -> bool:
    """Whether `publish(version, by=user)` passes as far as persons go."""
    try:
        check_publication(version, user)
    except PortalError:
        return False
    return True


def check_publication(version: LayerVersion, by: User | None) -> None:
    """Raises what keeps this person from publishing: ApproverNeeded, OwnImport, ApprovalNeeded.

    A version that was live before needs an approver, not another approval: going back is urgent.
    """
    if by is None:
        raise ApprovalNeeded(_("Không rõ ai công bố."))
    if APPROVER not in roles_of(by):
        raise ApproverNeeded
    if version.state != LayerVersion.STAGED or not settings.PORTAL_FOUR_EYES:
        return
    if is_own(version, by):
        raise OwnImport
    # The one who imported may have got the approver's role since, or the setting may have changed.
    approver = version.approved_by
    if approver is None or is_own(version, approver):
        raise ApprovalNeeded


def check_comparison(version: LayerVersion, layer: Layer) -> None:
    """Raises StaleComparison when a staged version was compared with another than the live one."""
    if version.state == LayerVersion.STAGED and version.base_version_id != layer.live_version_id:
        raise StaleComparison


def is_own(version: LayerVersion, user: User) -> bool:
    """Whether this person had the content in hands: sent it, ran it again, chose for it."""
    if user.pk is None:
        return False
    return version.created_by_id == user.pk or version.handled_by.filter(pk=user.pk).exists()


def _check_approver(version: LayerVersion, by: User | None) -> None:
    refusal = _refusal_of_approver(version, by)
    if refusal is not None:
        raise refusal


def _refusal_of_approver(version: LayerVersion, user: User | None) -> PortalError | None:
    if APPROVER not in roles_of(user):
        return ApproverNeeded()
    if version.state != LayerVersion.STAGED:
        return PublicationRefused(f"{version}: {version.get_state_display()}")
    if settings.PORTAL_FOUR_EYES and user is not None and is_own(version, user):
        return OwnImport()
    return None


def _set_approval(version: LayerVersion, by: User, note: str) -> None:
    version.approved_by = by  # type: ignore[assignment]
    version.approved_at, version.approval_note = timezone.now(), note
    version.save(update_fields=["approved_by", "approved_at", "approval_note"])


def _locked(version: LayerVersion) -> LayerVersion:
    """The staged version as it is now, held until the transaction ends."""
    rows = LayerVersion.objects.select_related("layer").select_for_update(of=("self",))
    found = rows.get(pk=version.pk)
    if found.state != LayerVersion.STAGED:
        raise PublicationRefused(f"{found}: {found.get_state_display()}")
    return found
