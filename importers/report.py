"""What a surveyor reads after an import: plain Vietnamese, numbers with units, what to do next.

`whole` makes plain values that are kept with the run (the steward's pages show the same); `render`
writes them as text for the command line.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from importers.columns import ColumnMapping
from importers.encoding import ColumnEncoding
from importers.expectations import Tally
from importers.georeference import Georeference
from importers.issue_log import HIDDEN, IssueLog
from importers.models import ImportRun
from importers.readers.source import Source
from importers.wording import names_in_brief
from layers.crs import WGS84, transform_point
from layers.definition import LayerDefinition
from layers.errors import PortalError
from layers.values import group_digits

_ENCODING_NAMES = {
    "tcvn3": "TCVN3 (ABC)",
    "vni": "VNI-Windows",
    "cp1258": "Windows-1258",
    "cp1252": "Windows-1252",
    "utf-8": "UTF-8",
    "unicode": "Unicode",
}


def describe_source(
    source: Source, place: Georeference, mapping: ColumnMapping, definition: LayerDefinition
) -> dict[str, Any]:
    """The part of the report that is known before a row is read."""
    public = {
        column for name, column in mapping.source.items() if not definition.by_name[name].is_private
    }
    return {
        "format": source.format,
        "name": source.name,
        "crs": {"code": place.crs.code, "title": place.crs.title},
        "axes": source.axes,
        "first_point": _both_readings(place),
        "notes": [*source.notes, *place.notes, *_given(mapping, definition)],
        "encodings": [_encoding(guess, public) for guess in source.encodings],
        "columns": {definition.by_name[f].label.vi: c for f, c in mapping.source.items()},
        "unused_columns": mapping.unused,
    }


def add_notes(parts: dict[str, Any], notes: list[str]) -> None:
    """Remarks that came up when rows were read."""
    if notes and "source" in parts:
        parts["source"]["notes"] += notes


def describe_fields(mapping: ColumnMapping, definition: LayerDefinition) -> dict[str, Any]:
    """What the issues' fields are called: declared name → label and the file's column."""
    return {
        f.name: {"label": f.label.vi, "column": mapping.source.get(f.name, "")}
        for f in definition.fields
    }


def _given(mapping: ColumnMapping, definition: LayerDefinition) -> list[str]:
    """What a person said for the whole file; values of fields that are not public stay unsaid."""
    fields = [(definition.by_name[name], value) for name, value in mapping.given.items()]
    said = [f"{f.label.vi} = {HIDDEN if f.is_private else value}" for f, value in fields]
    return [_("Giá trị dùng chung cho cả tệp: %(said)s") % {"said": one} for one in said]


def _both_readings(place: Georeference) -> dict[str, Any]:
    """The first vertex as the file has it, in Vietnamese notation, and where that is."""
    if not len(place.points):
        return {}
    x, y = (float(number) for number in place.points[0])
    lon, lat = (x, y) if place.crs == WGS84 else transform_point(x, y, place.crs, WGS84)
    return {"north": y, "east": x, "lat": lat, "lon": lon, "degrees": place.crs.is_geographic}


def _encoding(guess: ColumnEncoding, public: set[str]) -> dict[str, Any]:
    """How a column was read; only public fields give examples, a column without a field may be
    anybody's name."""
    return {
        "column": guess.column,
        "encoding": _ENCODING_NAMES.get(guess.encoding, guess.encoding),
        "confidence": guess.confidence,
        "preview": [list(pair) for pair in guess.preview] if guess.column in public else [],
    }


def whole(
    run: ImportRun,
    parts: dict[str, Any],
    tally: Tally,
    log: IssueLog,
    error: PortalError | None,
) -> dict[str, Any]:
    """The complete report of a run, as plain values.

    `parts["names"]`: row with an issue → its key for people.
    """
    names = parts.pop("names", {})
    found: dict[str, Any] = {
        "layer": run.layer.title_vi,
        "file": run.file_name,
        "outcome": run.get_state_display(),
        **parts,
        "issues": [_labelled(group, parts.get("fields", {}), names) for group in log.groups()],
        "serious_count": log.serious_rows(),
        # Which row is which parcel, for the list that goes back to the surveyor.
        "keys": {str(i.row): names[i.row] for i in log.kept if i.row in names},
        "diff": run.diff,
    }
    if tally.read:
        found["rows"] = {"read": tally.read, "good": tally.good, "bad": tally.bad}
    if error is not None:
        found["error"] = describe_error(error)
    kept: dict[str, Any] = _storable(found)
    return kept


