"""Tables made for tiles: wanted at publication, made aside, shown, withdrawn and dropped with the
version.
"""

from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django_tasks_db.models import DBTaskResult
from psycopg2.errors import UndefinedTable

from layers import publish
from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published, staged
from tiles import mvt, planned, preparing, preparing_queue
from tiles.grid import Tile
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
            [f"^tiles_[a-z]+_v{version_id}$"],
        )
        return [row[0] for row in cursor.fetchall()]


def may_read(role: str, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [role, table])
        return bool(cursor.fetchone()[0])


def state(version_id: int) -> str:
    return TileSet.objects.get(pk=version_id).state


def source(version: LayerVersion) -> Any:
    from tiles.known import sources

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
    from layers import partitions

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
