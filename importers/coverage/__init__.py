"""Do the polygons of a layer cover the ground once? Suspects by their edges, proof by the database.

`edges` takes away every edge that two neighbours share, `contact` and `scanlines` look at what is
left, `exact` asks the database about the suspects, `gaps` finds the holes between polygons.
`importers.whole_checks` puts them together.
"""
