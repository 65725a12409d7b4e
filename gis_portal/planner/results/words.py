"""Words of a result: what columns, values and notes are called."""

import datetime as dt
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from gis_portal.maps.grids import grid_label
from layers.crs import Crs, by_code
from layers.definition import Field, LayerDefinition
from layers.errors import PortalError
from layers.fieldtypes import LOCAL_TIME
from layers.landuse import name_of
from layers.values import group_digits

Json = Any


def unknown_words() -> str:
    """The row of what nobody knows, or of what lies outside of everything."""
    return _("Không có hoặc không rõ")


def measure_label(name: str) -> str:
    """A measure's heading."""
    return {
        "count": _("Số phần"),
        "area_m2": _("Diện tích"),
        "length_m": _("Chiều dài"),
        "share": _("Phần trong tổng"),
    }.get(name, name)


def unit_of(name: str) -> str:
    """Its unit in files; pages say hectares."""
    return {"area_m2": "m²", "length_m": "m", "share": "%"}.get(name, "")


def unit_label(level: str | None, on: str | None, language: str) -> str:
    """Heading of a column of administrative units."""
    words = {
        "commune": _("Xã, phường"),
        "district": _("Huyện (cũ)"),
        "province": _("Tỉnh"),
    }.get(level or "", level or "")
    if not on:
        return str(words)
    return _("%(units)s (địa giới ngày %(day)s)") % {
        "units": words,
        "day": written_date(dt.date.fromisoformat(on), language),
    }


def written_date(day: dt.date | None, language: str) -> str:
    """30/06/2026, in English 30 June 2026; empty where it is not known."""
    if day is None:
        return ""
    return date_format(day, "j F Y") if language == "en" else f"{day:%d/%m/%Y}"


def written_moment(moment: dt.datetime | None, language: str) -> str:
    """With the time of the clocks in Việt Nam."""
    if moment is None:
        return ""
    local = moment.astimezone(LOCAL_TIME)
    return f"{written_date(local, language)} {local:%H:%M}"


def system_words(crs: Crs, language: str) -> str:
    """A coordinate system with its code; titles of systems are Vietnamese."""
    return f"{grid_label(crs)} ({crs.code})" if language == "en" else str(crs)


def derived_label(name: str) -> str:
    """Heading of a column that a step makes."""
    return {
        "covered": _("Vùng phủ sóng"),
        "change": _("Kiểu thay đổi"),
        "score": _("Điểm số"),
        "count": _("Số đối tượng đếm được"),
        "n": _("Số đối tượng đếm được"),
        "rank": _("Thứ hạng"),
        "distance_m": _("Khoảng cách (m)"),
        "kind": _("Đổi gì"),
        "inside": _("Nằm trong lớp kia"),
        "layer": _("Lớp dữ liệu"),
        "sector": _("Lĩnh vực"),
    }.get(name, name)


def value_label(
    value: Json, field: str = "", definition: LayerDefinition | None = None, language: str = "vi"
) -> str:
    """A value as people read it."""
    if value is None:
        return unknown_words()
    declared = definition.by_name.get(field) if definition else None
    if declared is not None and not declared.is_private:
        return _declared_value(declared, value, language)
    derived = _derived_value(field, value)
    if derived:
        return derived
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, int | float):
        return group_digits(value, None, language)
    return str(value)


def _declared_value(declared: Field, value: Json, language: str) -> str:
    """A layer's value; land uses with their name beside the code."""
    if declared.type.name != "land_use":
        return str(declared.type.format(value, language))
    name = name_of(str(value), language)
    return f"{value} – {name}" if name != value else str(value)


def _derived_value(field: str, value: Json) -> str:
    """A value of a column that a step makes; "" where it has no words."""
    if field == "covered":
        return _("Đã phủ sóng") if value in (True, "true", "covered") else _("Chưa phủ sóng")
    if field == "kind":
        return {"fields": _("Thông tin"), "shape": _("Hình"), "both": _("Thông tin và hình")}.get(
            str(value), ""
        )
    if field != "change":
        return ""
    return {
        "added": _("Thêm vào"),
        "removed": _("Không còn trong sổ"),
        "changed": _("Có thay đổi"),
        "unchanged": _("Không đổi"),
    }.get(str(value), "")


def note_words(note: str) -> str:
    """What the engine noted, for people; a note that has no words yet stands as it is."""
    code, _colon, rest = note.partition(":")
    words = {
        "grids-differ": _(
            "Dữ liệu vào ở các lưới khác nhau (%(rest)s); đã tính trên một lưới chung."
        ),
        "rows-cut": _("Bảng chỉ hiện 5.000 dòng đầu; tệp CSV và XLSX có đủ."),
        "units-without-shapes": _(
            "Ngày đó không có ranh giới đơn vị hành chính: đơn vị lấy theo thửa, còn lại không rõ."
        ),
        "sample": _("Đây là ước tính từ một phần dữ liệu."),
        "sample-dissolved": _(
            "Vùng đã gộp: phần chồng nhau có thể bị tính nhiều lần trong ước tính này."
        ),
        "repaired": _("Đã sửa hình không hợp lệ trước khi tính: %(rest)s."),
    }.get(code)
    if code == "grids-differ":
        rest = ", ".join(_system(each) for each in rest.split(","))
    return words % {"rest": rest} if words else note


def _system(code: str) -> str:
    """A system of coordinates by its name, where it has one."""
    try:
        return str(by_code(code))
    except (LookupError, PortalError):
        return code
