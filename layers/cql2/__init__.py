"""Filters in CQL2 (OGC 21-065r2), text or JSON, compiled into bound SQL over declared fields.

`written` reads (`words`, `text_parser`), `compiler` decides what a tree means with one module a
kind of operator, `filters` is the way in. Used by the lists of the API and by exports.
"""

from layers.cql2.classes import CONFORMANCE_CLASSES
from layers.cql2.filters import compile_filter, evaluating
from layers.cql2.queryable import Queryable, queryables_of
from layers.cql2.sql import Sql

__all__ = [
    "CONFORMANCE_CLASSES",
    "Queryable",
    "Sql",
    "compile_filter",
    "evaluating",
    "queryables_of",
]
