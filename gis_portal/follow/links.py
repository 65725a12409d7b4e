"""Links of mails: signed, so that nobody can make one for somebody else; stored nowhere.

A link to confirm lasts as long as the setting says. Links to stop last as long as what they stop:
one follow, or everything that an address follows.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from gis_portal.follow.errors import LinkExpired

_CONFIRM, _STOP = "gis_portal.follow.confirm", "gis_portal.follow.stop"


@dataclass(frozen=True)
class Stop:
    """What a link stops: the follow with this number, or all of a reader."""

    follow_id: int | None
    reader: str


def confirm_link(follow_id: int) -> str:
    """Where an address is confirmed."""
    token = signing.dumps(follow_id, salt=_CONFIRM)
    return absolute(reverse("follow-confirm", args=[token]))


def read_confirm(token: str) -> int:
    """The follow's number. Raises LinkExpired."""
    lasts = dt.timedelta(hours=settings.PORTAL_FOLLOW_CONFIRM_HOURS)
    try:
        return int(signing.loads(token, salt=_CONFIRM, max_age=lasts))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkExpired from error


def stop_link(reader: str, follow_id: int | None = None) -> str:
    """Where one follow ends, or all; without a time in it: a mail sent again is the same."""
    token = signing.Signer(salt=_STOP).sign_object([follow_id, reader])
    return absolute(reverse("follow-stop", args=[token]))


def read_stop(token: str) -> Stop:
    """Raises LinkExpired when it was changed on its way."""
    try:
        follow_id, reader = signing.Signer(salt=_STOP).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkExpired from error
    return Stop(follow_id, str(reader))


def absolute(path: str) -> str:
    """A mail has no page that it stands on."""
    return f"{settings.PORTAL_ADDRESS.rstrip('/')}{path}"
