"""Addresses for QGIS: made by a planner for a run, revoked by the same.

A program that knows no session reads at such an address what its maker may see, now: a run that is
not shared with them any more, a role that was taken away, an account that is closed end it too.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_portal.planner.errors import UnknownRun
from gis_portal.planner.models import Run, RunAddress
from gis_portal.planner.permissions import (
    check_planner,
    is_planner,
    new_share_token,
    run_visible_to,
    share_digest,
)
from gis_portal.planner.results.errors import TooManyAddresses, UnknownRunAddress
from layers.permissions import User

# How exactly it is known when one was last used.
NOTED = dt.timedelta(minutes=1)
LONGEST_NAME = 80


def make(run: Run, user: Any, name: str) -> tuple[RunAddress, str]:
    """A new address and its secret, which nothing keeps. Raises SignInToPlan, UnknownRun,
    TooManyAddresses.
    """
    check_planner(user)
    run_visible_to(run.pk, user)
    secret, digest = new_share_token()
    with transaction.atomic():
        # Two at once count each other.
        Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
        taken = RunAddress.objects.filter(run=run, made_by=user.pk, revoked_at=None).count()
        if taken >= settings.PORTAL_RUN_ADDRESSES:
            raise TooManyAddresses(_("Tối đa %(most)d.") % {"most": settings.PORTAL_RUN_ADDRESSES})
        name = " ".join(name.replace("\x00", "").split())[:LONGEST_NAME] or "QGIS"
        made = RunAddress.objects.create(run=run, made_by=user, name=name, digest=digest)
    return made, secret


def made_by(user: User, run: Run) -> list[RunAddress]:
    """All of one's own of a run, also the revoked ones."""
    return list(RunAddress.objects.filter(run=run, made_by=user.pk))


def revoke(number: int, run: UUID, user: User) -> None:
    """It opens nothing from now on. Raises UnknownRunAddress, also for somebody else's."""
    mine = RunAddress.objects.filter(pk=number, run=run, made_by=user.pk, revoked_at=None)
    if not mine.update(revoked_at=timezone.now()):
        raise UnknownRunAddress


def run_at(secret: str) -> Run:
    """The run that this address opens. Raises UnknownRunAddress."""
    rows = RunAddress.objects.select_related("made_by").filter(
        digest=share_digest(secret), revoked_at=None, made_by__is_active=True
    )
    address = rows.first()
    if address is None or not is_planner(address.made_by):
        raise UnknownRunAddress
    now = timezone.now()
    if address.used_at is None or address.used_at < now - NOTED:
        RunAddress.objects.filter(pk=address.pk).update(used_at=now)
    try:
        return run_visible_to(address.run_id, address.made_by)
    except UnknownRun as error:
        raise UnknownRunAddress from error
