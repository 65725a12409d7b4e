"""What search, lists, tiles, packages and exports may cost."""

from gis_portal.environment import LOCAL, env

# Milliseconds that one question of the search box may take of the database.
PORTAL_SEARCH_MS = env.int("PORTAL_SEARCH_MS", default=1500)
# Versions of at least so many features get tables of their own for tiles, after publication.
PORTAL_LOD_MIN = env.int("PORTAL_LOD_MIN", default=2000)
PORTAL_WRITTEN_MIN = env.int("PORTAL_WRITTEN_MIN", default=5000)
# Up to where, and for how long, the matches of a filtered list are counted.
PORTAL_COUNT_MOST = env.int("PORTAL_COUNT_MOST", default=10_000)
PORTAL_COUNT_MS = env.int("PORTAL_COUNT_MS", default=250)
# What one filter (CQL2) may hold: characters, levels, operators, positions of its geometries.
PORTAL_FILTER_LIMITS = {
    "length": env.int("PORTAL_FILTER_LENGTH", default=10_000),
    "depth": env.int("PORTAL_FILTER_DEPTH", default=24),
    "operators": env.int("PORTAL_FILTER_OPERATORS", default=100),
    "vertices": env.int("PORTAL_FILTER_VERTICES", default=2000),
}
# Public tiles are kept here, packed; nginx may read it. MB: oldest tiles go beyond; 0: none kept.
PORTAL_TILE_STORE = env.str("PORTAL_TILE_STORE", default=str(LOCAL / "tiles"))
PORTAL_TILE_STORE_MB = env.int("PORTAL_TILE_STORE_MB", default=20_000)
# Pictures of imagery that each thread of the web server keeps open.
PORTAL_IMAGERY_OPEN = env.int("PORTAL_IMAGERY_OPEN", default=16)
# Packages of tiles (PMTiles): room for all and for one in MB, squares that one may look at.
PORTAL_PACKAGES_MB = env.int("PORTAL_PACKAGES_MB", default=8192)
PORTAL_PACKAGE_MB = env.int("PORTAL_PACKAGE_MB", default=1024)
PORTAL_PACKAGE_TILES = env.int("PORTAL_PACKAGE_TILES", default=500_000)
# Packages of areas that one person, or one host without log-in, may have at a time; days they last.
PORTAL_PACKAGES_EACH = env.int("PORTAL_PACKAGES_EACH", default=4)
PORTAL_PACKAGE_DAYS = env.float("PORTAL_PACKAGE_DAYS", default=3)
# Packages that may wait in all.
PORTAL_PACKAGES_WAITING = env.int("PORTAL_PACKAGES_WAITING", default=40)
# Exports: features sent at once, MB of one file and of all, seconds that one statement may take.
PORTAL_EXPORT_DIRECT = env.int("PORTAL_EXPORT_DIRECT", default=20_000)
PORTAL_EXPORT_MB = env.int("PORTAL_EXPORT_MB", default=4096)
PORTAL_EXPORTS_MB = env.int("PORTAL_EXPORTS_MB", default=8192)
PORTAL_EXPORT_SECONDS = env.int("PORTAL_EXPORT_SECONDS", default=120)
PORTAL_EXPORT_MINUTES = env.float("PORTAL_EXPORT_MINUTES", default=15)
# Exports of selections that one person, or one host without log-in, may have; days they last.
PORTAL_EXPORTS_EACH = env.int("PORTAL_EXPORTS_EACH", default=4)
PORTAL_EXPORT_DAYS = env.float("PORTAL_EXPORT_DAYS", default=2)
# Exports that may wait in all.
PORTAL_EXPORTS_WAITING = env.int("PORTAL_EXPORTS_WAITING", default=40)
