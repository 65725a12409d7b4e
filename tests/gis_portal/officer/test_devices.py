"""An officer's device: signs in once, works for weeks, stops the moment somebody says so."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from gis_portal.officer import jurisdiction
from gis_portal.officer.devices import readings, sessions
from gis_portal.officer.devices.door import COOKIE, Officer
from gis_portal.officer.devices.errors import UnknownDevice
from gis_portal.officer.devices.models import Device, Reading
from layers.models import Jurisdiction
from layers.permissions import OFFICER, PLANNER, STEWARD
from tests.gis_portal.officer.field.sending import account
from tests.gis_portal.officer.test_jurisdiction import unit
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db
DEVICES, THIS, ME = "/officer/api/devices", "/officer/api/devices/this", "/officer/api/me"
HANDBOOK = {"X-Officer": "1"}


def signs_in(user: User, name: str = "Máy của tôi") -> Client:
    """A phone on which this person has signed in and registered."""
    phone = Client()
    phone.force_login(user)
    said = {"name": name, "platform": "Android"}
    made = phone.post(DEVICES, said, content_type="application/json")
    assert made.status_code == 201, made.content
    # The ordinary session ends long before; the device's own goes on.
    del phone.cookies[settings.SESSION_COOKIE_NAME]
    return phone


def asks(phone: Client, address: str = ME, **headers: str) -> tuple[int, dict[str, Any]]:
    answer = phone.get(address, headers={**HANDBOOK, **headers})
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.status_code, json.loads(answer.content)


@pytest.fixture
def officer() -> User:
    user = account("officer", OFFICER, units=(unit("90001"), unit("90002")))
    user.last_name, user.first_name = "Nguyễn Văn", "An"
    user.save()
    return user


def test_a_device_ends_the_session_that_made_it(officer: User) -> None:
    """Else whoever guesses PINs until the phone is wiped is let in again by it."""
    phone = Client()
    phone.force_login(officer)
    assert phone.get("/accounts/devices/").status_code == 200
    said = {"name": "Máy", "platform": "Android"}
    assert phone.post(DEVICES, said, content_type="application/json").status_code == 201
    assert phone.get("/accounts/devices/").status_code == 302
    assert asks(phone)[0] == 200


def test_a_device_says_who_it_is_for(officer: User) -> None:
    phone = signs_in(officer)
    cookie = phone.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/officer/")
    status, me = asks(phone)
    assert status == 200
    assert me["user"] == {"name": "Nguyễn Văn An"}
    assert [one["code"] for one in me["units"]] == ["90001", "90002"]
    limits = {"offline_hours": 72, "refresh_days": 7, "wrong_pins": 5, "keep_days": 30}
    assert me["limits"] == limits
    # The secret is nowhere but in the cookie.
    secret = cookie.value.partition(".")[2]
    assert secret not in json.dumps(list(Device.objects.values()), default=str)
    assert Device.objects.get().name == me["device"]["name"] == "Máy của tôi"


def test_the_cookie_alone_opens_nothing(officer: User) -> None:
    phone = signs_in(officer)
    answer = phone.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-from-the-handbook")
    assert "Access-Control-Allow-Origin" not in answer.headers
    key = phone.cookies[COOKIE].value.partition(".")[0]
    for forged in ("", "x", f"{key}.", f"{key}.guess", f"{uuid.uuid4()}.guess"):
        stranger = Client()
        stranger.cookies[COOKIE] = forged
        status, said = asks(stranger)
        assert (status, said["code"]) == (401, "device-unknown"), forged


def test_only_officers_with_a_page_of_ours_register(officer: User) -> None:
    said = {"name": "Máy", "platform": ""}
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(officer)
    assert careful.post(DEVICES, said, content_type="application/json").status_code == 403
    stranger = Client().post(DEVICES, said, content_type="application/json")
    assert (stranger.status_code, stranger.json()["code"]) == (401, "device-unknown")
    planner = Client()
    planner.force_login(account("planner", PLANNER))
    refused = planner.post(DEVICES, said, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-an-officer")
    for bad in ("{", "[]", '{"name": ""}', '{"name": "a\\u0000"}', json.dumps({"name": "x" * 61})):
        phone = Client()
        phone.force_login(officer)
        answer = phone.post(DEVICES, bad, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable-device"), bad
    assert not Device.objects.exists()


def test_as_many_devices_as_allowed(officer: User, settings: Any) -> None:
    settings.PORTAL_DEVICES_EACH = 2
    for _phone in range(2):
        signs_in(officer)
    phone = Client()
    phone.force_login(officer)
    answer = phone.post(DEVICES, {"name": "Máy 3"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-devices")


def test_the_same_phone_again_takes_the_old_ones_place(officer: User) -> None:
    phone = signs_in(officer)
    before = phone.cookies[COOKIE].value
    phone.force_login(officer)
    phone.post(DEVICES, {"name": "Lại"}, content_type="application/json")
    assert Device.objects.filter(revoked_at=None).count() == 1
    phone.cookies[COOKIE] = before
    assert asks(phone)[1]["code"] == "device-revoked"


def revoked_by_owner(officer: User) -> None:
    sessions.revoke(Device.objects.get(), officer)


def revoked_by_supervisor(officer: User) -> None:
    sessions.revoke(Device.objects.get(), account("steward", STEWARD))


def account_closed(officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_active=False)


def role_lost(officer: User) -> None:
    officer.groups.clear()


def too_long_unused(officer: User) -> None:
    Device.objects.update(expires_at=timezone.now())


@pytest.mark.parametrize(
    ("ends", "status", "code"),
    [
        (revoked_by_owner, 401, "device-revoked"),
        (revoked_by_supervisor, 401, "device-revoked"),
        (account_closed, 401, "device-revoked"),
        (role_lost, 403, "not-an-officer"),
        (too_long_unused, 401, "device-expired"),
    ],
)
def test_the_next_request_knows(officer: User, ends: Any, status: int, code: str) -> None:
    phone = signs_in(officer)
    assert asks(phone)[0] == 200
    ends(officer)
    now, said = asks(phone)
    assert (now, said["code"]) == (status, code)
    # What it must wipe, it is told once with its cookie; what it may keep, it keeps.
    assert (phone.cookies[COOKIE].value == "") == (code == "device-revoked")


def test_a_second_factor_that_is_demanded_later(officer: User, settings: Any) -> None:
    phone = signs_in(officer)
    settings.PORTAL_SECOND_FACTOR_ROLES = [OFFICER]
    status, said = asks(phone)
    assert (status, said["code"]) == (403, "second-factor-needed")


def test_a_unit_that_was_taken_away_is_gone_at_once(officer: User) -> None:
    phone = signs_in(officer)
    Jurisdiction.objects.filter(user=officer, unit__code="90001").delete()
    assert [one["code"] for one in asks(phone)[1]["units"]] == ["90002"]


def test_signing_out_on_the_device(officer: User) -> None:
    phone = signs_in(officer)
    cookie = phone.cookies[COOKIE].value
    answer = phone.delete(THIS, headers=HANDBOOK)
    assert (answer.status_code, answer.cookies[COOKIE].value) == (204, "")
    phone.cookies[COOKIE] = cookie
    assert asks(phone)[1]["code"] == "device-revoked"


def test_use_renews_it_but_not_for_ever(officer: User) -> None:
    phone = signs_in(officer)
    device = Device.objects.get()
    hour = dt.timedelta(hours=1)
    Device.objects.update(last_seen_at=timezone.now() - hour, expires_at=timezone.now() + hour)
    answer = phone.get(ME, headers=HANDBOOK)
    days = dt.timedelta(days=settings.PORTAL_DEVICE_DAYS)
    assert answer.cookies[COOKIE]["max-age"] > (days - hour).total_seconds()
    device.refresh_from_db()
    assert device.expires_at > timezone.now() + days - hour
    assert COOKIE not in phone.get(ME, headers=HANDBOOK).cookies, "written once in a while only"
    born = timezone.now() - dt.timedelta(days=settings.PORTAL_DEVICE_MOST_DAYS)
    Device.objects.update(last_seen_at=timezone.now() - hour, created_at=born + hour)
    asks(phone)
    device.refresh_from_db()
    assert device.expires_at < timezone.now() + 2 * hour


def test_devices_of_units_and_who_may_revoke(officer: User) -> None:
    signs_in(officer)
    neighbour = account("neighbour", OFFICER, units=(unit("90003"),))
    signs_in(neighbour, "Máy bên cạnh")
    own = jurisdiction.units_of(officer)
    assert [device.user for device in sessions.devices_of(own)] == [officer]
    assert sessions.devices_of().count() == 2
    for stranger in (neighbour, account("planner", PLANNER)):
        with pytest.raises(UnknownDevice):
            sessions.revoke(officer.devices.get(), stranger)
    assert officer.devices.get().is_live


def test_what_was_read_is_written_down_for_good(officer: User) -> None:
    here = Jurisdiction.objects.filter(user=officer).first().unit  # type: ignore[union-attr]
    version = published(plots_layer(), ["a"], unit_id=here.pk)
    signs_in(officer)
    reader = Officer(officer, Device.objects.get(), jurisdiction.units_of(officer))
    one, other = uuid.uuid4(), uuid.uuid4()
    readings.record_reading(reader, version, here.pk, ["owner"], purpose="parcel", uids=[one])
    readings.record_reading(reader, version, here.pk, ["owner"], purpose="pack", count=812)
    found = readings.readings_of(here.pk, one)
    assert [(r.username, r.device_name, r.purpose, r.count) for r in found] == [
        ("officer", "Máy của tôi", "pack", 812),
        ("officer", "Máy của tôi", "parcel", 1),
    ]
    assert readings.readings_of(here.pk, other).count() == 1
    for statement in ("UPDATE officer_devices_reading SET count = 0", "DELETE FROM %s"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.replace("%s", Reading._meta.db_table))
    User.objects.filter(pk=officer.pk).delete()
    assert readings.readings_of(here.pk).count() == 2


def test_the_tiles_role_sees_neither() -> None:
    if settings.PORTAL_TILES_ROLE == settings.PORTAL_APP_ROLE:
        pytest.skip("one role for everything: an existing database with a single address")
    with connection.cursor() as cursor:
        for table in ("officer_devices_device", "officer_devices_reading"):
            cursor.execute(
                "SELECT has_table_privilege(%s, %s, 'SELECT')", [settings.PORTAL_TILES_ROLE, table]
            )
            assert cursor.fetchone() == (False,)