def _storable(part: Any) -> Any:
    """Without NUL, which cells of a file may hold and jsonb refuses."""
    if isinstance(part, dict):
        return {_storable(key): _storable(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_storable(value) for value in part]
    return part.replace("\x00", "") if isinstance(part, str) else part


def describe_error(error: PortalError) -> dict[str, Any]:
    """Why a run was refused, as plain values."""
    return {
        "code": error.code,
        "title": str(error.title),
        "detail": str(error.detail),
        "hint": str(error.hint),
        **error.extra,
    }


def _labelled(
    group: dict[str, Any], fields: dict[str, Any], names: dict[int, str]
) -> dict[str, Any]:
    """The group with its fields as people call them, and its rows by their keys."""
    labels = []
    for name in filter(None, group["field"].split(", ")):
        known = fields.get(name)
        labels.append(_label(known) if known else _("cột %(column)s") % {"column": name})
    first = [{**issue, "key": names.get(issue["row"], "")} for issue in group["first"]]
    return {**group, "label": ", ".join(labels), "first": first}


def _label(field: dict[str, Any]) -> str:
    return _("%(label)s (cột %(column)s)") % field if field["column"] else str(field["label"])


def render(report: dict[str, Any]) -> str:
    """The report as text, one idea a line."""
    lines = [*_outcome(report), *_about_file(report), *_about_rows(report), *_about_diff(report)]
    return "\n".join(lines)


def _outcome(report: dict[str, Any]) -> Iterable[str]:
    yield _("Lớp: %(layer)s") % report
    yield _("Tệp: %(file)s") % report
    yield _("Kết quả: %(outcome)s") % report
    error = report.get("error")
    if error:
        yield ""
        yield _("LỖI [%(code)s]: %(title)s") % error
        if error["detail"]:
            yield f"  {error['detail']}"
        yield _("  Cần làm: %(hint)s") % error


def _about_file(report: dict[str, Any]) -> Iterable[str]:
    source = report.get("source")
    if not source:
        return
    yield ""
    yield _("Định dạng: %(format)s, lớp dữ liệu “%(name)s”") % source
    yield _("Hệ tọa độ: %(title)s (%(code)s)") % source["crs"]
    if source["axes"]:
        yield _("Cột tọa độ: %(axes)s") % source
    if source["first_point"]:
        yield _first_point(source["first_point"])
    for note in source["notes"]:
        yield _("Lưu ý: %(note)s") % {"note": note}
    if report.get("flattened"):
        yield _("Lưu ý: đã bỏ độ cao (Z) hoặc trị đo (M) của các đỉnh.")
    for guess in source["encodings"]:
        yield from _encoding_lines(guess)
    yield _("Cột dùng: %(columns)s") % {
        "columns": "; ".join(f"{label} ← {column}" for label, column in source["columns"].items())
    }
    if source["unused_columns"]:
        yield _("Cột không dùng: %(columns)s") % {
            "columns": names_in_brief(source["unused_columns"])
        }


def _first_point(point: dict[str, Any]) -> str:
    values = {
        "north": _number(point["north"], 6 if point["degrees"] else 3),
        "east": _number(point["east"], 6 if point["degrees"] else 3),
        "lat": _number(point["lat"], 6),
        "lon": _number(point["lon"], 6),
    }
    if point["degrees"]:
        return _("Điểm đầu tiên: vĩ độ %(north)s, kinh độ %(east)s") % values
    return (
        _(
            "Điểm đầu tiên: X (Bắc) = %(north)s m, Y (Đông) = %(east)s m → "
            "vĩ độ %(lat)s, kinh độ %(lon)s"
        )
        % values
    )


def _encoding_lines(guess: dict[str, Any]) -> Iterable[str]:
    yield _("Bảng mã cột “%(column)s”: %(encoding)s (độ chắc chắn %(sure)d %%)") % {
        **guess,
        "sure": round(guess["confidence"] * 100),
    }
    for stored, read in guess["preview"]:
        if stored != read:
            yield f"  {stored!r} → {read}"


def _about_rows(report: dict[str, Any]) -> Iterable[str]:
    rows = report.get("rows")
    if not rows:
        return
    yield ""
    yield _("Số dòng đọc: %(read)s; nạp được: %(good)s; bỏ vì lỗi: %(bad)s") % {
        name: _number(rows[name]) for name in ("read", "good", "bad")
    }
    measured = report.get("measured", {})
    if measured.get("area_m2"):
        yield _("Tổng diện tích theo lưới gốc: %(ha)s ha") % {
            "ha": _number(measured["area_m2"] / 10_000, 2)
        }
    if measured.get("extent"):
        yield _("Phạm vi (Tây, Nam, Đông, Bắc): %(extent)s") % {
            "extent": "; ".join(_number(degree, 5) for degree in measured["extent"])
        }
    degrees = report.get("source", {}).get("first_point", {}).get("degrees", False)
    groups = report.get("issues", [])
    for group in groups:
        yield from _issue_lines(group, degrees)
    if any(group["count"] > len(group["first"]) for group in groups):
        yield _("Muốn có danh sách từng dòng: thêm --issues TỆP.csv")


def _issue_lines(group: dict[str, Any], degrees: bool) -> Iterable[str]:
    warning = _("CẢNH BÁO NẶNG") if group.get("serious") else _("Cảnh báo")
    kind = _("LỖI, bỏ dòng") if group["severity"] == "error" else warning
    label = group.get("label", group["field"])
    field = f" [{label}]" if label else ""
    count = _number(group["count"])
    yield f"• {kind}{field}: {group['message']} – {count} {_('dòng')} ({group['code']})"
    for issue in group["first"]:
        place = _place(issue["x"], issue["y"], degrees)
        value = f": “{issue['value']}”" if issue["value"] else ""
        key = f" ({issue['key']})" if issue.get("key") else ""
        # Row 0: of the file, not of a row, as an open line in a drawing is.
        row = f"{_('dòng')} {issue['row']}" if issue["row"] else "–"
        yield f"    {row}{key}{value}{place}"
    if group["count"] > len(group["first"]):
        more = _number(group["count"] - len(group["first"]))
        yield _("    … còn %(more)s dòng nữa") % {"more": more}
    yield f"    {_('Cần làm')}: {group['hint']}"


def _place(x: float | None, y: float | None, degrees: bool) -> str:
    """A position in the file's own system; in a grid X is north and Y is east."""
    if x is None or y is None:
        return ""
    if degrees:
        return _(" tại vĩ độ %(y)s, kinh độ %(x)s") % {"x": _number(x, 6), "y": _number(y, 6)}
    return _(" tại X (Bắc) = %(y)s; Y (Đông) = %(x)s") % {"x": _number(x, 3), "y": _number(y, 3)}


def _about_diff(report: dict[str, Any]) -> Iterable[str]:
    diff = report.get("diff")
    if not diff:
        return
    yield ""
    yield _(
        "So với bản đang công bố: thêm %(added)s, đổi %(changed)s (hình %(changed_shape)s, "
        "thuộc tính %(changed_values)s, cả hai %(changed_both)s), mất %(removed)s, "
        "giữ nguyên %(unchanged)s"
    ) % {name: _number(value) for name, value in diff.items() if isinstance(value, int)}
    if any(diff.get(name) for name in ("renumbered", "split", "merged", "rearranged")):
        yield _(
            "  Trong đó: đổi số thửa %(renumbered)s, tách %(split)s, hợp %(merged)s, "
            "sắp xếp lại %(rearranged)s"
        ) % {name: _number(value) for name, value in diff.items() if isinstance(value, int)}
    if diff["removed"]:
        yield from _removal_lines(diff, report.get("removals", {}))


def _removal_lines(diff: dict[str, Any], removals: dict[str, Any]) -> Iterable[str]:
    """Which features go, how many of them only because their row was refused, and whether it may
    be.
    """
    keys = [key_in_words(key) for key in diff["examples"].get("removed", [])[:5]]
    more = diff["removed"] - len(keys)
    shown = "; ".join(keys) + (_(" … còn %(more)s nữa") % {"more": _number(more)} if more else "")
    yield _("  Mất: %(keys)s") % {"keys": shown}
    if diff.get("removed_refused"):
        count = _number(diff["removed_refused"])
        yield _("  trong đó %(count)s vì dòng của đối tượng bị bỏ do lỗi") % {"count": count}
    if removals.get("allowed"):
        yield _("  Lý do cho phép bỏ: %(reason)s") % {"reason": removals["allowed"]}
    elif removals.get("too_many"):
        yield _(
            "  CẢNH BÁO: mất %(share)s %%, quá mức %(most)s %%. Khi công bố sẽ bị từ chối, trừ khi "
            'thêm --allow-removals "LÝ DO".'
        ) % {name: _number(removals[name] * 100, 1) for name in ("share", "most")}


def key_in_words(key: str) -> str:
    """`26560@2025-07-01/12/345` → `26560/12/345`; a key made of a shape says nothing."""
    if key.startswith("shape:"):
        return _("(không có mã)")
    return re.sub(r"@\d{4}-\d\d-\d\d", "", key)


def _number(value: float, digits: int = 0) -> str:
    return group_digits(value, digits, "vi")
