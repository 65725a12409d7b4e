"""A piece of a result as people read it: what it is called, where its page is, what was found.

Names come from the versions that the run stands on, so a parcel that is gone today keeps its name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from gis_portal.planner.engine import store
from gis_portal.planner.results.naming import Named, names_of
from gis_portal.planner.results.told import Told
from gis_portal.planner.results.words import derived_label, unknown_words
from gis_portal.planner.workbench.filter_words import field_label
from gis_portal.planner.workbench.operation_words import criterion_words
from gis_portal.planner.workbench.row_pieces import RowPiece, Wanted, page_of
from gis_portal.planner.workbench.sentence import NOTHING
from gis_portal.planner.workbench.shown_numbers import Scale, scale_of, shown
from layers.models import AdminUnit
from layers.values import group_digits

Json = Any
# Of what is ranked, so many stand on the page itself.
BEST = 10
BEFORE_AFTER = ("area_m2_before", "area_m2_after", "length_m_before", "length_m_after")
CHANGED_BY = ("area_change_m2", "length_change_m")


@dataclass(frozen=True)
class Cell:
    """A word or a number of a piece."""

    text: str
    is_number: bool = False


@dataclass(frozen=True)
class ShownPiece:
    """A line of the list of parts."""

    seq: int
    name: Named
    other: Named | None
    unit: str
    cells: tuple[Cell, ...]
    size: str


@dataclass(frozen=True)
class ShownPieces:
    """Headings of `cells`, and the lines."""

    heads: tuple[str, ...]
    has_other: bool
    has_size: bool
    lines: tuple[ShownPiece, ...]


def shown_pieces(about: Told, pieces: Sequence[RowPiece], given: Iterable[str]) -> ShownPieces:
    """`given`: columns whose value is the same for all of them, which the page says once."""
    names = names_of(about, {uid for p in pieces for uid in (p.a_uid, p.b_uid) if uid})
    units = dict(
        AdminUnit.objects.filter(pk__in={p.unit_id for p in pieces}).values_list("pk", "name")
    )
    skipped = set(given)
    columns = [c for c in about.groups if c.kind == "field" and c.name not in skipped]
    values = _values(about, pieces)
    like = scale_of(piece.area_m2 or piece.length_m for piece in pieces)
    lines = []
    for piece in pieces:
        labels = [_class(about, piece, column.name) for column in columns]
        found = [cells[1](piece.value) for cells in values]
        lines.append(
            ShownPiece(
                piece.seq,
                _name(names, piece.a_uid) or Named(_("Phần %s") % piece.seq),
                _name(names, piece.b_uid),
                units.get(piece.unit_id or 0, unknown_words()),
                (*(Cell(label) for label in labels), *found),
                _size(piece, like),
            )
        )
    heads = (*(column.label for column in columns), *(head for head, _cell in values))
    # Of changes the areas before and after say it.
    is_changes = any({*CHANGED_BY} & {*piece.value} for piece in pieces)
    return ShownPieces(heads, any(line.other for line in lines), not is_changes, tuple(lines))


def best_pieces(about: Told) -> tuple[int, ShownPieces] | None:
    """How many have a rank, and the first of them; None where nothing is ranked or kept."""
    steps = about.run.document.get("steps", [])
    if not any(step.get("op") == "score" for step in steps) or not store.exists(about.run.pk):
        return None
    found = [p for p in page_of(about, Wanted(), first=0, size=BEST) if "rank" in p.value]
    if not found:
        return None
    return int(about.total.values.get("count") or 0), shown_pieces(about, found, [])


def _size(piece: RowPiece, like: Scale) -> str:
    if piece.area_m2 is not None:
        return shown("area_m2", piece.area_m2, like)
    return "" if piece.length_m is None else shown("length_m", piece.length_m, like)


def _class(about: Told, piece: RowPiece, name: str) -> str:
    """The class's label, as the table has it."""
    raw = piece.classes.get(name)
    for line in (*about.lines, *about.slivers):
        if line.values.get(name) == raw:
            return str(line.labels.get(name, ""))
    return unknown_words() if raw is None else str(raw)


