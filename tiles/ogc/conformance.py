"""The parts of OGC API – Tiles that hold, and no others."""

_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_GRIDS = "http://www.opengis.net/spec/tms/2.0/conf/"
CLASSES = (
    *(
        _TILES + name
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
    ),
    *(_GRIDS + name for name in ("tilematrixset", "json-tilematrixset")),
)
