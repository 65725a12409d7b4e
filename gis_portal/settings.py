"""Settings of the portal. Each variable that is read here is described in docs/settings.md."""

from pathlib import Path
from typing import Any

import django_stubs_ext

from gis_portal.environment import (
    LOCAL,
    ROOT,
    development_secret_key,
    env,
    load_private_cluster,
    secret,
    wheel_library,
)

# Lets classes such as ModelAdmin[Layer] be written at run time as the type checker sees them.
django_stubs_ext.monkeypatch()
load_private_cluster()

BASE_DIR = ROOT
LOCAL_DIR = LOCAL
DEBUG = env.bool("DJANGO_DEBUG", default=False)
SECRET_KEY = secret("DJANGO_SECRET_KEY") or development_secret_key()
# Keys of before, apart by blanks: what was signed with them (codes of extracts) stays good.
SECRET_KEY_FALLBACKS = secret("DJANGO_SECRET_KEY_FALLBACKS").split()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- The province -----------------------------------------------------------------------------
PORTAL_NAME_VI = env.str("PORTAL_NAME_VI", default="Bản đồ đất đai và hạ tầng")
PORTAL_NAME_EN = env.str("PORTAL_NAME_EN", default="Land and infrastructure map")
# Codes of provinces in force today; their communes and all predecessors are loaded.
PORTAL_PROVINCE_CODES = env.list("PORTAL_PROVINCE_CODES", default=["79"])
# West, south, east, north in degrees: the area that layers with extent = "province" must fall in.
PORTAL_EXTENT = tuple(env.list("PORTAL_EXTENT", cast=float, default=[106.3, 8.4, 107.8, 11.6]))
# The grid that coordinates are shown in, and the other one that files of the province come in.
PORTAL_GRID = env.str("PORTAL_GRID", default="EPSG:5899")
PORTAL_OTHER_GRIDS = env.list("PORTAL_OTHER_GRIDS", default=["EPSG:9210"])
# First view of the map: longitude, latitude, zoom.
PORTAL_HOME_VIEW = tuple(env.list("PORTAL_HOME_VIEW", cast=float, default=[107.23, 10.52, 9.4]))
# Versions of a layer that are kept for rolling back, the live one not counted.
PORTAL_KEPT_VERSIONS = env.int("PORTAL_KEPT_VERSIONS", default=5)
# An import with a larger share of refused rows than this is refused as a whole.
PORTAL_MAX_BAD_ROWS = env.float("PORTAL_MAX_BAD_ROWS", default=0.05)
# So few refused rows are left out and listed, whatever share of a small file they are.
PORTAL_MIN_BAD_ROWS = env.int("PORTAL_MIN_BAD_ROWS", default=5)
# A publication that takes away a larger share of the live features needs a reason.
PORTAL_MAX_REMOVED = env.float("PORTAL_MAX_REMOVED", default=0.2)
# Who imported a file neither approves nor publishes it; a small office may have one person only.
PORTAL_FOUR_EYES = env.bool("PORTAL_FOUR_EYES", default=True)
# A removed and an added feature are one that was renumbered when their shapes share this much.
PORTAL_SAME_PLACE = env.float("PORTAL_SAME_PLACE", default=0.98)
# Features that are listed as changed with a version; counts are exact beyond it.
PORTAL_CHANGES_KEPT = env.int("PORTAL_CHANGES_KEPT", default=100_000)
# Days that the file of an import is kept when no kept version was made from it.
PORTAL_ORIGINALS_DAYS = env.int("PORTAL_ORIGINALS_DAYS", default=30)

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
# Citizens' reports: those of one host within an hour, of all together within a day.
PORTAL_REPORTS_EACH = env.int("PORTAL_REPORTS_EACH", default=10)
PORTAL_REPORTS_ALL = env.int("PORTAL_REPORTS_ALL", default=1000)
# Days after closing that a reporter's contact is kept; then the worker deletes it.
PORTAL_REPORT_CONTACT_DAYS = env.int("PORTAL_REPORT_CONTACT_DAYS", default=30)
# The official notices of the province name the winner of an auction: then a lot's page does, too.
PORTAL_AUCTION_WINNERS = env.bool("PORTAL_AUCTION_WINNERS", default=False)
# The largest decision or notice that is attached to a lot, in MB.
PORTAL_AUCTION_FILE_MB = env.int("PORTAL_AUCTION_FILE_MB", default=10)
# Following lots. The portal's own address, as mails name it; without it or a server, no mails.
PORTAL_ADDRESS = env.str("PORTAL_ADDRESS", default="")
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="")
# What one address may follow; what one host may ask for in an hour, all together in a day.
PORTAL_FOLLOWS_EACH = env.int("PORTAL_FOLLOWS_EACH", default=20)
PORTAL_FOLLOWS_HOST = env.int("PORTAL_FOLLOWS_HOST", default=10)
PORTAL_FOLLOWS_ALL = env.int("PORTAL_FOLLOWS_ALL", default=1000)
# Hours that a link to confirm lasts; then the address is deleted.
PORTAL_FOLLOW_CONFIRM_HOURS = env.int("PORTAL_FOLLOW_CONFIRM_HOURS", default=48)
# Minutes between two digests to one address; mails of one run.
PORTAL_FOLLOW_PAUSE_MINUTES = env.int("PORTAL_FOLLOW_PAUSE_MINUTES", default=60)
PORTAL_FOLLOW_MAILS = env.int("PORTAL_FOLLOW_MAILS", default=500)
# Proxies of ours before the portal: whose X-Forwarded-For is believed, counted from the end.
PORTAL_PROXIES = env.int("PORTAL_PROXIES", default=0)
# A worker's import that gave no sign of life for so long is taken up by another worker.
PORTAL_LEASE_SECONDS = env.float("PORTAL_LEASE_SECONDS", default=60)
# Files of imports that came to nothing are kept so long, to be run again.
PORTAL_UPLOADS_DAYS = env.float("PORTAL_UPLOADS_DAYS", default=7)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# The largest file that the steward's pages and the API take, in MB.
PORTAL_UPLOAD_MB = env.int("PORTAL_UPLOAD_MB", default=200)
# Imports of one person that may wait at a time; each keeps its file.
PORTAL_MAX_QUEUED = env.int("PORTAL_MAX_QUEUED", default=20)
# Two addresses take files and say so themselves; nowhere else does a file reach disk or memory.
FILE_UPLOAD_HANDLERS = ["importers.upload_handler.NoFiles"]

