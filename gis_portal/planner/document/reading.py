"""A document as it came → `Document`, or a named error that says where it is wrong.

The shape first (`shape`), then names, then what the reader may read (`known`). Fields are public
ones, whoever asks: what a run computes may be shared with everybody.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_portal.planner.document import model, shape
from gis_portal.planner.document.errors import (
    BadDocument,
    DocumentField,
    DocumentMixed,
    DocumentName,
    DocumentTooLarge,
)
from gis_portal.planner.document.known import Known
from gis_portal.planner.document.model import Document, Json
from layers.permissions import User
from layers.values import group_digits

METRES = ("width_m", "radius_m", "metres")
DEFAULT_MEASURES = ("count", "area_m2")


def read(raw: Json, user: User | None) -> Document:
    """The question as this reader may ask it.

    `raw` is JSON as bytes or text, or already read. Raises BadDocument and its kinds.
    """
    if isinstance(raw, bytes | str):
        shape.check_size(len(raw))
        raw = shape.parsed(raw)
    shape.check(raw)
    text = shape.canonical(raw)
    shape.check_size(len(text.encode()))
    return _Reading(raw, Known(user)).document(hashlib.sha256(text.encode()).hexdigest())


class _Reading:
    """One document on its way."""

    def __init__(self, raw: dict[str, Json], known: Known) -> None:
        self.raw, self.known = raw, known

    def document(self, sha256: str) -> Document:
        raw = self.raw
        for name, given in raw["inputs"].items():
            self.known.add_input(name, self._input(name, given))
        steps = tuple(
            self._step(step, f"steps[{number}]") for number, step in enumerate(raw.get("steps", ()))
        )
        if not raw["inputs"] and not steps:
            raise BadDocument(_("Câu hỏi chưa có dữ liệu vào."), at="inputs")
        return Document(
            title=raw["title"],
            inputs=dict(self.known.inputs),
            steps=steps,
            result=self._result(raw["result"]),
            slivers=model.Slivers(**raw.get("slivers", {})),
            grid=self.known.grid(raw.get("grid", model.AUTO)),
            raw=raw,
            sha256=sha256,
        )

    def _input(self, name: str, given: dict[str, Json]) -> model.Input:
        place = f"inputs.{name}"
        if "layer" in given:
            self.known.layer(given["layer"], f"{place}.layer")
            if "filter" in given:
                self.known.check_filter(given["filter"], given["layer"], f"{place}.filter")
            return model.LayerInput(name, given["layer"], given.get("filter"))
        if "area" in given:
            area = UUID(given["area"])
            self.known.check_area(area, f"{place}.area")
            return model.AreaInput(name, area)
        on = _date(given.get("on"), f"{place}.on")
        self.known.check_units(given["units"], on, f"{place}.units")
        return model.UnitsInput(name, given["units"], on)

    def _step(self, raw: dict[str, Json], place: str) -> model.Step:
        for member in ("of", "with", "to", "in"):
            if member in raw and raw["op"] not in ("changes", "combine"):
                self.known.check_name(raw[member], f"{place}.{member}")
        for member in METRES:
            _check_metres(raw.get(member), f"{place}.{member}")
        make: dict[str, Callable[[dict[str, Json], str], model.Step]] = {
            "select": self._select,
            "buffer": self._buffer,
            "overlay": lambda raw, _place: model.Overlay(
                raw["id"], raw["kind"], raw["of"], raw["with"]
            ),
            "within_distance": lambda raw, _place: model.WithinDistance(
                raw["id"], raw["of"], raw["to"], float(raw["metres"])
            ),
            "nearest": self._nearest,
            "dissolve": self._dissolve,
            "count_in": lambda raw, _place: model.CountIn(raw["id"], raw["of"], raw["in"]),
            "coverage": self._coverage,
            "score": self._score,
            "changes": self._changes,
            "combine": self._combine,
        }
        step = make[raw["op"]](raw, place)
        self.known.add_step(step, f"{place}.id")
        return step

    def _select(self, raw: dict[str, Json], place: str) -> model.Select:
        where = raw.get("where")
        if where:
            self.known.check_name(where["with"], f"{place}.where.with")
            where = model.Where(where["relation"], where["with"])
        if "filter" in raw:
            slug = self.known.layer_of(raw["of"])
            self.known.check_filter(raw["filter"], slug, f"{place}.filter")
        return model.Select(raw["id"], raw["of"], raw.get("filter"), where)

    def _buffer(self, raw: dict[str, Json], place: str) -> model.Buffer:
        metres, field = self._width(raw, "width", place)
        return model.Buffer(raw["id"], raw["of"], metres, field)

    def _coverage(self, raw: dict[str, Json], place: str) -> model.Coverage:
        metres, field = self._width(raw, "radius", place)
        return model.Coverage(raw["id"], raw["of"], raw["in"], metres, field)

    def _width(
        self, raw: dict[str, Json], member: str, place: str
    ) -> tuple[float | None, str | None]:
        if f"{member}_m" in raw:
            return float(raw[f"{member}_m"]), None
        field = raw[member]["field"]
        self.known.check_number(raw["of"], field, f"{place}.{member}.field")
        return None, field

    def _nearest(self, raw: dict[str, Json], place: str) -> model.Nearest:
        most = settings.PORTAL_ANALYSIS_NEAREST
        if raw["k"] > most:
            raise DocumentTooLarge(_("Tối đa %(most)d.") % {"most": most}, at=f"{place}.k")
        metres = raw.get("metres")
        metres = None if metres is None else float(metres)
        return model.Nearest(raw["id"], raw["of"], raw["to"], int(raw["k"]), metres)

    def _dissolve(self, raw: dict[str, Json], place: str) -> model.Dissolve:
        by = tuple(raw.get("by", ()))
        for number, field in enumerate(by):
            self.known.check_field(raw["of"], field, f"{place}.by[{number}]")
        return model.Dissolve(raw["id"], raw["of"], by)

    def _score(self, raw: dict[str, Json], place: str) -> model.Score:
        criteria = tuple(
            self._criterion(given, raw["of"], f"{place}.criteria[{number}]")
            for number, given in enumerate(raw["criteria"])
        )
        names = [criterion.id for criterion in criteria]
        for number, name in enumerate(names):
            if name in names[:number]:
                at = f"{place}.criteria[{number}].id"
                raise DocumentName(_("Tên “%(name)s” dùng hai lần.") % {"name": name}, at=at)
        must = tuple(
            self._must(given, raw["of"], f"{place}.must[{number}]")
            for number, given in enumerate(raw.get("must", ()))
        )
        return model.Score(raw["id"], raw["of"], criteria, must, raw.get("top"))

    def _criterion(self, raw: dict[str, Json], of: str, place: str) -> model.Criterion:
        self._check_part(raw, of, place, number=True)
        if raw["kind"] in ("distance", "area", "field"):
            if "best" not in raw or "worst" not in raw:
                raise BadDocument(_("Thiếu “%(name)s”.") % {"name": "best, worst"}, at=place)
            if raw["best"] == raw["worst"]:
                raise BadDocument(_("best và worst phải khác nhau."), at=f"{place}.best")
        members = {name: raw[name] for name in raw if name != "label"}
        return model.Criterion(**members)

    def _must(self, raw: dict[str, Json], of: str, place: str) -> model.Must:
        bounded = "min" in raw or "max" in raw
        self._check_part(raw, of, place, number=bounded)
        if raw["kind"] in ("distance", "area") and not bounded:
            raise BadDocument(_("Thiếu “%(name)s”.") % {"name": "min, max"}, at=place)
        if raw["kind"] == "field" and not bounded and "equals" not in raw:
            raise BadDocument(_("Thiếu “%(name)s”.") % {"name": "min, max, equals"}, at=place)
        return model.Must(**{name: raw[name] for name in raw if name != "label"})

    def _check_part(self, raw: dict[str, Json], of: str, place: str, *, number: bool) -> None:
        """What criteria and conditions have in common."""
        if "to" in raw:
            self.known.check_name(raw["to"], f"{place}.to")
        if "field" in raw:
            check = self.known.check_number if number else self.known.check_field
            check(of, raw["field"], f"{place}.field")
        if raw["kind"] == "distance":
            for member in ("best", "worst", "min", "max"):
                _check_metres(raw.get(member), f"{place}.{member}")

    def _changes(self, raw: dict[str, Json], place: str) -> model.Changes:
        self.known.layer(raw["layer"], f"{place}.layer")
        for member in ("from", "to"):
            self.known.check_version(raw["layer"], raw[member], f"{place}.{member}")
        return model.Changes(raw["id"], raw["layer"], raw["from"], raw["to"])

    def _combine(self, raw: dict[str, Json], place: str) -> model.Combine:
        for number, name in enumerate(raw["of"]):
            at = f"{place}.of[{number}]"
            self.known.check_name(name, at)
            if self.known.dimension(name, at) != self.known.dimension(raw["of"][0], at):
                message = _("“%(name)s” không cùng dạng hình với “%(first)s”.")
                raise DocumentMixed(message % {"name": name, "first": raw["of"][0]}, at=at)
        return model.Combine(raw["id"], tuple(raw["of"]))

    def _result(self, raw: dict[str, Json]) -> model.Result:
        self.known.check_name(raw["of"], "result.of")
        groups = tuple(
            self._group(given, raw["of"], f"result.group_by[{number}]")
            for number, given in enumerate(raw.get("group_by", ()))
        )
        return model.Result(raw["of"], groups, tuple(raw.get("measures", DEFAULT_MEASURES)))

    def _group(self, raw: dict[str, Any], of: str, place: str) -> model.Group:
        if "units" in raw:
            on = _date(raw.get("on"), f"{place}.on")
            self.known.check_units(raw["units"], on, f"{place}.units")
            return model.UnitGroup(raw["units"], on)
        source, _dot, field = raw["field"].partition(".")
        if source not in self.known.carried(of):
            message = _("Kết quả không mang theo các trường của “%(name)s”.") % {"name": source}
            raise DocumentField(message, at=f"{place}.field")
        self.known.check_group(source, field, f"{place}.field")
        return model.FieldGroup(source, field)


def _date(text: str | None, place: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadDocument(_("“%(text)s” không phải là ngày.") % {"text": text}, at=place) from error


def _check_metres(value: float | None, place: str) -> None:
    most = settings.PORTAL_ANALYSIS_METRES
    if value is not None and abs(value) > most:
        shown = group_digits(most, None, get_language() or "vi")
        raise DocumentTooLarge(_("Tối đa %(most)s m.") % {"most": shown}, at=place)
