"""The office's key to what an officer wrote on a device.

A device seals unsent reports by a key behind the PIN, and once more by this one, which it does not
keep. After a forgotten PIN or a revocation the device can read nothing; the same person, signed in
again, gets the key and with it the reports (docs/decisions/0038).
"""

import base64
import hashlib
import hmac
import logging
import uuid

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from gis_portal.officer.devices.door import OfficerRequest, officer_api
from gis_portal.officer.devices.errors import UnknownDevice
from gis_portal.officer.devices.models import Device

log = logging.getLogger(__name__)


def keys_of(device: uuid.UUID) -> list[str]:
    """Made of the portal's secret: nothing to store. Then those of the secrets of before."""
    words = b"officer-rescue:" + device.bytes
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    keys = (hmac.digest(secret.encode(), words, hashlib.sha256) for secret in secrets)
    return [base64.b64encode(key).decode() for key in keys]


@require_safe
@officer_api
def rescue(request: OfficerRequest, device: uuid.UUID) -> HttpResponse:
    """GET /officer/api/rescue/<device>: for a device of the same person, in whatever state."""
    own = Device.objects.filter(pk=device, user=request.officer.user).first()
    if own is None:
        raise UnknownDevice
    if own.pk != request.officer.device.pk:
        log.info("Device %s asked for the reports of device %s", request.officer.device.pk, own.pk)
    key, *former = keys_of(own.pk)
    return JsonResponse({"device": own.pk, "key": key, "former": former})
