"""Tables made for tiles: wanted at publication, made aside, shown, withdrawn and dropped with the
version.
"""

from typing import Any

import mapbox_vector_tile
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django_tasks_db.models import DBTaskResult
from psycopg2.errors import UndefinedTable

from layers import partitions, publish
from layers.models import Layer, LayerVersion
from tests.layers.rows import DEFINITION, plots_layer, published, staged
from tiles import mvt, planned, preparing, preparing_queue
from tiles.grid import Tile
from tiles.known import sources
from tiles.models import TileSet
from tiles.preparing import build
from tiles.source import TileSource, source_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _even_small_versions(settings: Any) -> None:
    settings.PORTAL_LOD_MIN = 1


@pytest.fixture
def live(django_capture_on_commit_callbacks: Any) -> LayerVersion:
    with django_capture_on_commit_callbacks(execute=True):
        return published(plots_layer(), ["a", "b"])


def tables(version_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ %s ORDER BY 1",
            [f"^tiles_[a-z]+_v{version_id}(_[0-9a-f]{{12}})?$"],
        )
        return [row[0] for row in cursor.fetchall()]


def may_read(role: str, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [role, table])
        return bool(cursor.fetchone()[0])


def state(version_id: int) -> str:
    return TileSet.objects.get(pk=version_id).state


def source(version: LayerVersion) -> Any:
    sources.clear()
    return source_of(version.layer.slug, version.pk)


def test_publication_queues_one_task(live: LayerVersion) -> None:
    assert state(live.pk) == TileSet.WAITING
    preparing_queue.want(Layer.objects.get(pk=live.layer_id))
    preparing_queue.sweep()
    tasks = DBTaskResult.objects.filter(task_path="tiles.tasks.prepare_version")
    assert [task.args_kwargs["args"] for task in tasks] == [[live.pk]]
    assert not source(live).prepared


def test_small_versions_want_none(live: LayerVersion, settings: Any) -> None:
    settings.PORTAL_LOD_MIN = 3
    TileSet.objects.all().delete()
    assert preparing_queue.want(Layer.objects.get(pk=live.layer_id)) is None
    assert not TileSet.objects.exists()


def test_what_was_made_is_shown_and_known(live: LayerVersion) -> None:
    digest = source(live).digest
    assert build(live.pk) == "ready"
    made = TileSet.objects.get(pk=live.pk)
    assert made.state == TileSet.READY
    assert made.bytes
    assert made.seconds is not None
    assert tables(live.pk)
    assert all(may_read(settings.PORTAL_TILES_ROLE, table) for table in tables(live.pk))
    assert source(live).prepared
    assert source(live).digest == digest
    for table in tables(live.pk):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} (zoom) VALUES (1)")


def test_made_once_until_the_definition_changes(live: LayerVersion) -> None:
    build(live.pk)
    assert build(live.pk) == "not wanted"
    layer = Layer.objects.get(pk=live.layer_id)
    preparing_queue.keep_house()
    assert state(live.pk) == TileSet.READY
    layer.definition = {**layer.definition, "style": {"working_zoom": 15}}
    layer.save()
    assert state(live.pk) == TileSet.WAITING
    assert not source(live).prepared
    assert build(live.pk) == "ready"
    assert source(live).prepared


def test_the_tiles_role_loses_them_with_the_version(live: LayerVersion) -> None:
    if settings.PORTAL_TILES_ROLE == settings.PORTAL_APP_ROLE:
        pytest.skip("one role for everything: an existing database with a single address")
    build(live.pk)
    newer = staged(live.layer, ["a", "b", "c"])
    publish.publish(newer, as_operator=True)
    assert tables(live.pk)
    assert not any(may_read(settings.PORTAL_TILES_ROLE, table) for table in tables(live.pk))
    publish.roll_back(Layer.objects.get(pk=live.layer_id), as_operator=True)
    assert all(may_read(settings.PORTAL_TILES_ROLE, table) for table in tables(live.pk))
    assert source(live).prepared


def test_an_internal_layers_tables_are_not_for_the_tiles_role(live: LayerVersion) -> None:
    if settings.PORTAL_TILES_ROLE == settings.PORTAL_APP_ROLE:
        pytest.skip("one role for everything: an existing database with a single address")
    Layer.objects.filter(pk=live.layer_id).update(visibility=Layer.INTERNAL)
    partitions.hide(live.pk)
    build(live.pk)
    assert tables(live.pk)
    assert not any(may_read(settings.PORTAL_TILES_ROLE, table) for table in tables(live.pk))


def test_they_go_with_the_rows(live: LayerVersion) -> None:
    build(live.pk)
    newer = publish.publish(staged(live.layer, ["a", "b"]), as_operator=True)
    live.refresh_from_db()
    publish.discard(live)
    assert not tables(live.pk)
    assert not TileSet.objects.filter(pk=live.pk).exists()
    assert Layer.objects.get(pk=live.layer_id).live_version_id == newer.pk


