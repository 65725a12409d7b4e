"""Settings of the portal. Each variable that is read is described in docs/settings.md.

What belongs to one room stands in a file of `gis_portal/configuration/` and is taken in here: a new
setting goes there. What every deployment and every reader looks for first is in this file.
"""

from pathlib import Path
from typing import Any

import django_stubs_ext

from gis_portal.configuration.citizens import *  # noqa: F403
from gis_portal.configuration.database import *  # noqa: F403
from gis_portal.configuration.importing import *  # noqa: F403
from gis_portal.configuration.officers import *  # noqa: F403
from gis_portal.configuration.planners import *  # noqa: F403
from gis_portal.configuration.serving import *  # noqa: F403
from gis_portal.configuration.signing_in import *  # noqa: F403
from gis_portal.environment import (
    LOCAL,
    ROOT,
    development_secret_key,
    env,
    secret,
    wheel_library,
)

# Lets classes such as ModelAdmin[Layer] be written at run time as the type checker sees them.
django_stubs_ext.monkeypatch()

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

# Proxies of ours before the portal: whose X-Forwarded-For is believed, counted from the end.
PORTAL_PROXIES = env.int("PORTAL_PROXIES", default=0)

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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
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
    "gis_portal.officer.devices",
    "gis_portal.accounts",
    "gis_portal.officer.field",
    "gis_portal.officer.packs",
    "gis_portal.officer.desk",
    "gis_portal.officer.shell",
    "gis_portal.planner",
    "gis_portal.planner.compositions",
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
    "allauth.account.middleware.AccountMiddleware",
    "gis_portal.middleware.PagesOfStaff",
    "gis_portal.accounts.second_factor.SecondFactorFirst",
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
