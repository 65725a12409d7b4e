"""Vector tiles, their TileJSON and the grid. Knows layers, never importers."""
