"""A device's session: made after signing in, renewed by use, ended by expiry or by revoking.

The cookie is `<id>.<secret>`. What may end it is asked at every request: its own row, the account,
its roles. Nothing about it is kept in memory.
"""

import datetime as dt
import hashlib
import hmac
import logging
import secrets
import uuid
from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.models import User as Account
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gis_portal.officer.devices.errors import (
    DeviceExpired,
    DeviceRevoked,
    DeviceUnknown,
    TooManyDevices,
    UnknownDevice,
)
from gis_portal.officer.devices.models import Device
from gis_portal.officer.jurisdiction import may_supervise
from layers.permissions import User

log = logging.getLogger(__name__)
# A device that is in use all day is written to once in so many minutes.
_SEEN_AGAIN = dt.timedelta(minutes=15)


def make_device(user: Account, name: str, platform: str) -> tuple[Device, str]:
    """A new device of this person, and what its cookie says. Raises TooManyDevices."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        # Two sign-ins at once are counted one after the other.
        Account.objects.select_for_update().get(pk=user.pk)
        live = user.devices.filter(revoked_at=None, expires_at__gt=timezone.now())
        if live.count() >= settings.PORTAL_DEVICES_EACH:
            raise TooManyDevices
        device = Device.objects.create(
            user=user,
            name=name,
            platform=platform,
            secret_hash=_hash(secret),
            expires_at=timezone.now() + dt.timedelta(days=settings.PORTAL_DEVICE_DAYS),
        )
    return device, f"{device.pk}.{secret}"


def device_of(cookie: str) -> Device:
    """The device that this cookie belongs to, with its account, when it may be used now.

    Raises DeviceUnknown, DeviceExpired, DeviceRevoked.
    """
    device = known_device(cookie)
    if device is None:
        raise DeviceUnknown
    if device.revoked_at is not None or not device.user.is_active:
        raise DeviceRevoked
    if not device.is_live:
        raise DeviceExpired
    return device


def known_device(cookie: str) -> Device | None:
    """The device that this cookie belongs to, in whatever state it is."""
    key, _dot, secret = cookie.partition(".")
    try:
        device = Device.objects.select_related("user").filter(pk=uuid.UUID(key)).first()
    except ValueError:
        return None
    if device is None or not hmac.compare_digest(device.secret_hash, _hash(secret)):
        return None
    return device


def renew(device: Device) -> bool:
    """Count this use: it may be used so many days from now, but not beyond its longest life.

    Answers whether its cookie should be renewed too.
    """
    now = timezone.now()
    if now - device.last_seen_at < _SEEN_AGAIN:
        return False
    longest = device.created_at + dt.timedelta(days=settings.PORTAL_DEVICE_MOST_DAYS)
    device.last_seen_at = now
    device.expires_at = min(now + dt.timedelta(days=settings.PORTAL_DEVICE_DAYS), longest)
    # Whoever revokes it meanwhile is not undone.
    device.save(update_fields=["last_seen_at", "expires_at"])
    return True


def devices_of(units: Collection[int] | None = None) -> QuerySet[Device]:
    """Devices of those who have one of these units in their care, the latest used first; all
    devices when no units are named. Who may ask is the caller's matter.
    """
    devices = Device.objects.select_related("user", "revoked_by")
    if units is None:
        return devices
    return devices.filter(user__jurisdictions__unit__in=units).distinct()


def revoke(device: Device, by: User) -> None:
    """End it, from its next request on; the device then wipes itself. By its owner or a supervisor.

    Raises UnknownDevice for anybody else.
    """
    if by.pk != device.user_id and not may_supervise(by):
        raise UnknownDevice
    ended = Device.objects.filter(pk=device.pk, revoked_at=None)
    if ended.update(revoked_at=timezone.now(), revoked_by_id=by.pk):
        log.info("Device %s of account %s was revoked by account %s", device.pk, device.user_id, by)
    device.refresh_from_db(fields=["revoked_at", "revoked_by"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
