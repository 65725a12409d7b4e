"""What can be done with an import now, by this person: the buttons of its page.

A button that somebody may not press is not shown; where the reason helps, it is said instead.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from gis_portal.steward.access import may_publish as is_approver
from gis_portal.steward.access import may_upload
from importers import jobs, originals
from importers.models import ImportRun
from layers import approval
from layers.errors import PortalError
from layers.models import LayerVersion
from layers.permissions import User
from layers.publish import check_removals

_AGAIN = (
    ImportRun.REFUSED,
    ImportRun.CHECKED,
    ImportRun.FAILED,
    ImportRun.INTERRUPTED,
    ImportRun.CANCELLED,
)


@dataclass(frozen=True)
class Choices:
    """Each is one button or one sentence.

    Attributes:
        again: the kept file can be run once more, with another system or to be loaded.
        stage: a file that was only checked can be loaded.
        needs_reason: much would go; somebody must say why first.
        stale: another version has become live since the comparison.
        waits_for_other: only the rule of four eyes keeps this person from approving.
    """

    cancel: bool = False
    again: bool = False
    stage: bool = False
    approve: bool = False
    publish: bool = False
    discard: bool = False
    needs_reason: bool = False
    stale: bool = False
    waits_for_other: bool = False

    @property
    def any_decision(self) -> bool:
        """Something about the staged version can be decided here."""
        return any((self.approve, self.publish, self.discard, self.needs_reason, self.stale))


def choices_of(run: ImportRun, user: User) -> Choices:
    """The buttons for this person."""
    sender = may_upload(user)
    if run.state not in ImportRun.ENDED:
        return Choices(cancel=sender and not run.cancel_requested)
    version = run.version
    if version is not None and version.state == LayerVersion.STAGED:
        return _of_staged(version, user)
    again = sender and run.state in _AGAIN and has_file(run)
    return Choices(again=again, stage=again and run.state == ImportRun.CHECKED)


def _of_staged(version: LayerVersion, user: User) -> Choices:
    removals_open = _raises(lambda: check_removals(version))
    stale = _raises(lambda: approval.check_comparison(version, version.layer))
    approver = is_approver(user)
    decidable = not removals_open and not stale
    own = settings.PORTAL_FOUR_EYES and approval.is_own(version, user)
    return Choices(
        approve=decidable and version.approved_at is None and approval.may_approve(version, user),
        publish=decidable and approval.may_publish(version, user),
        discard=approver or may_upload(user),
        needs_reason=removals_open,
        stale=stale,
        waits_for_other=not approver or own,
    )


def _raises(check: Callable[[], object]) -> bool:
    try:
        check()
    except PortalError:
        return True
    return False


def has_file(run: ImportRun) -> bool:
    """Whether the file is still there: waiting with its run, or kept as an original."""
    return jobs.file_of(run) is not None or originals.is_kept(run.file_sha256)
