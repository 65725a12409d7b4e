"""The database roles: what the app and tiles roles cannot do is what keeps private data private."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from layers.models import LayerVersion
from tests.layers.rows import plots_layer, published

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
