"""Imagery layers: polygon layers (`feeds = "imagery"`) whose features are scenes.

A scene is a row like any other: it is compared, approved, published and rolled back with its
version. Its picture is a Cloud Optimized GeoTIFF, kept once under its SHA-256 and never changed:
`importers.imagery` makes and keeps it, `tiles.imagery` serves it.

Every kept picture is in Web Mercator (EPSG:3857) on the pixel grid of a zoom level, in blocks of
512 pixels, with overviews and a mask of valid pixels (no nodata value, no alpha band), 8 or 16 bit
as it came; colour tables are expanded. The pinned VN-2000 shift was applied at the import: whoever
reads the file needs to know of no other coordinate system (docs/decisions/0016).
"""

import re
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

# How GDAL opens any picture, foreign or kept: that file and no other, and nothing over the network.
ALONE: dict[str, str | int] = {
    # No other file is ever looked for: .ovr, .msk, .aux.xml, .tfw beside the picture.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_NUM_THREADS": "1",
    # Port 9 is "discard": refused at once.
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "PROJ_NETWORK": "OFF",
}

FEEDS = "imagery"
# Field → type that a layer of scenes declares; it may have more.
SCENE_FIELDS: Mapping[str, str] = {
    "acquired": "date",
    "scene": "text",
    # SHA-256 of the kept picture.
    "file": "text",
    # Of the picture as it came, on the ground.
    "resolution_m": "decimal",
    "bands": "integer",
    # `uint8`, `uint16` or `int16`.
    "dtype": "text",
    # JSON, `[[low, high], …]` one pair a band: the 2nd and 98th percentile of its valid pixels.
    "stretch": "text",
}
# What may be declared besides: whose picture it is, and whether it is invented. They stay with the
# scene, whatever is imported beside it later; a scene without them is as its version says.
SOURCE, ILLUSTRATIVE = "source", "illustrative"
KEY = ("acquired", "scene")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def scenes_folder() -> Path:
    """Where pictures are kept: below MEDIA_ROOT, which no page serves."""
    return Path(settings.MEDIA_ROOT) / "imagery"


def scene_path(sha256: str) -> Path:
    """Where the picture with this SHA-256 is kept, whether or not it is. Raises ValueError."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return scenes_folder() / sha256[:2] / f"{sha256}.tif"


def missing_fields(types: Mapping[str, str], key: tuple[str, ...], geometry: str) -> list[str]:
    """What a declaration with `feeds = "imagery"` lacks. `types`: declared public field → type."""
    found = [
        f"feeds = imagery: cần trường công khai “{name}” kiểu {kind}"
        for name, kind in SCENE_FIELDS.items()
        if types.get(name) != kind
    ]
    if geometry != "polygon" or key != KEY:
        found.append('feeds = imagery: cần geometry = "polygon" và key = ["acquired", "scene"]')
    return found