def test_withdrawn_values_are_read_nowhere(live: LayerVersion) -> None:
    build(live.pk)
    layer = Layer.objects.get(pk=live.layer_id)
    private = {"name": "area", "type": "decimal", "visibility": "officer", "label": {"vi": "D"}}
    fields = [f if f["name"] != "area" else private for f in layer.definition["field"]]
    Layer.objects.filter(pk=layer.pk).update(definition={**layer.definition, "field": fields})
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_withdraw_fields(%s, %s, %s)", [live.pk, ["area"], []])
    assert state(live.pk) == TileSet.WAITING
    if settings.PORTAL_TILES_ROLE != settings.PORTAL_APP_ROLE:
        assert not any(may_read(settings.PORTAL_TILES_ROLE, table) for table in tables(live.pk))


@pytest.fixture
def _failing_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tile's statement that fails does not take the test's transaction with it."""
    first_row = planned.first_row

    def alone(alias: str, query: str, tile: Tile) -> tuple[Any, ...] | None:
        with transaction.atomic(using=alias):
            return first_row(alias, query, tile)

    monkeypatch.setattr(planned, "first_row", alone)


def areas(known: TileSource) -> list[float | None]:
    """What the tile of both plots says of them."""
    decoded = mapbox_vector_tile.decode(mvt.make_tile(known, Tile.at(14, 107.1005, 10.5005)))
    return [f["properties"].get("area") for f in decoded["test-plots"]["features"]]


def make_area_private() -> Layer:
    """As `sync_layers` does when the program's files say so."""
    private = {"name": "area", "type": "decimal", "visibility": "officer", "label": {"vi": "D"}}
    fields = [f if f["name"] != "area" else private for f in DEFINITION["field"]]
    return plots_layer(field=fields, popup={"title": "{code}"})


@pytest.fixture
def live_with_area(django_capture_on_commit_callbacks: Any) -> LayerVersion:
    """The plots' area is a value of their tiles."""
    fields = [{**f, "tile": f["name"] == "area"} for f in DEFINITION["field"]]
    with django_capture_on_commit_callbacks(execute=True):
        return published(plots_layer(field=fields), ["a", "b"])


@pytest.mark.usefixtures("_failing_alone")
def test_a_withdrawn_value_is_not_given_back(live_with_area: LayerVersion) -> None:
    """Neither to the tiles role nor to ours, though a process still knows the tables."""
    live = live_with_area
    build(live.pk)
    known = source(live)
    assert known.prepared
    assert areas(known) == [100, 100]
    make_area_private()
    partitions.hide(live.pk)
    partitions.attach(live.pk, public=True)
    assert tables(live.pk)
    for role in {settings.PORTAL_TILES_ROLE, settings.PORTAL_APP_ROLE}:
        assert not any(may_read(role, table) for table in tables(live.pk))
    assert areas(known) == [None, None]


@pytest.mark.usefixtures("_failing_alone")
@pytest.mark.parametrize(("first", "last"), [("code", ""), ("area", "code")])
def test_rebuilt_tables_say_nothing_under_former_names(
    live_with_area: LayerVersion, first: str, last: str
) -> None:
    """Another process knows the tables that were made by the definition before the edit."""
    live = live_with_area
    build(live.pk)
    known = source(live)
    assert [name for name, _cast in known.attributes] == ["code", "area"]
    tiles_then = [mvt.make_tile(known, Tile.at(z, 107.1005, 10.5005)) for z in (9, 14)]
    fields = [{**f, "tile": f["name"] in (first, last)} for f in DEFINITION["field"]]
    plots_layer(field=sorted(fields, key=lambda f: f["name"] != first))
    assert build(live.pk) == "ready"
    assert source(live).prepared
    assert source(live).attributes != known.attributes
    assert [mvt.make_tile(known, Tile.at(z, 107.1005, 10.5005)) for z in (9, 14)] == tiles_then


@pytest.mark.usefixtures("_failing_alone")
def test_tables_in_the_making_are_nobodys(live: LayerVersion) -> None:
    """A process that knows tables of the same definition never reads half of them."""
    build(live.pk)
    known, tile = source(live), Tile.at(9, 107.1005, 10.5005)
    whole = mvt.make_tile(known, tile)
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_stage_tiles(%s)", [live.pk])
    assert mvt.make_tile(known, tile) == whole


