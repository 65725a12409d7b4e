"""Three roles on one database: app (neither superuser nor owner), owner (migrations only) and
tiles (reads partitions of public layers only).
"""

from typing import Any

from gis_portal.environment import env, load_private_cluster, secret

load_private_cluster()
_app_url = secret("DATABASE_URL", default="postgis://localhost/portal")
_owner_url = secret("DATABASE_OWNER_URL") or _app_url
_tiles_url = secret("DATABASE_TILES_URL") or _app_url


def _database(url: str, options: str) -> dict[str, Any]:
    """Connection settings of one role; `options` are PostgreSQL's own, set for each session."""
    database: dict[str, Any] = env.db_url_config(
        url, engine="django.contrib.gis.db.backends.postgis"
    )
    database["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=300)
    database["CONN_HEALTH_CHECKS"] = True
    database["OPTIONS"] = {**database.get("OPTIONS", {}), "options": options}
    return database


# What one statement may take: of the API and pages, of a tile. Search, counts and exports have
# bounds of their own (serving.py).
_API = f"-c statement_timeout={env.int('PORTAL_API_SECONDS', default=10)}s"
_TILE = f"-c statement_timeout={env.int('PORTAL_TILE_SECONDS', default=3)}s"
_test = {
    "NAME": env.str("PORTAL_TEST_DATABASE", default="test_portal"),
    "TEMPLATE": "portal_template",
}
DATABASES = {
    "default": {**_database(_app_url, f"-c jit=off {_API}"), "TEST": _test},
    "owner": {**_database(_owner_url, "-c jit=off"), "TEST": {"MIRROR": "default"}},
    "tiles": {
        **_database(
            _tiles_url,
            # Tile statements are planned once a connection (tiles/planned.py), for any square.
            f"-c jit=off {_TILE} -c max_parallel_workers_per_gather=0"
            " -c plan_cache_mode=force_generic_plan",
        ),
        "TEST": {"MIRROR": "default"},
    },
}
DATABASE_ROUTERS = ["gis_portal.routing.OwnerWhileMigrating"]
# Role names for the grants that follow every migration.
PORTAL_APP_ROLE = DATABASES["default"]["USER"]
PORTAL_TILES_ROLE = DATABASES["tiles"]["USER"]
