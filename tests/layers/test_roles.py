"""The database roles: what the app and tiles roles cannot do is what keeps private data private."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from layers import partitions
from layers.models import Layer, LayerVersion
from tests.layers.rows import plots_layer, published, staged

pytestmark = pytest.mark.django_db


def test_tests_act_as_the_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (settings.PORTAL_APP_ROLE, False, False)


def test_the_app_role_owns_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        (
            "INSERT INTO layers_privatevalue (version_id, uid, visibility, values) "
            "VALUES (1, gen_random_uuid(), 'officer', '{}')"
        ),
        "ALTER TABLE layers_privatevalue DISABLE ROW LEVEL SECURITY",
        "DELETE FROM spatial_ref_sys",
        "SELECT portal_index_field(1, 'a''b', '')",
    ],
)
def test_the_app_role_may_not(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_tiles_role_reads_neither_private_values_nor_people() -> None:
    if settings.PORTAL_TILES_ROLE == settings.PORTAL_APP_ROLE:
        pytest.skip("one role for everything: an existing database with a single address")
    with connection.cursor() as cursor:
        for table in ("layers_privatevalue", "layers_feature", "auth_user", "django_session"):
            cursor.execute(
                "SELECT has_table_privilege(%s, %s, 'SELECT')", [settings.PORTAL_TILES_ROLE, table]
            )
            assert cursor.fetchone() == (False,), table


@pytest.fixture
def live() -> LayerVersion:
    return published(plots_layer(), ["a"], private={"officer": {"paper": "CANARY"}})


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT portal_drop_version({live})",
        "SELECT portal_seal_version({live})",
        "SELECT portal_stage_version({live})",
        "SELECT portal_stage_version(-5)",
        "SELECT portal_stage_version(424242)",
    ],
)
def test_the_functions_refuse_versions_in_another_state(live: LayerVersion, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(live=live.pk))


def call(function: str, *said: int | str | list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(said))
        cursor.execute(f"SELECT {function}({marks})", said)


def test_a_version_that_waits_is_not_attached(live: LayerVersion) -> None:
    waiting = staged(live.layer, ["a", "b"])
    for role in ("public", settings.PORTAL_TILES_ROLE, ""):
        with pytest.raises(DatabaseError, match="is not live"):
            call("portal_attach_version", waiting.pk, role)


def test_rows_are_shown_to_the_tiles_role_only(live: LayerVersion) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper LIMIT 1")
        superuser = cursor.fetchone()[0]
    for role in ("public", "pg_monitor", "nobody-at-all", superuser):
        for function in ("portal_attach_version", "portal_hide_version"):
            with pytest.raises(DatabaseError, match="role"):
                call(function, live.pk, role)
    call("portal_attach_version", live.pk, settings.PORTAL_TILES_ROLE)
    Layer.objects.filter(pk=live.layer_id).update(visibility=Layer.INTERNAL)
    if settings.PORTAL_TILES_ROLE != settings.PORTAL_APP_ROLE:
        with pytest.raises(DatabaseError, match="is not for role"):
            call("portal_attach_version", live.pk, settings.PORTAL_TILES_ROLE)


def test_public_fields_are_not_taken_out_of_published_rows(live: LayerVersion) -> None:
    with pytest.raises(DatabaseError, match="are public"):
        call("portal_withdraw_fields", live.pk, ["area"], [])
    with pytest.raises(DatabaseError, match="are searched"):
        call("portal_withdraw_fields", live.pk, [], ["owner"])
    call("portal_withdraw_fields", live.pk, ["owner"], [])


def test_the_tiles_role_sees_of_layers_only_whether_they_are_live_and_public() -> None:
    role = settings.PORTAL_TILES_ROLE
    if role == settings.PORTAL_APP_ROLE:
        pytest.skip("one role for everything: an existing database with a single address")
    with connection.cursor() as cursor:
        for column, allowed in (("live_version_id", True), ("definition", False)):
            cursor.execute(
                "SELECT has_column_privilege(%s, 'layers_layer', %s, 'SELECT')", [role, column]
            )
            assert cursor.fetchone() == (allowed,)
        cursor.execute("SELECT has_table_privilege(%s, 'layers_layerversion', 'SELECT')", [role])
        assert cursor.fetchone() == (False,)


def test_the_tiles_role_follows_a_shipped_layers_visibility() -> None:
    """`sync_layers` brings what the program's files say; rights that were left behind too."""
    if settings.PORTAL_TILES_ROLE == settings.PORTAL_APP_ROLE:
        pytest.skip("one role for everything: an existing database with a single address")
    live = published(plots_layer(), ["a"])

    def may_read() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege(%s, %s, 'SELECT')",
                [settings.PORTAL_TILES_ROLE, partitions.feature_table(live.pk)],
            )
            return bool(cursor.fetchone()[0])

    assert may_read()
    plots_layer(visibility="internal")
    assert not may_read()
    plots_layer(visibility="public")
    assert may_read()
    partitions.hide(live.pk)
    plots_layer(visibility="public")
    assert may_read()
