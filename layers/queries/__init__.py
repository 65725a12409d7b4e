"""Reading features of one version: which ones (`selection`), in pages of GeoJSON built by the
database (`page`).

Called by `layers.api` and `layers.exports`; written for the indexes that `layers.partitions` makes
in every version. Values are always bound; names of fields come from the declaration only. Every
statement carries the version, without which PostgreSQL plans over all partitions (16–149 ms instead
of 0.2).
"""

from layers.queries.page import NOTHING, Page, count_matching, features_page
from layers.queries.selection import Selection, SortKey, condition_of
from layers.queries.writing import ADDED, COORDINATE_DIGITS, Form

__all__ = [
    "ADDED",
    "COORDINATE_DIGITS",
    "NOTHING",
    "Form",
    "Page",
    "Selection",
    "SortKey",
    "condition_of",
    "count_matching",
    "features_page",
]
