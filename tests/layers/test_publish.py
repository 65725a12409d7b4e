"""Publishing is one pointer: readers see all of the old or all of the new, and going back is the
same move.
"""

import pytest
from django.db import DatabaseError, connection, transaction

from layers import identity, partitions, publish
from layers.errors import PublicationRefused, VersionIsLive
from layers.models import LayerVersion
from tests.layers.rows import live_codes, plots_layer, published, staged

pytestmark = pytest.mark.django_db


def test_a_staged_version_is_seen_by_nobody_until_it_is_published() -> None:
    layer = plots_layer()
    published(layer, ["a", "b"])
    second = staged(layer, ["a", "c", "d"])
    assert live_codes(layer) == ["a", "b"]
    publish.publish(second, as_operator=True)
    assert live_codes(layer) == ["a", "c", "d"]


def test_rolling_back_moves_the_pointer_and_keeps_both_versions() -> None:
    layer = plots_layer()
    first, second = published(layer, ["a"]), published(layer, ["b"])
    publish.roll_back(layer, as_operator=True)
    assert live_codes(layer) == ["a"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (LayerVersion.PUBLISHED, LayerVersion.RETIRED)
    publish.roll_back(layer, to=second, as_operator=True)
    assert live_codes(layer) == ["b"]


def test_rolling_back_without_an_earlier_version_is_refused_by_name() -> None:
    layer = plots_layer()
    published(layer, ["a"])
    with pytest.raises(PublicationRefused):
        publish.roll_back(layer, as_operator=True)


def test_a_version_that_is_still_loading_or_thrown_away_cannot_be_published() -> None:
    layer = plots_layer()
    version = staged(layer, ["a"])
    publish.discard(version)
    with pytest.raises(PublicationRefused):
        publish.publish(version, as_operator=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [partitions.feature_table(version.pk)])
        assert cursor.fetchone() == (None,)


def test_the_live_version_cannot_be_thrown_away() -> None:
    layer = plots_layer()
    version = published(layer, ["a"])
    with pytest.raises(VersionIsLive):
        publish.discard(version)
    assert live_codes(layer) == ["a"]


def test_published_rows_cannot_be_written_by_the_app() -> None:
    version = published(plots_layer(), ["a"])
    for verb in ("DELETE FROM {}", "UPDATE {} SET key = 'x'"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(verb.format(partitions.feature_table(version.pk)))


def test_the_same_key_keeps_its_uid_and_a_lost_one_is_remembered_as_retired() -> None:
    layer = plots_layer()
    published(layer, ["a", "b"])
    kept, lost = identity.assign_uids(layer, ["a", "b"])
    second = published(layer, ["a", "c"])
    assert identity.retired(layer, kept) is None
    gone = identity.retired(layer, lost)
    assert gone is not None
    assert gone.key == "b"
    publish.roll_back(layer, as_operator=True)
    assert identity.retired(layer, lost) is None
    assert second.number == 2


def test_only_so_many_retired_versions_are_kept(settings: object) -> None:
    settings.PORTAL_KEPT_VERSIONS = 1  # type: ignore[attr-defined]
    layer = plots_layer()
    for code in "abcd":
        published(layer, [code])
    assert publish.drop_old_versions(layer) == 2
    states = list(layer.versions.order_by("number").values_list("state", flat=True))
    assert states == ["discarded", "discarded", "retired", "published"]


def test_duplicate_keys_are_numbered_in_file_order() -> None:
    assert identity.number_duplicates(["a", "b", "a", "a"]) == ["a", "b", "a#2", "a#3"]


def test_measures_of_a_version_are_taken_when_it_is_sealed() -> None:
    version = staged(plots_layer(), ["a", "b", "c"])
    assert (version.feature_count, version.area_m2) == (3, 300)
    assert version.extent is not None
    assert version.extent.extent[:2] == pytest.approx((107.1, 10.5))
