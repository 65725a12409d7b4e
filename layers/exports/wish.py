"""What a caller wishes: a format, and the parameters of `/items` but for paging and order."""

import hashlib
import json
from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from layers.api.params import SelectionRequest, read_selection_request, single_values
from layers.crs import WGS84, Crs, by_code
from layers.definition import LayerDefinition
from layers.errors import BadFilter
from layers.exports.columns import Column, columns_of
from layers.exports.errors import BadExport, UnknownFormat
from layers.exports.formats import FORMATS, Format
from layers.exports.tables import LONLAT, WKT, XY

COORDINATES = "coordinates"
# Files have the order of places, all features and their shapes.
_NOT_HERE = ("sortby", "skipGeometry", "limit", "after", "f")
# They change no file.
_SILENT = ("lang",)


@dataclass(frozen=True)
class Wish:
    """What the file is to be.

    Attributes:
        given: the parameters as they were written, in order of their names; together with the
            format they are the wish.
        crs: of the coordinates in the file.
        coordinates: how a table says a place; "" in formats with shapes.
    """

    format: Format
    asked: SelectionRequest
    columns: tuple[Column, ...]
    crs: Crs
    coordinates: str
    given: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """The same for the same wish."""
        text = json.dumps([self.format.key, *self.given], ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def read_wish(key: str, query: QueryDict, definition: LayerDefinition) -> Wish:
    """Raises UnknownFormat, BadExport, and what `read_selection_request` raises."""
    chosen = FORMATS.get(key)
    if chosen is None:
        raise UnknownFormat(
            _("Không có “%(format)s”. Có: %(known)s.")
            % {"format": key[:20], "known": ", ".join(FORMATS)}
        )
    values = single_values(query)
    for name in _NOT_HERE:
        if name in values:
            raise BadExport(_("Tệp xuất không nhận tham số “%s”.") % name)
    try:
        asked = read_selection_request(query, definition, others=(COORDINATES,))
    except RecursionError as error:
        raise BadFilter from error
    coordinates = _coordinates(values, chosen, asked.crs.crs)
    names = (*(f.name for f in asked.chosen.fields), *asked.chosen.added)
    return Wish(
        format=chosen,
        asked=asked,
        columns=columns_of(definition, names),
        crs=_crs(values, chosen, asked.crs.crs, coordinates),
        coordinates=coordinates,
        given=tuple(sorted((n, v) for n, v in values.items() if n not in _SILENT)),
    )


def _coordinates(values: dict[str, str], chosen: Format, crs: Crs) -> str:
    text = values.get(COORDINATES)
    if not chosen.coordinates:
        if text is not None:
            raise BadExport(_("%s không có tham số coordinates.") % chosen.key)
        return ""
    if text is None:
        return LONLAT if crs.is_geographic else XY
    if text not in chosen.coordinates:
        raise BadExport(
            _("coordinates=%(value)s: %(format)s nhận %(choices)s.")
            % {
                "value": text[:20],
                "format": chosen.key,
                "choices": ", ".join(chosen.coordinates),
            }
        )
    return text


def _crs(values: dict[str, str], chosen: Format, crs: Crs, coordinates: str) -> Crs:
    """The file's system. Raises BadExport where the format cannot be in it."""
    if not chosen.any_crs and crs != WGS84:
        raise BadExport(_("%s chỉ ghi được kinh độ, vĩ độ WGS 84.") % chosen.key)
    if coordinates in ("", WKT):
        return crs
    if coordinates == LONLAT:
        if not crs.is_geographic:
            raise BadExport(_("coordinates=lonlat cần hệ kinh độ, vĩ độ: bỏ tham số crs."))
        return crs
    grid = crs if "crs" in values else by_code(settings.PORTAL_GRID)
    if not grid.is_vn2000 or grid.is_geographic:
        raise BadExport(_("coordinates=xy cần một lưới VN-2000, ví dụ crs=EPSG:5899."))
    return grid
