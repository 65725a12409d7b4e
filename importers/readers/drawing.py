"""DXF and DGN v7: one file with levels becomes areas with attributes, or lines, or points.

Parcel boundaries are loose lines on several levels and attributes are texts inside the parcels.
Which levels are what is `importers.readers.levels`; reading the file is `.dxf` and `.dgn`, closing
lines is `.parcel_areas`, understanding texts is `.parcel_texts`. Names of people are never taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importers.batch import Batch, Issue, object_array
from importers.readers import levels
from importers.readers.dgn import read_dgn
from importers.readers.drawing_texts import Attributes, attributes_of, shown_text
from importers.readers.dxf import read_dxf
from importers.readers.entities import AREAS, LINES, POINTS, Entities, counted
from importers.readers.parcel_areas import areas_of
from importers.readers.parcel_texts import commune_of, sheet_of
from importers.readers.source import BATCH_ROWS, FIRST, Source, Stream, Wanted
from layers.crs import Crs


@dataclass(frozen=True)
class _Taken:
    """What the layer gets: shapes (n,), columns (each (n,)), remarks, and issues."""

    shapes: np.ndarray
    columns: dict[str, np.ndarray]
    notes: list[str]
    issues: list[Issue]


def open_dxf(path: Path, wanted: Wanted, _folder: Path) -> Source:
    """A DXF. Raises LevelsNeeded, DrawingTooLarge, BlockRecursion, BrokenFile, EmptyFile."""
    # Blocks stay points where points are wanted: a pole is a block of twenty lines.
    return _source(path, wanted, read_dxf(path, inline=wanted.geometry != "point"))


def open_dgn(path: Path, wanted: Wanted, _folder: Path) -> Source:
    """A DGN v7. Raises LevelsNeeded, DrawingTooLarge, BrokenFile, EmptyFile."""
    return _source(path, wanted, read_dgn(path))


def _source(path: Path, wanted: Wanted, entities: Entities) -> Source:
    present = counted(entities)
    ordered = {name: present[name] for name in levels.in_order(present)}
    chosen = levels.resolve(wanted.levels, ordered)
    if wanted.geometry == "polygon":
        taken = _areas(entities, chosen, ordered, (wanted.file_name, path.name))
    elif wanted.geometry == "line":
        taken = _lines(entities, chosen, ordered)
    else:
        taken = _points(entities, chosen, ordered)
    notes = [*entities.notes, *taken.notes]
    if chosen.absent:
        shown = ", ".join(chosen.absent)
        notes.append(_("Bản vẽ không có lớp %(levels)s đã chọn.") % {"levels": shown})

    def read(crs: Crs) -> Stream:
        return _batches(taken, crs)

    return Source(
        format=entities.format,
        name=path.stem,
        fields=list(taken.columns),
        feature_count=len(taken.shapes),
        crs_text=None,
        read=read,
        first_shapes=lambda _crs: taken.shapes[:FIRST],
        notes=notes,
        encodings=entities.encodings,
    )


def _batches(taken: _Taken, crs: Crs) -> Iterator[tuple[Batch, list[Issue]]]:
    """All issues come with the first batch, also when nothing could be closed."""
    rows = np.arange(1, len(taken.shapes) + 1, dtype=np.int64)
    for start in range(0, max(len(rows), 1), BATCH_ROWS):
        part = slice(start, start + BATCH_ROWS)
        columns = {name: values[part] for name, values in taken.columns.items()}
        issues = taken.issues if start == 0 else []
        yield Batch(columns, taken.shapes[part], rows[part], crs), issues


def _areas(
    entities: Entities,
    chosen: levels.Levels,
    present: dict[str, levels.Counted],
    file_names: tuple[str, ...],
) -> _Taken:
    """Areas of the boundary levels with the attributes that their texts say."""
    boundary = chosen.of("boundary")
    drawn = entities.keep(entities.on(boundary) & entities.of_kind((*LINES, *AREAS)))
    if not len(drawn.rows):
        raise levels.choice_needed(_("Không biết lớp nào là ranh giới thửa."), present)
    made = areas_of(drawn)
    found = attributes_of(made.polygons, entities, chosen)
    columns = _columns(found)
    notes = [_used(_("Ranh giới lấy từ các lớp: %(levels)s."), drawn.levels), *made.notes]
    frame = entities.texts[entities.on(chosen.of("sheet")) & entities.has_text]
    notes += [*_add_place(columns, frame.tolist(), file_names), *found.notes]
    return _Taken(made.polygons, columns, notes, [*made.issues, *found.issues])


def _used(words: str, names: np.ndarray) -> str:
    return words % {"levels": ", ".join(levels.in_order(names.tolist()))}


def _columns(found: Attributes) -> dict[str, np.ndarray]:
    """Columns under the names that offices use, which the layers know as aliases."""
    columns = {"so_thua": found.numbers, "loai_dat": found.land_uses, "dien_tich": found.areas}
    if found.labels is not None:
        columns["ghi_chu"] = found.labels
    return columns


def _add_place(
    columns: dict[str, np.ndarray], frame: list[str], file_names: tuple[str, ...]
) -> list[str]:
    """The map sheet and the commune as columns, where frame and file name leave no doubt."""
    notes = []
    names = " ".join(file_names)
    sheet, candidates = sheet_of(frame, names)
    if len(candidates) > 1:
        shown = ", ".join(candidates)
        notes.append(_("Không chắc số tờ bản đồ: có %(sheets)s.") % {"sheets": shown})
    told = {"so_to": sheet, "ma_xa": commune_of(names)}
    count = len(columns["so_thua"])
    for name, value in told.items():
        if value is not None:
            columns[name] = object_array([value] * count)
            notes.append(
                _("Cột %(column)s = %(value)s, theo khung hoặc tên tệp bản vẽ.")
                % {"column": name, "value": value}
            )
    return notes


def _chosen_or_only(
    entities: Entities,
    chosen: levels.Levels,
    present: dict[str, levels.Counted],
    role: str,
    fitting: np.ndarray,
) -> Entities:
    """Entities that fit and stand on the chosen levels, or on the only level that has any."""
    names = chosen.of(role)
    if not names:
        only = set(entities.levels[fitting])
        if len(only) != 1:
            why = _("Chọn lớp cần nạp bằng --levels %(role)s=LỚP.") % {"role": role}
            raise levels.choice_needed(why, present)
        names = frozenset(only)
    kept = entities.keep(fitting & entities.on(names))
    if not len(kept.rows):
        why = _("Các lớp đã chọn không có đối tượng phù hợp.")
        raise levels.choice_needed(why, present)
    return kept


def _lines(entities: Entities, chosen: levels.Levels, present: dict[str, levels.Counted]) -> _Taken:
    """Lines of the chosen levels as drawn; a closed shape gives its outline."""
    fitting = entities.of_kind((*LINES, *AREAS)) & (shapely.length(entities.geometry) > 0)
    kept = _chosen_or_only(entities, chosen, present, "lines", fitting)
    is_area = np.isin(shapely.get_type_id(kept.geometry), AREAS)
    shapes = np.where(is_area, shapely.boundary(kept.geometry), kept.geometry)
    notes = [_used(_("Đường lấy từ các lớp: %(levels)s."), kept.levels)]
    return _Taken(object_array(shapes), {"lop": kept.levels}, notes, [])


def _points(
    entities: Entities, chosen: levels.Levels, present: dict[str, levels.Counted]
) -> _Taken:
    """Points, blocks and texts of the chosen levels; MicroStation's point is a line of length 0."""
    dots = entities.of_kind(LINES) & (shapely.length(entities.geometry) == 0)
    fitting = entities.of_kind(POINTS) | entities.has_text | dots
    kept = _chosen_or_only(entities, chosen, present, "points", fitting)
    shapes = shapely.points([shapely.get_coordinates(shape)[0] for shape in kept.geometry])
    texts = object_array(
        shown_text(text, level) for text, level in zip(kept.texts, kept.levels, strict=True)
    )
    columns = {"lop": kept.levels, "van_ban": texts, "ten_khoi": kept.blocks}
    notes = [_used(_("Điểm lấy từ các lớp: %(levels)s."), kept.levels)]
    return _Taken(np.asarray(shapes), columns, notes, [])
