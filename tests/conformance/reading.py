"""The API as a program of somebody else sees it, and what the database says that it should see.

`Api` asks by addresses alone; `Held` is read from the live version by SQL, past the whole API.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import numpy as np
import shapely

from layers.catalogue import shipped_definitions
from layers.crs import VN2000, WEB_MERCATOR, WGS84, Crs, transform_geometries
from layers.definition import LayerDefinition
from tests.running_portal import Portal

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
GRID = VN2000[5899]
# Every system of coordinates that the portal names: its address, ours, whether north comes first.
NAMED: dict[str, tuple[Crs, bool]] = {
    CRS84: (WGS84, False),
    f"{EPSG}4326": (WGS84, True),
    f"{EPSG}3857": (WEB_MERCATOR, False),
    **{f"{EPSG}{code}": (crs, code == 4756) for code, crs in VN2000.items()},
}
DEFINITIONS: dict[str, LayerDefinition] = {
    parsed.slug: parsed for _raw, parsed in shipped_definitions() if parsed.visibility == "public"
}
SLUGS = sorted(DEFINITIONS)
# `make conformance` puts every collection to every test and every client; otherwise one of each
# kind of geometry, and one without anything unusual. GDAL always reads them all.
SOME = ("administrative-units", "auction-lots", "road-centrelines", "tourism-points")
JUDGED = tuple(SLUGS) if os.environ.get("PORTAL_CONFORMANCE") == "whole" else SOME


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def media(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


class Api:
    """GET requests to `/api…` of a running portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.url = f"{portal.url}/api"

    def get(self, path: str, accept: str = "", **parameters: Any) -> Answer:
        """`bbox_crs` is the parameter `bbox-crs`, and so on."""
        named = {
            name.replace("_", "-") if name in DASHED else name: value
            for name, value in parameters.items()
        }
        query = f"?{urlencode(named)}" if named else ""
        headers = {"Accept": accept} if accept else {}
        return Answer(*self.portal.get(f"/api{path}{query}", **headers))

    def ok(self, path: str, **parameters: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.get(path, **parameters)
        assert answer.status == 200, (path, parameters, answer.status, answer.body[:600])
        return answer.json

    def pages(self, slug: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page of a collection, by its `next` links."""
        page = self.ok(f"/collections/{slug}/items", **parameters)
        while True:
            yield page
            address = href(page["links"], "next")
            if address is None:
                return
            assert address.startswith(f"{self.url}/"), address
            page = self.ok(address.removeprefix(self.url))

    def features(self, slug: str, **parameters: Any) -> list[dict[str, Any]]:
        """All features of a question."""
        parameters.setdefault("limit", 5000)
        return [feature for page in self.pages(slug, **parameters) for feature in page["features"]]

    def uids(self, slug: str, **parameters: Any) -> set[str]:
        """Their ids; none twice."""
        listed = [feature["id"] for feature in self.features(slug, **parameters)]
        assert len(listed) == len(set(listed)), "a feature was listed twice"
        return set(listed)


DASHED = frozenset({"bbox_crs", "filter_crs", "filter_lang"})


def href(links: list[dict[str, Any]], rel: str, media: str = "") -> str | None:
    """The address of the first link of that relation (and media type)."""
    return next(
        (
            str(at["href"])
            for at in links
            if at["rel"] == rel and (not media or at.get("type") == media)
        ),
        None,
    )


@dataclass(frozen=True)
class Held:
    """One public layer as the database holds it, in degrees, longitude first."""

    slug: str
    uids: np.ndarray
    shapes: np.ndarray
    properties: list[dict[str, Any]]

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return bounds_of(self.shapes)

    @property
    def west_half(self) -> tuple[float, float, float, float]:
        """A box over the western part, its edges off every round number."""
        west, south, east, north = self.bounds
        return west - 0.01, south - 0.01, (west + east) / 2 + 0.000_31, north + 0.01

    def inside(self, box: tuple[float, float, float, float]) -> set[str]:
        """Uids of what meets a box."""
        return self.where_shape(lambda shapes: shapely.intersects(shapes, shapely.box(*box)))

    def where_shape(self, holds: Callable[..., Any]) -> set[str]:
        """Uids of the shapes for which it holds."""
        return set(self.uids[holds(self.shapes)])

    def where(self, holds: Callable[..., bool]) -> set[str]:
        """Uids of the properties for which it holds."""
        pairs = zip(self.uids, self.properties, strict=True)
        return {str(uid) for uid, properties in pairs if holds(properties)}

    def bounds_in(self, crs: Crs) -> tuple[float, float, float, float]:
        """West, south, east, north in another system, by pyproj and the pinned definition."""
        return bounds_of(transform_geometries(self.shapes, WGS84, crs))

    @cached_property
    def usual(self) -> tuple[str, Any] | None:
        """A filterable text or choice, and its most frequent value."""
        for field in DEFINITIONS[self.slug].filterable_fields:
            if field.type.json_type != "string" or field.type.name in ("date", "datetime"):
                continue
            values = Counter(
                properties[field.name]
                for properties in self.properties
                if isinstance(properties.get(field.name), str)
            )
            if values:
                return field.name, values.most_common(1)[0][0]
        return None


def bounds_of(shapes: np.ndarray) -> tuple[float, float, float, float]:
    """West, south, east, north of all."""
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west), float(south), float(east), float(north)


def held(portal: Portal, slug: str) -> Held:
    """The live version of a layer."""
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.uid::text, ST_AsBinary(f.geom), f.properties FROM layers_feature f "
            "JOIN layers_layer l ON f.version_id = l.live_version_id WHERE l.slug = %s",
            [slug],
        )
        rows = cursor.fetchall()
    assert rows, f"{slug}: the demo has no features"
    return Held(
        slug,
        np.array([row[0] for row in rows], dtype=object),
        shapely.from_wkb([bytes(row[1]) for row in rows]),
        [row[2] for row in rows],
    )
