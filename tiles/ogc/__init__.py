"""OGC API – Tiles, Part 1: Core (20-057) over the vector tiles of `tiles.views`.

`grid_resources` has the tile matrix set, `tileset_resources` the tilesets of a layer, `tile` one
tile by row and column; `documents` writes their JSON, `pages` shows it to people.
"""
