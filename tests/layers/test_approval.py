"""Nobody publishes an own import unseen: four eyes, the guard against large removals, and the
comparison that must be of what is live.
"""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from importers.diff import compare_again
from layers import approval, publish
from layers.errors import (
    ApprovalNeeded,
    ApproverNeeded,
    OwnImport,
    PortalError,
    PublicationRefused,
    StaleComparison,
    TooManyRemoved,
)
from layers.models import Layer, LayerVersion
from layers.permissions import APPROVER, STEWARD
from tests.layers.grounds import A, B, C, D, published, staged, uids
from tests.layers.rows import live_codes, plots_layer

pytestmark = pytest.mark.django_db


def person(name: str, *groups: str, **more: Any) -> User:
    user = User.objects.create_user(name, password="x", is_staff=True, **more)
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user


@pytest.fixture
def steward() -> User:
    """Imports, and has the approver's role too."""
    return person("an", STEWARD, APPROVER)


@pytest.fixture
def approver() -> User:
    return person("binh", APPROVER)


@pytest.fixture
def layer() -> Layer:
    return plots_layer()


def test_a_second_person_approves_and_publishes(
    layer: Layer, steward: User, approver: User
) -> None:
    version = staged(layer, {"1": A}, by=steward)
    assert not approval.may_publish(version, approver)
    with pytest.raises(ApprovalNeeded):
        publish.publish(version, by=approver)
    assert approval.may_approve(version, approver)
    version = approval.approve(version, approver, " đã xem ")
    assert (version.approved_by, version.approval_note) == (approver, "đã xem")
    assert approval.may_publish(version, approver)
    assert publish.publish(version, by=approver).published_by == approver
    assert live_codes(layer) == ["1"]


def test_the_importer_neither_approves_nor_publishes(
    layer: Layer, steward: User, approver: User
) -> None:
    version = staged(layer, {"1": A}, by=steward)
    assert not approval.may_approve(version, steward)
    with pytest.raises(OwnImport):
        approval.approve(version, steward)
    version = approval.approve(version, approver)
    with pytest.raises(OwnImport):
        publish.publish(version, by=steward)
    assert not approval.may_publish(version, steward)


def test_a_superuser_who_imported_is_the_importer(layer: Layer) -> None:
    admin = User.objects.create_superuser("goc", password="x")
    version = staged(layer, {"1": A}, by=admin)
    with pytest.raises(OwnImport):
        publish.publish(version, by=admin)
    with pytest.raises(OwnImport):
        approval.approve(version, admin)


def test_a_small_office_may_do_without(
    layer: Layer, steward: User, settings: Any, approver: User
) -> None:
    settings.PORTAL_FOUR_EYES = False
    version = staged(layer, {"1": A}, by=steward)
    assert approval.may_approve(version, steward)
    assert approval.may_publish(version, steward)
    assert not approval.may_publish(version, person("cu", STEWARD))
    publish.publish(version, by=steward)
    settings.PORTAL_FOUR_EYES = True
    own = staged(layer, {"1": A}, by=steward)
    settings.PORTAL_FOUR_EYES = False
    own = approval.approve(own, steward)
    settings.PORTAL_FOUR_EYES = True
    with pytest.raises(ApprovalNeeded):
        publish.publish(own, by=approver)


def test_without_the_role_nothing_goes(layer: Layer, approver: User) -> None:
    version = staged(layer, {"1": A}, by=person("cu", STEWARD))
    other = person("du", STEWARD)
    for act in (approval.approve, lambda v, user: publish.publish(v, by=user)):
        with pytest.raises(ApproverNeeded):
            act(version, other)
    approver.is_active = False
    assert not approval.may_approve(version, approver)


def test_nobody_publishes_in_nobodys_name(layer: Layer) -> None:
    version = staged(layer, {"1": A})
    with pytest.raises(ApprovalNeeded):
        publish.publish(version)
    published(layer, {"1": A})
    published(layer, {"1": A, "2": B})
    with pytest.raises(ApprovalNeeded):
        publish.roll_back(layer)


def test_going_back_needs_the_role_and_no_second_approval(
    layer: Layer, steward: User, approver: User
) -> None:
    published(layer, {"1": A}, by=steward)
    published(layer, {"1": A, "2": B}, by=steward)
    with pytest.raises(ApproverNeeded):
        publish.roll_back(layer, by=person("cu", STEWARD))
    assert publish.roll_back(layer, by=approver).number == 1


