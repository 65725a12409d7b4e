"""What the service worker keeps: the files that the build made for the handbook, by hashed names.

The list is the build's own manifest, walked from the entry; an address that does not change when
its content does (the page itself, the styles of the map) is kept under the digest of all of them.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

ENTRY = "src/entries/officer.ts"
WORKER = "src/entries/officer-worker.ts"
Manifest = dict[str, dict[str, Any]]
# Browsers that know service workers know woff2.
NEVER_ASKED = (".woff",)


def files_of(manifest: Manifest, entry: str) -> list[str]:
    """Scripts, styles, fonts and workers that the entry may load, now or later, sorted."""
    seen: set[str] = set()

    def walk(key: str) -> Iterator[str]:
        if key in seen or key not in manifest:
            return
        seen.add(key)
        chunk = manifest[key]
        yield from (chunk["file"], *chunk.get("css", ()), *chunk.get("assets", ()))
        for name in (*chunk.get("imports", ()), *chunk.get("dynamicImports", ())):
            yield from walk(name)

    return sorted({name for name in walk(entry) if not name.endswith(NEVER_ASKED)})


@cache
def _manifest(path: Path, _changed: float) -> Manifest:
    manifest: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def _manifest_path() -> Path:
    return Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))


def manifest() -> Manifest:
    """The build's list; read again after a build."""
    path = _manifest_path()
    return _manifest(path, path.stat().st_mtime)


def assets() -> list[str]:
    """Addresses of the build's files that the handbook needs."""
    return [static(f"gis_portal/dist/{name}") for name in files_of(manifest(), ENTRY)]


def worker_source() -> str:
    """The service worker as the build made it: one script without imports."""
    folder = _manifest_path().parent
    return (folder / str(manifest()[WORKER]["file"])).read_text(encoding="utf-8")


def digest(*parts: str) -> str:
    """Names a set of files and texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
