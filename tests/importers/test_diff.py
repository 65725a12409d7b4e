"""The comparison as a steward sees it: exact counts, a list that may be cut, and the same file
again that changes nothing.
"""

from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from importers.diff import compare_again
from importers.models import ImportRun
from importers.run import run_import
from layers import publish
from layers.models import Layer, LayerVersion
from tests.importers.made import geojson, plot_rows, plots, squares
from tests.layers import grounds
from tests.layers.rows import plots_layer

pytestmark = pytest.mark.django_db
CRS = "EPSG:5899"


def file(path: Path, changes: dict[int, dict[str, Any]], count: int = 10) -> Path:
    """Ten plots with other values in some rows; `shape` is the geometry, None leaves a row out."""
    rows, shapes = plot_rows(count), squares(count)
    features = [
        (changes.get(i, {}).get("shape", shapes[i]), {**rows[i], **changes.get(i, {})})
        for i in range(count)
    ]
    for _shape, row in features:
        row.pop("shape", None)
    kept = [f for i, f in enumerate(features) if i not in changes or changes[i]]
    return geojson(path, kept, CRS)


def only(run: ImportRun, *names: str) -> dict[str, int]:
    return {name: run.diff[name] for name in names}


@pytest.fixture
def layer() -> Layer:
    return plots()


def test_every_kind_of_change(tmp_path: Path, layer: Layer) -> None:
    run_import(file(tmp_path / "a.geojson", {}), layer, publish=True)
    west, south, east, north = squares(10)[3].bounds
    second = file(
        tmp_path / "b.geojson",
        {
            0: {"name": "Khu khác"},
            1: {"owner": "Trần Thị Bí Mật"},
            3: {"shape": shapely.box(west, south, east, north - 1)},
            4: {"shape": shapely.transform(squares(10)[4], lambda xy: xy + 0.5), "name": "Cả hai"},
            5: {},
            6: {"code": "99999"},
        },
    )
    run = run_import(second, layer, dry_run=False)
    assert only(run, "added", "removed", "unchanged", "changed", "renumbered") == {
        "added": 0,
        "removed": 1,
        "unchanged": 4,
        "changed": 5,
        "renumbered": 1,
    }
    assert only(run, "changed_shape", "changed_values", "changed_both") == {
        "changed_shape": 1,
        "changed_values": 3,
        "changed_both": 1,
    }
    assert run.diff["area_delta_m2"] == pytest.approx(-400 - 20)
    version = run.version
    assert version is not None
    assert version.change == run.diff
    assert grounds.what(version) == {
        "00000": "values",
        "00001": "values",
        "00003": "shape",
        "00004": "both",
        "00005": "removed",
        "99999": "values",
    }
    assert "Bí Mật" not in str(run.report)


def test_the_first_version_has_counts_and_no_list(tmp_path: Path, layer: Layer) -> None:
    run = run_import(file(tmp_path / "a.geojson", {}), layer, dry_run=False)
    assert run.version is not None
    assert only(run, "added", "changed", "former") == {"added": 10, "changed": 0, "former": 0}
    assert run.diff["area_delta_m2"] == pytest.approx(4000)
    assert run.version.base_version is None
    assert not run.version.changes.exists()


def test_the_list_is_cut_and_the_counts_are_not(
    tmp_path: Path, layer: Layer, settings: Any
) -> None:
    settings.PORTAL_CHANGES_KEPT = 3
    run_import(file(tmp_path / "a.geojson", {}), layer, publish=True)
    changed: dict[int, dict[str, Any]] = {i: {"name": "khác"} for i in range(6)}
    run = run_import(file(tmp_path / "b.geojson", {**changed, 7: {}}), layer, dry_run=False)
    assert run.version is not None
    assert only(run, "changed", "removed", "changes_kept") == {
        "changed": 6,
        "removed": 1,
        "changes_kept": 3,
    }
    assert grounds.what(run.version) == {"00007": "removed", "00000": "values", "00001": "values"}


def test_a_check_leaves_no_alias_and_no_lineage(tmp_path: Path, layer: Layer) -> None:
    run_import(file(tmp_path / "a.geojson", {}), layer, publish=True)
    run = run_import(file(tmp_path / "b.geojson", {2: {"code": "x"}}), layer)
    assert run.diff["renumbered"] == 1
    assert not layer.aliases.exists()
    assert not layer.lineage.exists()


