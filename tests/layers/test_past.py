"""Which version was live when: going back, what was thrown away, what was internal then."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from layers.errors import VersionNotKept
from layers.models import Layer, LayerField, LayerVersion, VersionEvent
from layers.past import Period, publications, version_at
from layers.publish import discard, publish, roll_back
from tests.layers.rows import plots_layer, published, staged
from tests.layers.test_planner_form import add, form, row

pytestmark = pytest.mark.django_db
BLINK = dt.timedelta(microseconds=1)


class History:
    """A layer, its versions by number, and the moments between its publications."""

    def __init__(self, layer: Layer | None = None, **changes: Any) -> None:
        self.layer = layer or plots_layer(**changes)
        self.before = timezone.now()

    def publish(self, *codes: str) -> dt.datetime:
        """Publish those; answers when."""
        return self._at(published(self.layer, codes))

    def go_back(self) -> dt.datetime:
        self.layer.refresh_from_db()
        return self._at(roll_back(self.layer, as_operator=True))

    def at(self, when: Period | dt.datetime | None) -> int | None:
        """Number of the version that was live then."""
        layer = Layer.objects.select_related("live_version").get(pk=self.layer.pk)
        assert layer.live_version is not None
        found = version_at(layer, layer.live_version, when)
        return found.number if found else None

    @staticmethod
    def _at(version: LayerVersion) -> dt.datetime:
        assert version.published_at is not None
        return version.published_at


def test_a_moment_is_answered_by_what_was_live_then() -> None:
    history = History()
    first, second = history.publish("a"), history.publish("a", "b")
    assert history.at(history.before) is None
    assert history.at(first - BLINK) is None
    assert history.at(first) == 1
    assert history.at(second - BLINK) == 1
    assert history.at(second) == 2
    assert history.at(timezone.now() + dt.timedelta(days=365)) == 2
    assert history.at(None) == 2


def test_a_version_may_have_been_live_twice() -> None:
    history = History()
    first, second = history.publish("a"), history.publish("a", "b")
    back, again = history.go_back(), history.publish("c")
    assert [history.at(when) for when in (first, second, back, again)] == [1, 2, 1, 3]
    assert history.at(back - BLINK) == 2


def test_a_period_is_answered_by_the_last_version_within() -> None:
    history = History()
    first, second = history.publish("a"), history.publish("a", "b")
    assert history.at(Period(first, second)) == 2
    assert history.at(Period(first, second - BLINK)) == 1
    assert history.at(Period(None, first)) == 1
    assert history.at(Period(second, None)) == 2
    assert history.at(Period(None, first - BLINK)) is None


def test_what_is_not_kept_has_a_name() -> None:
    history = History()
    first, second = history.publish("a"), history.publish("a", "b")
    discard(LayerVersion.objects.get(layer=history.layer, number=1))
    with pytest.raises(VersionNotKept) as refused:
        history.at(first)
    assert refused.value.extra == {"version": 1, "published_at": first}
    assert history.at(second) == 2


def test_what_is_live_costs_no_query(django_assert_num_queries: Any) -> None:
    history = History()
    history.publish("a")
    layer = Layer.objects.select_related("live_version").get(pk=history.layer.pk)
    assert layer.live_version is not None
    with django_assert_num_queries(0):
        version_at(layer, layer.live_version, None)
        version_at(layer, layer.live_version, timezone.now())
    with django_assert_num_queries(2):
        version_at(layer, layer.live_version, history.before)


def test_publications_from_before_the_diary_are_known_by_their_version() -> None:
    history = History()
    first, second = history.publish("a"), history.publish("a", "b")
    VersionEvent.objects.filter(version__layer=history.layer).delete()
    assert [made.at for made in publications([history.layer])] == [first, second]
    assert history.at(first) == 1


def test_what_was_internal_stays_so_when_the_layer_is_opened() -> None:
    history = History(visibility="internal")
    first, second = history.publish("secret"), history.publish("shown")
    assert [history.at(first), history.at(second)] == [1, 2], "staff see their whole history"
    plots_layer(visibility="public")
    history.layer.refresh_from_db()
    opened = LayerVersion.objects.get(layer=history.layer, number=2).first_public_at
    assert opened is not None
    assert history.at(first) is None
    assert history.at(second) is None
    assert history.at(opened) == 2
    third = history.publish("later")
    assert [(made.version.number, made.at) for made in publications([history.layer])] == [
        (2, opened),
        (3, third),
    ]


def test_going_back_to_an_internal_version_shows_it_from_then_on() -> None:
    history = History(visibility="internal")
    first = history.publish("a")
    history.publish("b")
    plots_layer(visibility="public")
    history.layer.refresh_from_db()
    back = history.go_back()
    assert history.at(first) is None
    assert history.at(back) == 1


def test_a_staged_version_was_never_published() -> None:
    history = History()
    history.publish("a")
    waiting = staged(history.layer, ["b"])
    assert [made.version.number for made in publications([history.layer])] == [1]
    publish(waiting, as_operator=True)
    assert [made.version.number for made in publications([history.layer])] == [1, 2]


def test_a_layer_that_a_planner_opens_shows_what_is_live(
    admin_client: Client, client: Client
) -> None:
    assert add(admin_client, [row("code", is_key="on")], visibility="internal") == ""
    layer = Layer.objects.get(slug="den-duong")
    history = History(layer)
    first, second = history.publish("a"), history.publish("b")
    stored = LayerField.objects.get(layer=layer)
    sent = form([row("code", is_key="on", id=stored.pk, layer=layer.pk)])
    answer = admin_client.post(reverse("admin:layers_layer_change", args=[layer.pk]), sent)
    assert answer.status_code == 302
    layer.refresh_from_db()
    assert layer.is_public
    assert [history.at(first), history.at(second)] == [None, None]
    assert [made.version.number for made in publications([layer])] == [2]
    page = client.get(reverse("layer-page", args=[layer.slug])).content.decode()
    listed = page.partition("Các phiên bản")[2]
    assert "<td>2</td>" in listed
    assert "<td>1</td>" not in listed