def test_a_withdrawal_while_tables_are_made_begins_anew(
    live_with_area: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, fill = live_with_area, preparing._fill

    def withdrawn(known: TileSource, attempt: int) -> None:
        fill(known, attempt)
        make_area_private()

    with monkeypatch.context() as patch:
        patch.setattr(preparing, "_fill", withdrawn)
        assert build(live.pk) == "taken over"
    assert state(live.pk) == TileSet.WAITING
    assert not source(live).prepared
    assert build(live.pk) == "ready"
    assert areas(source(live)) == [None, None]


@pytest.mark.parametrize("is_announced", [True, False])
def test_an_edit_while_tables_are_made_begins_anew(
    live: LayerVersion, monkeypatch: pytest.MonkeyPatch, is_announced: bool
) -> None:
    """Also when nobody heard of it: the definition is compared before they are shown."""
    fill, layer = preparing._fill, Layer.objects.get(pk=live.layer_id)
    layer.definition = {**layer.definition, "style": {"working_zoom": 15}}

    def edited(known: TileSource, attempt: int) -> None:
        fill(known, attempt)
        if is_announced:
            layer.save()
        else:
            Layer.objects.filter(pk=layer.pk).update(definition=layer.definition)

    with monkeypatch.context() as patch:
        patch.setattr(preparing, "_fill", edited)
        assert build(live.pk) == "taken over"
    assert state(live.pk) == TileSet.WAITING
    assert build(live.pk) == "ready"
    assert source(live).prepared


def test_what_was_learnt_before_the_commit_is_forgotten_after_it(
    live: LayerVersion, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        Layer.objects.get(pk=live.layer_id).save()
        assert sources.get(live.pk) is None
        source(live)
    assert sources.get(live.pk) is None


def test_a_making_that_was_cut_off_is_begun_again(live: LayerVersion) -> None:
    TileSet.objects.filter(pk=live.pk).update(state=TileSet.BUILDING, attempts=1)
    DBTaskResult.objects.update(status="RUNNING")
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_stage_tiles(%s)", [live.pk])
    preparing_queue.sweep()
    assert state(live.pk) == TileSet.WAITING
    assert DBTaskResult.objects.filter(status="READY").count() == 1
    assert build(live.pk) == "ready"
    assert not [table for table in tables(live.pk) if "measure" in table or "tally" in table]


def test_three_cuts_are_left_to_the_operator(live: LayerVersion) -> None:
    TileSet.objects.filter(pk=live.pk).update(state=TileSet.BUILDING, attempts=3)
    preparing_queue.sweep()
    assert state(live.pk) == TileSet.FAILED
    assert TileSet.objects.get(pk=live.pk).message
    preparing_queue.keep_house()
    assert state(live.pk) == TileSet.FAILED
    call_command("prepare_tiles", live.layer.slug, verbosity=0)
    assert state(live.pk) == TileSet.READY


def test_a_failure_is_written_down_and_leaves_nothing(
    live: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_said: Any) -> None:
        preparing.run_step(
            _said[0], _said[1], f"SELECT portal_stage_tiles({live.pk})", "SELECT 1/0"
        )

    monkeypatch.setattr(preparing, "_make", broken)
    with pytest.raises(DatabaseError):
        build(live.pk)
    failed = TileSet.objects.get(pk=live.pk)
    assert failed.state == TileSet.FAILED
    assert "division by zero" in failed.message
    assert not tables(live.pk)


def test_one_who_was_thought_dead_writes_nothing(live: LayerVersion) -> None:
    TileSet.objects.filter(pk=live.pk).update(state=TileSet.BUILDING, attempts=2)
    with pytest.raises(preparing.NoLongerOurs):
        preparing.run_step(source(live), 1, f"SELECT portal_stage_tiles({live.pk})")


def test_versions_that_are_not_published_have_none(live: LayerVersion) -> None:
    waiting = staged(live.layer, ["a"])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT portal_stage_tiles(%s)", [waiting.pk])


def test_tables_that_are_gone_are_done_without(
    live: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(live.pk)
    prepared, first_row = source(live), planned.first_row

    def gone(alias: str, query: str, tile: Tile) -> tuple[Any, ...] | None:
        if "tiles_" in query:
            raise ProgrammingError from UndefinedTable()
        return first_row(alias, query, tile)

    for zoom in (9, 14):
        tile = Tile.at(zoom, 107.1005, 10.5005)
        whole = mvt.make_tile(prepared, tile)
        assert whole
        with monkeypatch.context() as patch:
            patch.setattr(planned, "first_row", gone)
            assert mvt.make_tile(prepared, tile) == whole


def test_a_large_version_has_more_time_until_its_tables_are_there(
    live: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, patience = [], mvt._patience
    low, high = (Tile.at(zoom, 107.1005, 10.5005) for zoom in (9, 14))

    def patient(alias: str, which: TileSource, tile: Tile) -> Any:
        slow.append(tile)
        return patience(alias, which, tile)

    monkeypatch.setattr(mvt, "_patience", patient)
    unprepared = source(live)
    assert mvt.make_tile(unprepared, low)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("20s",)
    assert mvt.make_tile(unprepared, high)
    build(live.pk)
    assert mvt.make_tile(source(live), low)
    assert slow == [low]
