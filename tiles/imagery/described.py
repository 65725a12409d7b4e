"""What is said about the pictures of a layer: TileJSON of a date, and the list of dates."""

import datetime as dt
from typing import Any

from layers.models import Layer, LayerVersion
from layers.models.catalogue import marked
from tiles.imagery.scenes import SIZE, Scene, Scenes

FORM = "webp"


def address(scenes: Scenes, date: dt.date, form: str = FORM) -> str:
    """The address template of a date's tiles, without a host; kept for ever by who fetched them."""
    place = f"/imagery/{scenes.slug}/{scenes.version_id}/{date.isoformat()}"
    return f"{place}/{{z}}/{{x}}/{{y}}.{form}?d={scenes.digest}"


def overview_address(scenes: Scenes, date: dt.date, form: str = FORM) -> str:
    """The small picture of a date, without a host."""
    place = f"/imagery/{scenes.slug}/{scenes.version_id}/{date.isoformat()}"
    return f"{place}/overview.{form}?d={scenes.digest}"


def bounds(found: tuple[Scene, ...]) -> list[float]:
    """West, south, east, north in degrees of all scenes together."""
    west, south, east, north = zip(*(scene.area for scene in found), strict=True)
    return [round(edge, 6) for edge in (min(west), min(south), max(east), max(north))]


def is_illustrative(version: LayerVersion, found: tuple[Scene, ...]) -> bool:
    """Any of these scenes is invented; one that does not say is as its version."""
    said = [scene.is_illustrative for scene in found]
    return any(version.is_illustrative if one is None else one for one in said)


def attribution(layer: Layer, found: tuple[Scene, ...], language: str) -> str:
    """Whose pictures these are, and that they are invented."""
    definition, version = layer.parsed, layer.live_version
    assert version is not None
    owner = definition.attribution(language) or definition.owner_org(language)
    sources = dict.fromkeys(scene.source or version.source_org or owner for scene in found)
    illustrative = is_illustrative(version, found)
    return marked(", ".join(sources), language, illustrative=illustrative)


def tilejson(
    layer: Layer, scenes: Scenes, date: dt.date, root: str, language: str
) -> dict[str, Any]:
    """TileJSON 3.0.0 of a date; `root` is scheme and host."""
    found, version = scenes.by_date[date], layer.live_version
    assert version is not None
    first, last = scenes.zooms(found)
    return {
        "tilejson": "3.0.0",
        "name": f"{layer.title(language)} {date.isoformat()}",
        "description": layer.parsed.description(language),
        "version": f"{version.number}.0.0",
        "attribution": attribution(layer, found, language),
        "scheme": "xyz",
        "tiles": [root + address(scenes, date)],
        "tileSize": SIZE,
        "minzoom": first,
        "maxzoom": last,
        "bounds": bounds(found),
        "portal": {
            "version_id": version.pk,
            "date": date.isoformat(),
            "illustrative": is_illustrative(version, found),
            "resolution_m": min(scene.resolution_m for scene in found),
        },
    }


def dates(layer: Layer, scenes: Scenes, root: str, language: str) -> dict[str, Any]:
    """Every date with what is to be known before it is chosen, the newest first."""
    version = layer.live_version
    assert version is not None
    return {
        "layer": layer.slug,
        "title": layer.title(language),
        "version_id": version.pk,
        "illustrative": version.is_illustrative,
        "attribution": layer.attribution(language),
        "tileSize": SIZE,
        "dates": [_date(layer, scenes, date, root, language) for date in scenes.dates],
    }


def _date(layer: Layer, scenes: Scenes, date: dt.date, root: str, language: str) -> dict[str, Any]:
    found, version = scenes.by_date[date], layer.live_version
    assert version is not None
    first, last = scenes.zooms(found)
    return {
        "date": date.isoformat(),
        "scenes": [scene.name for scene in found],
        "illustrative": is_illustrative(version, found),
        "attribution": attribution(layer, found, language),
        "resolution_m": min(scene.resolution_m for scene in found),
        "bounds": bounds(found),
        "minzoom": first,
        "maxzoom": last,
        "tiles": root + address(scenes, date),
        "overview": root + overview_address(scenes, date),
    }
