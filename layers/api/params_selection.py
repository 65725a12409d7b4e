"""All that a list of features may be asked for; pages and exports read the same words.

`SelectionRequest` is which features, in which order, form and system; `ItemsRequest` adds the page.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from layers.api.crs_names import LONGITUDE_LATITUDE, NamedCrs, crs_of
from layers.api.moments import read_period
from layers.api.params_box import Bbox, read_bbox
from layers.api.params_fields import Chosen, read_equal, read_properties, read_sort, read_unit
from layers.api.params_values import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    check_format,
    read_limit,
    single_values,
)
from layers.cql2 import Queryable, Sql, compile_filter, queryables_of
from layers.definition import LayerDefinition
from layers.errors import BadFilter, BadPage
from layers.past import Period
from layers.queries import Form, Selection, SortKey

# The parameters of a selection that are not names of fields.
SELECTING = frozenset(
    {"bbox", "bbox-crs", "crs", "unit", "datetime", "lang", "f", "filter", "filter-lang"}
    | {"filter-crs", "sortby", "properties", "skipGeometry"}
)
PAGING = frozenset({"limit", "after"})
# 18 digits fit a bigint whatever they are.
_TOKEN = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


@dataclass(frozen=True)
class SelectionRequest:
    """Which features, in which order, and how they are written.

    Attributes:
        chosen: the properties that are written.
        crs: of the coordinates in the answer.
        bbox_crs: of `bbox`, which is kept east first.
        equal: queryables and the values that they must have.
        filter: the compiled CQL2 filter.
        geometry: shapes are written.
        when: the moment or period whose publication is asked for; None is now.
    """

    chosen: Chosen
    crs: NamedCrs = LONGITUDE_LATITUDE
    bbox: Bbox | None = None
    bbox_crs: NamedCrs = LONGITUDE_LATITUDE
    unit: str = ""
    equal: tuple[tuple[Queryable, Any], ...] = ()
    filter: Sql | None = None
    sort: tuple[SortKey, ...] = ()
    geometry: bool = True
    when: Period | None = None

    @property
    def is_filtered(self) -> bool:
        """Fewer features than the whole layer may match."""
        conditions = (self.bbox, self.unit, self.equal, self.filter)
        return any(condition for condition in conditions)

    def of_version(self, version_id: int) -> Selection:
        """The question to one version as `layers.queries` takes it."""
        return Selection(
            version_id=version_id,
            bbox=self.bbox.corners if self.bbox else None,
            bbox_srid=self.bbox_crs.srid,
            unit=self.unit,
            equal=self.equal,
            filter=self.filter,
            sort=self.sort,
        )

    @property
    def form(self) -> Form:
        """How `layers.queries` writes the features."""
        return Form(
            self.chosen.fields,
            self.chosen.added,
            srid=self.crs.srid,
            axis_swapped=self.crs.axis_swapped,
            digits=self.crs.digits,
            geometry=self.geometry,
        )


@dataclass(frozen=True)
class PageToken:
    """Where a page starts: behind the feature `last_id` of the version that the series reads.

    The values that the series is sorted by are read from that feature, which never changes.
    """

    version_id: int
    last_id: int

    def __str__(self) -> str:
        return f"{self.version_id}.{self.last_id}"


@dataclass(frozen=True)
class ItemsRequest:
    """One page that was asked for; `after` is None for the first one."""

    selection: SelectionRequest
    limit: int = DEFAULT_LIMIT
    after: PageToken | None = None


def read_items_request(query: QueryDict, definition: LayerDefinition) -> ItemsRequest:
    """The page that a query string asks for. Raises BadLimit, BadPage, and what
    `read_selection_request` raises.
    """
    values = single_values(query)
    return ItemsRequest(
        selection=read_selection_request(query, definition, others=PAGING),
        limit=read_limit(values.get("limit"), DEFAULT_LIMIT, MAX_LIMIT),
        after=read_after(values.get("after")),
    )


def read_selection_request(
    query: QueryDict, definition: LayerDefinition, *, others: Collection[str] = ()
) -> SelectionRequest:
    """The features that a query string asks for; `others` are parameters that the caller reads.

    Raises BadBbox, BadFilter, BadDatetime, BadProperties, BadSort, NotAcceptable, UnknownCrs.
    """
    values = single_values(query)
    check_format(values)
    # A list without conditions need not know what all the fields are.
    plain = (SELECTING | {*others}) - {"filter", "sortby"}
    queryables = queryables_of(definition) if values.keys() - plain else {}
    bbox_crs = _crs(values, "bbox-crs")
    return SelectionRequest(
        chosen=read_properties(values.get("properties"), definition),
        crs=_crs(values, "crs"),
        bbox=read_bbox(values["bbox"], bbox_crs) if "bbox" in values else None,
        bbox_crs=bbox_crs,
        unit=read_unit(values["unit"]) if "unit" in values else "",
        equal=tuple(
            read_equal(name, value, queryables)
            for name, value in values.items()
            if name not in SELECTING and name not in others
        ),
        filter=_filter(values, queryables),
        sort=read_sort(values["sortby"], queryables) if "sortby" in values else (),
        geometry=not _is_true(values, "skipGeometry"),
        when=read_period(values.get("datetime", "")),
    )


def read_after(text: str | None) -> PageToken | None:
    """The paging token, `version.id`. Raises BadPage."""
    if text is None:
        return None
    found = _TOKEN.fullmatch(text)
    if found is None:
        raise BadPage(_("after=%s không phải mã trang của dịch vụ này.") % text[:30])
    return PageToken(int(found[1]), int(found[2]))


def _crs(values: dict[str, str], name: str) -> NamedCrs:
    return crs_of(values[name], name) if name in values else LONGITUDE_LATITUDE


def _is_true(values: dict[str, str], name: str) -> bool:
    text = values.get(name, "false")
    if text not in ("true", "false"):
        raise BadFilter(_("%(name)s là true hoặc false.") % {"name": name})
    return text == "true"


def _filter(values: dict[str, str], queryables: dict[str, Queryable]) -> Sql | None:
    lang = values.get("filter-lang", "cql2-text")
    crs = _crs(values, "filter-crs")
    if lang not in ("cql2-text", "cql2-json"):
        raise BadFilter(_("filter-lang là cql2-text hoặc cql2-json."))
    if "filter" not in values:
        return None
    return compile_filter(
        values["filter"],
        "cql2-json" if lang == "cql2-json" else "cql2-text",
        queryables,
        filter_crs=crs.crs,
        axis_swapped=crs.axis_swapped,
    )
