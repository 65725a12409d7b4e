"""What callers write after the question mark, read strictly: every slip has a name and a status.

Parameters that nobody declared are refused rather than ignored: a misspelt filter that is silently
dropped answers a question that was not asked. A private field is refused in the very words of an
unknown one, so that the message does not betray it. No database here.

`params_values` reads what every resource takes, `params_box` boxes, `params_fields` what names
fields, `params_selection` all of a list of features.
"""

from layers.api.crs_names import CRS84
from layers.api.params_box import Bbox, read_bbox
from layers.api.params_selection import (
    ItemsRequest,
    PageToken,
    SelectionRequest,
    read_after,
    read_items_request,
    read_selection_request,
)
from layers.api.params_values import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    allow_only,
    check_format,
    read_limit,
    single_values,
)

__all__ = [
    "CRS84",
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "Bbox",
    "ItemsRequest",
    "PageToken",
    "SelectionRequest",
    "allow_only",
    "check_format",
    "read_after",
    "read_bbox",
    "read_items_request",
    "read_limit",
    "read_selection_request",
    "single_values",
]
