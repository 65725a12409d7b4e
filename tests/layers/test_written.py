"""Features written ahead: the same bytes as built from the rows, never what holds no longer."""

import json
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult
from psycopg2.errors import UndefinedTable

from layers import publish
from layers.models import AdminUnit, Layer, LayerVersion, WrittenRows
from layers.queries import page
from layers.written import making, queue
from tests.layers.rows import DEFINITION, plots_layer, published

pytestmark = pytest.mark.django_db
ITEMS = "/api/collections/test-plots/items"
ASKED = (
    "",
    "?limit=1",
    "?bbox=106,10,108,11",
    "?bbox=170,10,-170,11",
    "?properties=area",
    "?crs=http://www.opengis.net/def/crs/EPSG/0/5899",
    "?sortby=-area",
    "?filter=area>0",
    "?skipGeometry=true",
)


@pytest.fixture(autouse=True)
def _even_small_versions(settings: Any) -> None:
    settings.PORTAL_WRITTEN_MIN = 1


@pytest.fixture
def live() -> LayerVersion:
    unit = AdminUnit.objects.create(
        code="99001", level="commune", valid_from="2025-07-01", kind="xã", name='Xã "Thí Dụ"'
    )
    return published(plots_layer(), ["a", 'b"\\', "đ"], unit_id=unit.pk)


def bodies(client: Client) -> list[bytes]:
    """Pages in every way of asking, without the moment that they were made."""
    found = []
    for asked in ASKED:
        answer = client.get(ITEMS + asked)
        assert answer.status_code == 200, answer.content
        found.append(answer.content.replace(json_of(answer)["timeStamp"].encode(), b""))
    return found


def json_of(answer: Any) -> Any:
    return json.loads(answer.content)


def write(version: LayerVersion) -> str:
    queue.want(Layer.objects.get(pk=version.layer_id))
    return making.write(version.pk)


def tables(version: LayerVersion) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM portal_written_tables(%s) AS t", [version.pk])
        return [name for (name,) in cursor.fetchall()]


def is_read(client: Client, version: LayerVersion, asked: str = "") -> bool:
    """Whether a page comes from the version's table."""
    with CaptureQueriesContext(connection) as queries:
        client.get(ITEMS + asked)
    return any(table in query["sql"] for query in queries for table in tables(version))


def test_pages_are_the_same_bytes(client: Client, live: LayerVersion) -> None:
    built = bodies(client)
    assert write(live) == WrittenRows.READY
    assert bodies(client) == built
    read = [is_read(client, live, asked) for asked in ASKED]
    assert read == [True, True, True, True, False, False, True, True, False]


def test_nobody_writes_into_what_was_written(live: LayerVersion) -> None:
    write(live)
    (table,) = tables(live)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'INSERT, UPDATE, DELETE')", [table])
        assert not cursor.fetchone()[0]


def test_a_publication_calls_a_worker_once(
    live: LayerVersion, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        second = published(live.layer, ["a"])
    for _ in range(2):
        queue.keep_house()
    tasks = DBTaskResult.objects.filter(task_path="layers.written.tasks.write_version")
    assert [task.args_kwargs["args"] for task in tasks].count([second.pk]) == 1


def test_small_versions_want_none(live: LayerVersion, settings: Any) -> None:
    settings.PORTAL_WRITTEN_MIN = 4
    queue.want(live.layer)
    assert making.write(live.pk) == "not wanted"


def test_withdrawn_fields_go_with_it(client: Client, live: LayerVersion) -> None:
    write(live)
    fields = [{**DEFINITION["field"][0]}, {**DEFINITION["field"][1], "visibility": "officer"}]
    plots_layer(field=[{**f, "filterable": False} if f["name"] == "area" else f for f in fields])
    assert tables(live) == []
    assert b'"area"' not in client.get(ITEMS).content
    assert write(live) == WrittenRows.READY
    assert b'"area"' not in client.get(ITEMS).content
    assert is_read(client, live)


def test_another_name_of_a_unit_is_seen_at_once(client: Client, live: LayerVersion) -> None:
    write(live)
    AdminUnit.objects.filter(code="99001").update(name="Xã Minh Họa")
    assert "Xã Minh Họa" in client.get(ITEMS).content.decode()
    assert write(live) == WrittenRows.READY
    assert "Xã Minh Họa" in client.get(ITEMS).content.decode()
    queue.keep_house()
    assert len(tables(live)) == 1
    assert is_read(client, live)


def test_what_changes_meanwhile_is_written_in_vain(
    live: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_wanted = making._still_wanted

    def renamed_meanwhile(*given: Any) -> bool:
        AdminUnit.objects.filter(code="99001").update(name="Xã Minh Họa")
        return still_wanted(*given)

    monkeypatch.setattr(making, "_still_wanted", renamed_meanwhile)
    assert write(live) == "wanted otherwise meanwhile"
    assert tables(live) == []


def test_it_lives_as_long_as_its_version_is_live(client: Client, live: LayerVersion) -> None:
    write(live)
    second = published(live.layer, ["a"])
    assert len(client.get(ITEMS).json()["features"]) == 1
    queue.keep_house()
    assert tables(live) == []
    write(second)
    publish.publish(live, as_operator=True)
    publish.discard(LayerVersion.objects.get(pk=second.pk))
    assert tables(second) == []


def test_a_page_is_built_when_the_table_is_gone(
    client: Client, live: LayerVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(live)
    fetched = page._fetched

    def gone(statement: Any) -> Any:
        if "layers_written" in statement.text:
            raise ProgrammingError from UndefinedTable()
        return fetched(statement)

    monkeypatch.setattr(page, "_fetched", gone)
    assert len(client.get(ITEMS).json()["features"]) == 3


def test_a_failure_is_told_and_rests(live: LayerVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_definition: Any) -> str:
        raise RuntimeError("no room")

    queue.want(live.layer)
    monkeypatch.setattr(making, "digest_of", fails)
    with pytest.raises(RuntimeError):
        making.write(live.pk)
    found = WrittenRows.objects.get(pk=live.pk)
    assert (found.state, found.message) == (WrittenRows.FAILED, "RuntimeError: no room")
    DBTaskResult.objects.all().delete()
    queue.want(live.layer)
    assert not DBTaskResult.objects.exists()
