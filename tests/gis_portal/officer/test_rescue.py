"""The key to unsent reports: for the person whose device it was, and nobody else."""

import base64

import pytest

from gis_portal.officer.devices import sessions
from gis_portal.officer.devices.models import Device
from layers.permissions import OFFICER
from tests.gis_portal.officer.field.sending import account
from tests.gis_portal.officer.test_devices import asks, signs_in
from tests.gis_portal.officer.test_jurisdiction import unit

pytestmark = pytest.mark.django_db


def test_only_who_wrote_them_gets_the_key_even_after_revocation() -> None:
    ward = unit("90001")
    owner = account("officer", OFFICER, units=(ward,))
    other = signs_in(account("other", OFFICER, units=(ward,)))
    phone = signs_in(owner)
    first = Device.objects.get(user=owner)
    address = f"/officer/api/rescue/{first.pk}"
    status, found = asks(phone, address)
    assert status == 200
    assert len(base64.b64decode(found["key"])) == 32
    assert found["former"] == []
    sessions.revoke(first, owner)
    assert asks(phone, address)[1]["code"] == "device-revoked"
    assert asks(signs_in(owner), address) == (200, found)
    assert asks(other, address)[0] == 404
