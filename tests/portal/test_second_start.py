"""What every further start does again must change nothing that the first one made safe."""

import pytest

from tests.running_portal import Portal, manage

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def privileges(portal: Portal) -> dict[str, set[str]]:
    """What the app role may do with the partitions of features and of private values."""
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, verb FROM pg_class, unnest(%s) AS verb "
            "WHERE relkind = 'r' AND relname ~ '^layers_(feature|privatevalue)_v' "
            "AND has_table_privilege(oid, verb)",
            [list(VERBS)],
        )
        found: dict[str, set[str]] = {"feature": set(), "privatevalue": set()}
        for table, verb in cursor.fetchall():
            found[table.split("_")[1]].add(verb)
    return found


def test_migrating_again_leaves_published_rows_read_only(portal: Portal) -> None:
    sealed = {"feature": {"SELECT"}, "privatevalue": set()}
    assert privileges(portal) == sealed
    manage(portal.environment, "migrate", "--database", "owner", "--verbosity", "0")
    assert privileges(portal) == sealed


# `test_load_demo.py` sees the same from within.
@pytest.mark.long
def test_loading_the_demo_again_adds_no_version(portal: Portal) -> None:
    def versions() -> tuple[int, str]:
        """How many there are, and the day of the newest lots: midnight may have passed since."""
        with portal.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), max(data_date) FILTER (WHERE layer_id = "
                "(SELECT id FROM layers_layer WHERE slug = 'auction-lots'))::text "
                "FROM layers_layerversion"
            )
            found = cursor.fetchone()
            assert found is not None
            return found[0], found[1]

    before, day = versions()
    manage(portal.environment, "load_demo", "--today", day)
    assert versions() == (before, day)