def test_what_is_published_or_thrown_away_is_not_approved(layer: Layer, approver: User) -> None:
    live = published(layer, {"1": A})
    waiting = staged(layer, {"1": A, "2": B})
    publish.discard(waiting)
    for version in (live, waiting):
        with pytest.raises(PublicationRefused):
            approval.approve(version, approver)
        assert not approval.may_approve(LayerVersion.objects.get(pk=version.pk), approver)


def test_a_large_removal_needs_a_reason_also_when_it_waited(layer: Layer, approver: User) -> None:
    published(layer, {"1": A, "2": B, "3": C})
    version = staged(layer, {"1": A}, by=person("cu", STEWARD))
    version = approval.approve(version, approver)
    with pytest.raises(TooManyRemoved) as refusal:
        publish.publish(version, by=approver)
    assert "2 trên 3" in str(refusal.value)
    with pytest.raises(ApproverNeeded):
        approval.allow_removals(version, person("du"), "vì tôi muốn")
    version = approval.allow_removals(version, approver, "thu hồi theo quyết định 12")
    assert version.approved_by is None, "the approval was given without the reason"
    version = approval.approve(version, approver)
    publish.publish(version, by=approver)
    version.refresh_from_db()
    assert version.removal_reason == "thu hồi theo quyết định 12"


def test_renumbered_parcels_are_not_removed(layer: Layer) -> None:
    published(layer, {"1": A, "2": B, "3": C})
    version = staged(layer, {"11": A, "12": B, "13": C})
    assert version.change["removed_share"] == 0
    publish.publish(version, as_operator=True)


def test_a_comparison_with_what_is_not_live_any_more_is_refused(
    layer: Layer, approver: User
) -> None:
    published(layer, {"1": A, "2": B})
    first = staged(layer, {"1": A, "2": B, "3": C})
    waiting = approval.approve(staged(layer, {"1": A, "2": B, "4": D}), approver)
    publish.publish(first, as_operator=True)
    with pytest.raises(StaleComparison):
        publish.publish(waiting, by=approver)
    with pytest.raises(StaleComparison):
        publish.publish(waiting, as_operator=True)
    diff = compare_again(waiting)
    assert (diff.added, diff.removed) == (1, 1)
    waiting.refresh_from_db()
    assert waiting.approved_by is None, "the approval was of another comparison"
    waiting.removal_reason = "thử"
    waiting.save()
    publish.publish(approval.approve(waiting, approver), by=approver)
    assert live_codes(layer) == ["1", "2", "4"]
    with pytest.raises(PublicationRefused):
        compare_again(first)


def test_staged_rows_do_not_change_after_approval(layer: Layer, approver: User) -> None:
    version = approval.approve(staged(layer, {"1": A, "2": B}), approver)
    before = uids(version)
    publish.publish(version, by=approver)
    assert uids(version) == before


def act(client: Client, action: str, version: LayerVersion) -> str:
    """What the administration answers to an action on this version."""
    chosen = {"action": action, "_selected_action": [version.pk]}
    answer = client.post(reverse("admin:layers_layerversion_changelist"), chosen)
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_the_administration_asks_the_same(layer: Layer, approver: User) -> None:
    admin = User.objects.create_superuser("goc", password="x")
    version = staged(layer, {"1": A}, by=admin)
    client = Client()
    client.force_login(admin)
    for action in ("publish_version", "approve_version"):
        assert str(OwnImport.title) in act(client, action, version)
    other = User.objects.create_superuser("khac", password="x")
    client.force_login(other)
    assert str(ApprovalNeeded.title) in act(client, "publish_version", version)
    assert "xong" in act(client, "approve_version", version)
    assert "xong" in act(client, "publish_version", version)
    assert live_codes(layer) == ["1"]


def test_every_refusal_has_a_name_and_tells_what_to_do() -> None:
    refusals: tuple[type[PortalError], ...] = (
        ApprovalNeeded,
        ApproverNeeded,
        OwnImport,
        StaleComparison,
        TooManyRemoved,
    )
    assert len({refusal.code for refusal in refusals}) == len(refusals)
    assert all(refusal.hint != PortalError.hint for refusal in refusals)