def _name(names: Mapping[UUID, Named], uid: UUID | None) -> Named | None:
    return names.get(uid) if uid else None


def _values(about: Told, pieces: Sequence[RowPiece]) -> list[tuple[str, Any]]:
    """Headings and how a cell is made of what steps found: rank and score with its parts, fields
    that changed, distances, numbers.
    """
    keys = dict.fromkeys(key for piece in pieces for key in piece.value)
    order = ("rank", "score", "fields", *BEFORE_AFTER, *CHANGED_BY)
    ordered = sorted(keys, key=lambda key: order.index(key) if key in order else len(order))
    columns: list[tuple[str, Any]] = []
    for key in ordered:
        if key == "parts":
            columns += _criteria(about)
        elif key == "fields":
            columns.append((_("Trường đã đổi"), _changed(about)))
        else:
            columns.append((_label(key), _plain(key, about.language)))
    return columns


def _label(key: str) -> str:
    return {
        "area_m2_before": _("Diện tích trước"),
        "area_m2_after": _("Diện tích sau"),
        "area_change_m2": _("Chênh lệch"),
        "length_m_before": _("Chiều dài trước"),
        "length_m_after": _("Chiều dài sau"),
        "length_change_m": _("Chênh lệch"),
    }.get(key) or derived_label(key)


def _plain(key: str, language: str) -> Any:
    def cell(value: Mapping[str, Json]) -> Cell:
        raw = value.get(key)
        if not isinstance(raw, int | float) or isinstance(raw, bool):
            return Cell("—" if raw is None else str(raw))
        if key in (*BEFORE_AFTER, *CHANGED_BY):
            sign = "+" if key in CHANGED_BY and raw > 0 else ""
            unit = "m²" if "m2" in key else "m"
            if key in CHANGED_BY and round(raw, 1) == 0:
                return Cell("0", True)
            return Cell(f"{sign}{group_digits(round(raw, 1) + 0.0, 1, language)} {unit}", True)
        digits = 0 if float(raw).is_integer() else 3 if key == "score" else 1
        return Cell(group_digits(raw, digits, language), True)

    return cell


def _changed(about: Told) -> Any:
    """Names of fields in words; a shape that moved is told by its areas."""
    definition = next(iter(about.definitions.values()), None)

    def cell(value: Mapping[str, Json]) -> Cell:
        fields = value.get("fields") or []
        words = [field_label(str(name), definition, about.language) for name in fields]
        return Cell(", ".join(words) or "—")

    return cell


def _criteria(about: Told) -> list[tuple[str, Any]]:
    """A column for each criterion: what was measured, and what it scored from 0 to 1."""
    steps = [s for s in about.run.document.get("steps", []) if s.get("op") == "score"]
    columns = []
    for raw in steps[-1].get("criteria", []) if steps else []:
        plain = {k: v for k, v in raw.items() if k not in ("weight", "best", "worst")}
        head = criterion_words(plain, _naming(about), None, about.language)
        columns.append((head[:1].upper() + head[1:], _criterion(raw, about.language)))
    return columns


def _naming(about: Told) -> Any:
    """What the names of the document stand for."""
    return lambda name: about.question.names.get(str(name), NOTHING)


def _criterion(raw: Mapping[str, Json], language: str) -> Any:
    def cell(value: Mapping[str, Json]) -> Cell:
        found = (value.get("parts") or {}).get(raw.get("id")) or {}
        measured, score = found.get("value"), found.get("score")
        if measured is None:
            words = "—"
        elif raw.get("kind") in ("inside", "outside"):
            words = f"{group_digits(100 * measured, 0, language)} %"
        else:
            unit = {"distance": " m", "area": " m²"}.get(str(raw.get("kind")), "")
            words = f"{group_digits(measured, 0, language)}{unit}"
        if score is None:
            return Cell(words, True)
        return Cell(f"{words} → {group_digits(score, 2, language)}", True)

    return cell
