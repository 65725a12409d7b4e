"""Where settings come from: the environment, secrets in files, the private cluster's file.

`settings.py` is the only reader. A variable `NAME` may be given as `NAME_FILE`, the path of a file
that holds it (container secrets). Without any DATABASE_URL the private cluster's
`.local/database.env` is read.
"""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parent.parent
# Everything this installation keeps beside its code: cluster, secrets, uploaded files.
LOCAL = Path(os.environ.get("PORTAL_LOCAL_DIR", ROOT / ".local"))

env = environ.Env()
# typst (gis_portal/typesetting) takes every processor for a sheet; it looks once, at its first.
os.environ.setdefault("RAYON_NUM_THREADS", "1")


def load_private_cluster() -> None:
    """Read `.local/database.env` (KEY=VALUE lines) unless the operator named a database."""
    file = LOCAL / "database.env"
    if "DATABASE_URL" in os.environ or "DATABASE_URL_FILE" in os.environ or not file.exists():
        return
    environ.Env.read_env(str(file))


def secret(name: str, default: str = "") -> str:
    """The value of NAME, or the content of the file that NAME_FILE points at."""
    path = env.str(f"{name}_FILE", default="")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return str(env.str(name, default=default))


def development_secret_key() -> str:
    """A random key kept in `.local/secret-key`, made on first use; a deployment sets
    DJANGO_SECRET_KEY.
    """
    file = LOCAL / "secret-key"
    if not file.exists():
        LOCAL.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(secrets.token_urlsafe(50))
    return file.read_text(encoding="utf-8")


def wheel_library(package: str, pattern: str) -> str | None:
    """A shared library that comes inside a wheel: GDAL from pyogrio, GEOS from shapely.

    Debian's GDAL 3.6 cannot block file and network access by hostile spatial references (gis.W001);
    the wheels carry 3.12. Django falls back to the system's library when this answers None.
    """
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return None
    base = Path(spec.origin).parent
    found = sorted((base.parent / f"{package}.libs").glob(pattern)) + sorted(
        (base / ".dylibs").glob(pattern)
    )
    return str(found[0]) if found else None
