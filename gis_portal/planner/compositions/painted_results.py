"""The result of a run on a planner's map on paper: its pieces in the classes of its question."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.compositions.painting import PaintedLayer
from gis_portal.planner.printing.drawing import Painted
from gis_portal.planner.printing.scene import classes_drawn, pieces_by_class
from gis_portal.planner.results.classes import class_key
from gis_portal.planner.results.table import OTHER
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import written_moment
from layers.crs import Crs
from layers.exports.building import patient

Json = Any
# As dense as on the screen (`frontend/src/planner/result-layers.ts`).
DENSE = 0.72


def painted_result(entry: Mapping[str, Json], told: Told, grid: Crs) -> PaintedLayer:
    """Its pieces are there: see `results.py`."""
    opacity = round(float(entry["opacity"]) * DENSE, 3)
    with patient():
        groups, is_summed = pieces_by_class(told, grid)
    colours, lines = classes_drawn(told, groups)
    when = written_moment(told.run.finished_at, told.language)
    notes = [_("Kết quả phân tích, tính xong lúc %(when)s.") % {"when": when}]
    if is_summed:
        notes.append(_("Ô vuông là số liệu gộp của nhiều phần."))
    if not groups:
        notes.append(_("Không có đối tượng nào trong khung này."))
    block = {
        "group": entry["group"],
        "title": ": ".join(filter(None, (told.title, class_label(told)))),
        "notes": notes,
        "entries": [{**line, "opacity": opacity} for line in lines],
    }
    layers = [
        Painted(shapes, colours.get(name, OTHER), opacity=opacity)
        for name, shapes in groups.items()
    ]
    return PaintedLayer(layers, block)


def class_label(told: Told) -> str:
    """The field that colours it, in words; "" where none does."""
    key = class_key(told.run.document)
    return next((column.label for column in told.groups if column.name == key), "")
