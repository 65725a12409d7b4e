"""Who sees what in the administration site: versions that wait, keys of programs."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from importers.api.models import ApiKey
from layers.permissions import APPROVER, OFFICER, PLANNER, RESTRICTED_READER, STEWARD
from tests.layers.rows import plots_layer, staged

pytestmark = pytest.mark.django_db
VERSIONS = "admin:layers_layerversion_changelist"
KEYS = "admin:import_api_apikey_changelist"


def staff(name: str, *roles: str) -> Client:
    """A browser in which this member of staff is signed in."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set([Group.objects.get(name=role) for role in roles])
    client = Client()
    client.force_login(user)
    return client


def test_planners_do_not_see_what_waits() -> None:
    version = staged(plots_layer(), ["a"])
    one = reverse("admin:layers_layerversion_change", args=[version.pk])
    planner = staff("planner", PLANNER, OFFICER, RESTRICTED_READER)
    for address in (reverse(VERSIONS), one):
        assert planner.get(address).status_code == 403
    assert reverse(VERSIONS) not in planner.get(reverse("admin:index")).content.decode()
    assert planner.get(reverse("admin:layers_layer_changelist")).status_code == 200
    for role in (STEWARD, APPROVER):
        assert staff(role, role).get(one).status_code == 200


def test_only_superusers_see_and_revoke_the_keys_of_others() -> None:
    owner = User.objects.create_user("owner")
    key, secret = ApiKey.make(owner, "máy đo")
    said = {"action": "revoke_keys", "_selected_action": [key.pk]}
    for role in (STEWARD, APPROVER, PLANNER):
        client = staff(role, role)
        assert client.get(reverse(KEYS)).status_code == 403
        assert client.post(reverse(KEYS), said).status_code == 403
    assert ApiKey.find(secret) is not None
    admin = Client()
    admin.force_login(User.objects.create_superuser("admin"))
    page = admin.get(reverse(KEYS)).content.decode()
    assert "máy đo" in page
    assert "Thu hồi khóa" in page
    assert key.digest not in page
    assert admin.get(reverse("admin:import_api_apikey_add")).status_code == 403
    assert admin.post(reverse(KEYS), said).status_code == 302
    assert ApiKey.find(secret) is None
    one = admin.get(reverse("admin:import_api_apikey_change", args=[key.pk])).content.decode()
    assert key.digest not in one
