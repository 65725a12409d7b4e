"""The open API: OGC API – Features over the published layers, and search.

One file a resource. Lists are GeoJSON that the database builds (`layers.queries`); the catalogue
and single features go through REST framework serializers. `params` reads what callers write,
`render` answers.
"""
