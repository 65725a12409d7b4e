"""From a stranger's GeoTIFF to a scene: the picture that is kept, and the row that names it.

In the confined child: `structure` (the file's directories, before any library sees them), `grid`,
`plain`, `warp`, `facts`. In the parent: `receive` (takes the picture with distrust), `scenes` (the
rows of the version), `kept` (one file a digest). `importers.readers.geotiff` is the way in.
"""