# --- What an import checks ----------------------------------------------------------------------
# Polygons that share so much ground (m²) are listed one by one; smaller ones are counted together.
PORTAL_MIN_OVERLAP_M2 = env.float("PORTAL_MIN_OVERLAP_M2", default=1.0)
# Holes between parcels up to this size (m²) are listed on request; larger ones are streets, ponds.
PORTAL_MAX_GAP_M2 = env.float("PORTAL_MAX_GAP_M2", default=100.0)
# Polygons that the database compares with their neighbours before the check is cut off.
PORTAL_MAX_SUSPECTS = env.int("PORTAL_MAX_SUSPECTS", default=50_000)
# The scale of maps whose rows do not state it: decides how far areas may differ.
PORTAL_MAP_SCALE = env.int("PORTAL_MAP_SCALE", default=2000)
# A table of the allowed difference of areas in place of the one that is shipped (CSV).
PORTAL_AREA_TOLERANCE = env.str("PORTAL_AREA_TOLERANCE", default="")
# Of the rows that name a commune, at least this share must lie in it, if another fits better.
PORTAL_MIN_IN_UNIT = env.float("PORTAL_MIN_IN_UNIT", default=0.5)

# --- Reading files that people send -----------------------------------------------------------
# auto: confined where the host can; required: confined or not at all; off: never, and no uploads.
PORTAL_SANDBOX = env.str("PORTAL_SANDBOX", default="auto")
_MB = 2**20
PORTAL_IMPORT_LIMITS = {
    "file_bytes": env.int("PORTAL_MAX_FILE_MB", default=2048) * _MB,
    "unpacked_bytes": env.int("PORTAL_MAX_UNPACKED_MB", default=8192) * _MB,
    "archive_entries": env.int("PORTAL_MAX_ZIP_ENTRIES", default=500),
    "archive_ratio": env.int("PORTAL_MAX_ZIP_RATIO", default=200),
    "workbook_bytes": env.int("PORTAL_MAX_WORKBOOK_MB", default=200) * _MB,
    "drawing_bytes": env.int("PORTAL_MAX_DRAWING_MB", default=300) * _MB,
    "drawing_entities": env.int("PORTAL_MAX_DRAWING_ENTITIES", default=200_000),
    "drawing_vertices": env.int("PORTAL_MAX_DRAWING_VERTICES", default=2_000_000),
    "image_pixels": env.int("PORTAL_MAX_IMAGE_MPX", default=1000) * 1_000_000,
    "image_ratio": env.int("PORTAL_MAX_IMAGE_RATIO", default=300),
    "reader_memory_bytes": env.int("PORTAL_READER_MEMORY_MB", default=512) * _MB,
    "reader_cpu_seconds": env.int("PORTAL_READER_CPU_SECONDS", default=900),
    "reader_seconds": env.int("PORTAL_READER_SECONDS", default=1800),
    "reader_silence_seconds": env.int("PORTAL_READER_SILENCE_SECONDS", default=300),
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "rest_framework",
    "rest_framework_gis",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_htmx",
    "django_vite",
    "django_tasks_db",
    "layers",
    "importers",
    "importers.api",
    "tiles",
    "gis_portal",
    "gis_portal.maps",
    "gis_portal.figures",
    "gis_portal.reports",
    "gis_portal.auctions",
    "gis_portal.follow",
    "gis_portal.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gis_portal.middleware.LanguageByChoice",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gis_portal.middleware.PagesOfStaff",
    "gis_portal.middleware.NamedErrors",
]

ROOT_URLCONF = "gis_portal.urls"
WSGI_APPLICATION = "gis_portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "gis_portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gis_portal.context.portal",
            ]
        },
    }
]

# --- Database -----------------------------------------------------------------------------------
# Three roles on one database: app (neither superuser nor owner), owner (migrations only) and
# tiles (reads partitions of public layers only).
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
# bounds of their own above.
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GDAL_LIBRARY_PATH = wheel_library("pyogrio", "libgdal*")
GEOS_LIBRARY_PATH = wheel_library("shapely", "libgeos_c*")

# --- Language: Vietnamese first, English by switch ------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [ROOT / "gis_portal" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# --- Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = LOCAL / "static"
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# Vite writes a hash into every name: such a file never changes.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/dist/assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"
MEDIA_ROOT = Path(env.str("PORTAL_FILES", default=str(LOCAL / "files")))
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": ROOT / "gis_portal" / "static" / "gis_portal" / "dist" / "manifest.json",
        "static_url_prefix": "gis_portal/dist",
    }
}

# --- Security ---------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)
_https = env.bool("PORTAL_HTTPS", default=False)
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
CSRF_FAILURE_VIEW = "gis_portal.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0)
if _https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/admin/login/"

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "layers.api.render.problem_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "GIS portal",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.0.3",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
