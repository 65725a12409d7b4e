"""What became of a parcel: its uid follows its place, its successors are named, going back is going
back.
"""

import pytest

from importers.diff import compare_again
from layers import identity, publish
from layers.models import IdentityAlias, Layer, LayerVersion
from tests.layers.grounds import (
    A,
    B,
    C,
    D,
    counts,
    owners,
    published,
    staged,
    uids,
    what,
)
from tests.layers.rows import plots_layer

pytestmark = pytest.mark.django_db
FAR = (500, 500, 520, 520)


@pytest.fixture
def layer() -> Layer:
    return plots_layer()


def lines(version: LayerVersion) -> list[tuple[str, str, str, float, float]]:
    """Lineage as (kind, old number, new number, share of old, share of new)."""
    return [
        (line.kind, line.old_key, line.new_key, round(line.old_share, 2), round(line.new_share, 2))
        for line in version.lineage.all()
    ]


def test_another_number_in_the_same_place_keeps_the_uid(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": B}, owners={"1": "Ông A", "2": "Bà B"})
    version = staged(layer, {"1": A, "7": B}, owners={"1": "Ông A", "7": "Bà B"})
    assert counts(version) == {"changed": 1, "unchanged": 1, "renumbered": 1}
    assert uids(version) == {"1": uids(first)["1"], "7": uids(first)["2"]}
    assert lines(version) == [("renumbered", "2", "7", 1.0, 1.0)]
    assert what(version) == {"7": "values"}
    assert not IdentityAlias.objects.filter(layer=layer, since__isnull=False).exists()
    publish.publish(version, as_operator=True)
    assert IdentityAlias.objects.get(layer=layer).since == version
    assert owners(version) == {uids(first)["1"]: "Ông A", uids(first)["2"]: "Bà B"}


def test_the_same_file_again_changes_nothing(layer: Layer) -> None:
    published(layer, {"1": A, "2": B, "3": C}, owners={"2": "Bà B"})
    file = {"1": A, "7": B, "8": C}
    second = published(layer, file, owners={"7": "Bà B"})
    third = published(layer, file, owners={"7": "Bà B"})
    assert counts(third) == {"unchanged": 3}
    assert uids(third) == uids(second)
    assert not what(third)


def test_a_boundary_that_is_drawn_anew_is_still_the_same_place(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": FAR})
    version = published(layer, {"9": (0, 0, 20, 20.1), "2": FAR})
    assert counts(version) == {"changed": 1, "unchanged": 1, "renumbered": 1}
    assert uids(version)["9"] == uids(first)["1"]
    assert what(version) == {"9": "both"}


def test_half_the_ground_is_not_the_same_place(layer: Layer) -> None:
    published(layer, {"1": A, "2": FAR})
    version = staged(layer, {"9": (12, 0, 32, 20), "2": FAR})
    assert counts(version) == {"added": 1, "removed": 1, "unchanged": 1}
    assert lines(version) == []


def test_two_numbers_change_places(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": B, "3": C}, owners={"1": "Ông A", "2": "Bà B"})
    version = published(layer, {"1": B, "2": A, "3": C}, owners={"2": "Ông A", "1": "Bà B"})
    before = uids(first)
    assert uids(version) == {"1": before["2"], "2": before["1"], "3": before["3"]}
    assert owners(version) == {before["1"]: "Ông A", before["2"]: "Bà B"}
    assert counts(version) == {"changed": 2, "unchanged": 1, "renumbered": 2}
    assert counts(staged(layer, {"1": B, "2": A, "3": C}, owners={"2": "Ông A", "1": "Bà B"})) == {
        "unchanged": 3
    }


def test_all_numbers_move_up_by_one(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": B, "3": C})
    file = {"1": D, "2": A, "3": B, "4": C}
    version = published(layer, file)
    before, after = uids(first), uids(version)
    assert {key: after[key] for key in "234"} == {
        "2": before["1"],
        "3": before["2"],
        "4": before["3"],
    }
    assert after["1"] not in before.values()
    assert counts(version) == {"added": 1, "changed": 3, "renumbered": 3}
    assert uids(published(layer, file)) == after
    assert counts(staged(layer, file)) == {"unchanged": 4}


def test_a_number_that_comes_back_does_not_steal_the_uid(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": B})
    second = published(layer, {"1": A, "7": B})
    third = published(layer, {"1": A, "7": B, "2": D})
    assert uids(third)["7"] == uids(second)["7"] == uids(first)["2"]
    assert uids(third)["2"] not in uids(first).values()
    assert counts(third) == {"added": 1, "unchanged": 2}
    fourth = published(layer, {"1": A, "7": B, "2": D})
    assert counts(fourth) == {"unchanged": 3}
    assert uids(fourth) == uids(third)


def test_going_back_goes_back_for_numbers_too(layer: Layer) -> None:
    old_file, new_file = {"1": A, "2": B}, {"2": A, "7": B}
    first, second = published(layer, old_file), published(layer, new_file)
    assert counts(second) == {"changed": 2, "renumbered": 2}
    publish.roll_back(layer, as_operator=True)
    layer.refresh_from_db()
    again = staged(layer, old_file)
    assert counts(again) == {"unchanged": 2}
    assert uids(again) == uids(first)
    anew = published(layer, new_file)
    assert uids(anew) == uids(second)
    publish.publish(first, as_operator=True)
    publish.publish(second, as_operator=True)
    assert counts(staged(layer, new_file)) == {"unchanged": 2}


def test_a_parcel_is_split(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": FAR})
    version = published(layer, {"3": (0, 0, 5, 20), "4": (5, 0, 20, 20), "2": FAR})
    assert counts(version) == {"added": 2, "removed": 1, "unchanged": 1, "split": 1}
    assert lines(version) == [("split", "1", "3", 0.25, 1.0), ("split", "1", "4", 0.75, 1.0)]
    gone = identity.retired(layer, uids(first)["1"])
    assert gone is not None
    assert gone.successors == [uids(version)["4"], uids(version)["3"]]


def test_the_old_number_stays_with_one_part(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": FAR})
    version = published(layer, {"1": (0, 0, 5, 20), "4": (5, 0, 20, 20), "2": FAR})
    assert counts(version) == {"added": 1, "changed": 1, "unchanged": 1, "split": 1}
    assert uids(version)["1"] == uids(first)["1"]
    assert what(version) == {"1": "shape", "4": "added"}
    assert lines(version) == [("split", "1", "1", 0.25, 1.0), ("split", "1", "4", 0.75, 1.0)]


def test_parcels_are_merged_and_going_back_names_the_parts(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": B, "3": FAR})
    version = published(layer, {"9": (0, 0, 40, 20), "3": FAR})
    assert counts(version) == {"added": 1, "removed": 2, "unchanged": 1, "merged": 1}
    assert lines(version) == [("merged", "1", "9", 1.0, 0.5), ("merged", "2", "9", 1.0, 0.5)]
    gone = identity.retired(layer, uids(first)["2"])
    assert gone is not None
    assert gone.successors == [uids(version)["9"]]
    publish.roll_back(layer, as_operator=True)
    assert identity.retired(layer, uids(first)["2"]) is None
    back = identity.retired(layer, uids(version)["9"])
    assert back is not None
    assert set(back.successors) == {uids(first)["1"], uids(first)["2"]}


def test_a_sliver_goes_to_a_large_neighbour(layer: Layer) -> None:
    published(layer, {"1": (0, 0, 1000, 20), "2": (1000, 0, 1005, 20)})
    version = staged(layer, {"1": (0, 0, 1005, 20)})
    assert counts(version) == {"changed": 1, "removed": 1, "merged": 1}
    assert [line[1:3] for line in lines(version)] == [("1", "1"), ("2", "1")]


def test_a_block_is_laid_out_anew(layer: Layer) -> None:
    published(layer, {"1": A, "2": B})
    version = staged(layer, {"5": (0, 0, 40, 10), "6": (0, 10, 40, 20)})
    assert counts(version) == {"added": 2, "removed": 2, "rearranged": 1}
    assert len(lines(version)) == 4


def test_a_moved_boundary_is_a_change_of_shape_and_nothing_else(layer: Layer) -> None:
    published(layer, {"1": A, "2": B})
    version = staged(layer, {"1": (0, 0, 20.5, 20), "2": (20.5, 0, 40, 20)})
    assert counts(version) == {"changed": 2}
    assert lines(version) == []


def test_flats_in_one_place_are_told_apart_by_their_order(layer: Layer) -> None:
    first = published(layer, {"1-a": A, "1-b": A, "2": B})
    version = staged(layer, {"9-a": A, "9-b": A, "2": B})
    before, after = uids(first), uids(version)
    assert (after["9-a"], after["9-b"]) == (before["1-a"], before["1-b"])
    alone = staged(layer, {"9-a": A, "2": B})
    assert counts(alone) == {"added": 1, "removed": 2, "unchanged": 1, "merged": 1}


def test_points_say_where_not_which() -> None:
    layer = plots_layer(geometry="point")
    published(layer, {"1": A})
    assert counts(staged(layer, {"2": A})) == {"added": 1, "removed": 1}


def test_a_stale_comparison_is_made_again_with_the_right_uids(layer: Layer) -> None:
    first = published(layer, {"1": A, "2": B}, owners={"2": "Bà B"})
    waiting = staged(layer, {"1": A, "9": B}, owners={"9": "Bà B"})
    assert uids(waiting)["9"] == uids(first)["2"]
    second = published(layer, {"1": A, "2": C, "7": D})
    diff = compare_again(waiting)
    waiting.refresh_from_db()
    assert waiting.base_version == second
    # The parcel of number 2 went elsewhere, B is new to this live version.
    assert diff.added == 1
    assert uids(waiting)["9"] not in uids(second).values()
    assert counts(waiting) == {"added": 1, "removed": 2, "unchanged": 1}
    waiting.removal_reason = "thử"
    waiting.save()
    publish.publish(waiting, as_operator=True)
    assert owners(waiting) == {uids(waiting)["9"]: "Bà B"}
