"""Which coordinate system a file is in: given by the user or named by the file, never guessed.

Whether the numbers agree with it is `importers.position_checks`; what other systems would make of
the numbers is `importers.candidates`.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from importers.batch import Issue
from importers.candidates import Candidate, candidates, reading, without_datum_shift
from importers.crs_choice import Choice, parse_choice
from importers.readers.source import Source, sample_points
from importers.refusals import AxesSwapped, CrsDatumUnclear, CrsMissing, CrsUnknown
from importers.wording import number
from layers.crs import WEB_MERCATOR, WGS84, Crs, by_code, identify
from layers.errors import PortalError

# WGS 84 with heights, and its other EPSG names: the same system once Z is dropped.
_WGS84_CODES = {"EPSG:4979", "EPSG:4978", "OGC:CRS84H"}


@dataclass(frozen=True)
class Georeference:
    """The system of a source and how it is known. `points` are its first vertices, (n, 2).

    `source` gives its coordinates in this system: where a person chose to turn or shift them, they
    are. `choice` is that person's, None when the file's own word was taken.
    """

    crs: Crs
    points: np.ndarray
    source: Source
    notes: list[str] = field(default_factory=list)
    choice: Choice | None = None

    def in_file(self, issues: list[Issue]) -> list[Issue]:
        """Issues with their places in the file's own numbers."""
        return self.choice.in_file(issues) if self.choice else issues


def georeference(source: Source, given: str | None) -> Georeference:
    """The system to read the source in. `given` as `importers.crs_choice` writes it.

    Raises UnknownCrs, CrsMissing, CrsUnknown, CrsDatumUnclear, AxesSwapped; each but the first
    carries the candidates.
    """
    try:
        if given:
            return _given(source, parse_choice(given))
        if not source.crs_text:
            raise _missing(source)
        crs, notes = named_crs(source.crs_text)
        return Georeference(crs, sample_points(source, crs), source, notes)
    except (CrsUnknown, CrsDatumUnclear, AxesSwapped) as error:
        if "candidates" not in error.extra:
            error.extra["candidates"] = _candidates_of(source, error)
        raise


def _given(source: Source, choice: Choice) -> Georeference:
    notes = [*_given_notes(source, choice.crs), *choice.notes()]
    turned = choice.applied(source)
    points = sample_points(turned, choice.crs)
    return Georeference(choice.crs, points, turned, notes, choice)


def _plain_points(source: Source) -> np.ndarray:
    """The first vertices as the file has them. A table's columns stay in the order of their names:
    a system in metres takes X and Y as the header says, degrees are turned round by
    `coordinates.verify`.
    """
    return sample_points(source, WEB_MERCATOR if source.axis_names else WGS84)


def _candidates_of(source: Source, error: PortalError) -> list[dict[str, Any]]:
    """Every reading; a zone whose datum is unclear with and without the shift first."""
    points = _plain_points(source)
    unclear = identify(source.crs_text or "").candidate if source.crs_text else None
    first: list[Candidate | None] = []
    if isinstance(error, CrsDatumUnclear) and unclear is not None and len(points):
        shift = without_datum_shift(points, unclear)
        first = [reading(points, Choice(unclear)), reading(points, Choice(unclear, shift=shift))]
    rest = [c for c in candidates(points) if unclear is None or c.code != unclear.code or c.swapped]
    return [c.as_dict() for c in (*first, *rest) if c is not None]


def _missing(source: Source) -> CrsMissing:
    """The refusal with every reading."""
    points = _plain_points(source)
    found = candidates(points)
    error = CrsMissing(_explain(points, source.axis_names), candidates=[c.as_dict() for c in found])
    if len(points) and bool((np.abs(points) <= 180).all()):
        error.hint = gettext_lazy(
            "Số liệu là kinh vĩ độ: chọn WGS 84 ở ô “Hệ tọa độ” (dòng lệnh: --crs EPSG:4326)."
        )
    return error


def named_crs(text: str) -> tuple[Crs, list[str]]:
    """The system that a file's own text names, with notes. Raises CrsUnknown, CrsDatumUnclear."""
    if text in _WGS84_CODES:
        return WGS84, [_("Tệp có độ cao; chỉ dùng kinh vĩ độ.")]
    if re.fullmatch(r"[A-Za-z]+:\w+", text):
        return by_code(text), []
    found = identify(text)
    if found.crs is None and found.candidate is not None:
        raise CrsDatumUnclear(
            _("Tệp ghi “%(name)s” với số liệu của %(crs)s. Nếu là VN-2000: %(code)s.")
            % {"name": found.name, "crs": found.candidate.title, "code": found.candidate.code}
        )
    if found.crs is None:
        raise CrsUnknown(found.name)
    notes = []
    if found.crs.is_vn2000 and not found.datum_shift:
        notes.append(
            _(
                "Tệp ghi VN-2000 nhưng không kèm tham số chuyển sang WGS 84: "
                "dùng bộ 7 tham số EPSG:6960."
            )
        )
    elif found.crs.is_vn2000:
        notes.append(_("Tham số chuyển kèm theo tệp được thay bằng bộ 7 tham số EPSG:6960."))
    if found.by_parameters:
        notes.append(
            _("Nhận ra hệ tọa độ theo tham số; tên ghi trong tệp: %(n)s") % {"n": found.name}
        )
    return found.crs, notes


def _given_notes(source: Source, crs: Crs) -> list[str]:
    """Say when the user's word differs from the file's."""
    if not source.crs_text:
        return [_("Hệ tọa độ do người nạp chọn; tệp không ghi.")]
    try:
        own, _notes = named_crs(source.crs_text)
    except (CrsUnknown, CrsDatumUnclear):
        return [_("Hệ tọa độ do người nạp chọn; hệ ghi trong tệp không nhận ra được.")]
    if own == crs:
        return []
    return [_("Người nạp chọn %(given)s, khác với tệp ghi %(own)s.") % {"given": crs, "own": own}]


def _explain(points: np.ndarray, names: tuple[str, str] | None) -> str:
    """Where each plausible system would put the first point, in both readings."""
    if not len(points):
        return _("Tệp cũng không có tọa độ nào đọc được.")
    found = [c for c in candidates(points) if c.inside] or candidates(points)
    lines = [candidate.describe(names) for candidate in found[:6]]
    x, y = points[0]
    digits = 5 if abs(x) <= 180 and abs(y) <= 180 else 3
    first = _("Số liệu đầu tiên: %(x)s; %(y)s.") % {"x": number(x, digits), "y": number(y, digits)}
    return "\n".join([first, *lines])