def test_a_renumbered_file_again_changes_nothing(tmp_path: Path, layer: Layer) -> None:
    first = run_import(file(tmp_path / "a.geojson", {}), layer, publish=True)
    other = file(tmp_path / "b.geojson", {2: {"code": "x"}, 3: {"code": "00002"}})
    second = run_import(other, layer, publish=True)
    third = run_import(other, layer, publish=True)
    assert second.diff["renumbered"] == 2
    assert only(third, "added", "changed", "removed", "unchanged") == {
        "added": 0,
        "changed": 0,
        "removed": 0,
        "unchanged": 10,
    }
    publish.roll_back(layer, to=first.version, as_operator=True)
    again = run_import(tmp_path / "a.geojson", layer, publish=True)
    assert again.diff["unchanged"] == 10


def test_the_reason_for_a_large_removal_is_kept(tmp_path: Path, layer: Layer) -> None:
    run_import(file(tmp_path / "a.geojson", {}), layer, publish=True)
    much: dict[int, dict[str, Any]] = {i: {} for i in range(5)}
    small = file(tmp_path / "b.geojson", much)
    assert run_import(small, layer, publish=True).error_code == "too-many-removed"
    run = run_import(small, layer, publish=True, allow_removals="thu hồi đất")
    assert run.version is not None
    assert (run.state, run.version.removal_reason) == (ImportRun.PUBLISHED, "thu hồi đất")


def test_the_order_of_rows_is_no_change(tmp_path: Path, layer: Layer) -> None:
    run_import(file(tmp_path / "a.geojson", {}), layer, publish=True)
    rows, shapes = plot_rows(10), squares(10)
    turned = geojson(tmp_path / "b.geojson", list(zip(shapes, rows, strict=True))[::-1], CRS)
    assert run_import(turned, layer).diff["unchanged"] == 10


PLACES = st.integers(0, 5)
PARCELS = st.dictionaries(st.sampled_from("abcdefgh"), PLACES, max_size=6).filter(
    lambda parcels: len(set(parcels.values())) == len(parcels)
)


def box(place: int) -> grounds.Box:
    return (place * 30, 0, place * 30 + 20, 20)


def naive(old: dict[str, int], new: dict[str, int]) -> dict[str, int]:
    """What must come out, number by number: a parcel is its place, one place is one parcel."""
    at_old, at_new = {p: k for k, p in old.items()}, {p: k for k, p in new.items()}
    both = at_old.keys() & at_new.keys()
    renumbered = {p for p in both if at_old[p] != at_new[p]}
    unchanged = len(both) - len(renumbered)
    # A number whose former place is empty now and that stands where nothing was: it moved.
    moved = {k for k in old.keys() & new.keys() if old[k] not in at_new and new[k] not in at_old}
    found = {
        "unchanged": unchanged,
        "renumbered": len(renumbered),
        "changed": len(renumbered) + len(moved),
        "added": len(new) - len(both) - len(moved),
        "removed": len(old) - len(both) - len(moved),
    }
    return {name: count for name, count in found.items() if count}


@hypothesis_settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(files=st.lists(PARCELS.filter(bool), min_size=2, max_size=4))
def test_counts_are_those_of_a_naive_comparison(
    files: list[dict[str, int]], django_db_blocker: Any
) -> None:
    layer = plots_layer(slug=f"test-plots-{LayerVersion.objects.count()}")
    before: dict[str, int] = {}
    for parcels in files:
        shapes = {key: box(place) for key, place in parcels.items()}
        version = grounds.published(layer, shapes)
        uids = grounds.uids(version)
        assert len(set(uids.values())) == len(parcels), "a uid is one parcel's"
        expected = naive(before, parcels)
        assert grounds.counts(version) == expected
        assert grounds.counts(grounds.staged(layer, shapes)) == {"unchanged": len(parcels)}
        before = parcels


def test_comparing_again_comes_to_the_same(tmp_path: Path, layer: Layer) -> None:
    run_import(file(tmp_path / "a.geojson", {}), layer, publish=True)
    other = file(tmp_path / "b.geojson", {1: {"owner": "X"}, 2: {"code": "x"}, 5: {}})
    run = run_import(other, layer, dry_run=False)
    assert run.version is not None
    before = grounds.what(run.version), grounds.uids(run.version)
    again = compare_again(run.version)
    assert again.as_dict() == run.diff
    assert (grounds.what(run.version), grounds.uids(run.version)) == before
