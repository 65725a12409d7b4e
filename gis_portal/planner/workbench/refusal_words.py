"""What is wrong with a question, as its form says it: which box, what it takes, what to do.

Programs read `at` and the schema; a planner reads “Bước 2, bề rộng mỗi bên”.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.document.reading import METRES
from layers.errors import PortalError

Json = Any
_PART = re.compile(r"([a-z0-9_]+)(?:\[(\d+)\])?", re.ASCII)
_NUMBERED = ("steps", "criteria", "must", "group_by")


def refusal_words(refused: PortalError, titles: Mapping[str, str]) -> dict[str, str]:
    """The members of a problem that a form shows; `titles` are of the inputs, in their order."""
    at = str(refused.extra.get("at", ""))
    detail, place = str(refused.detail), place_words(at, titles)
    if at.startswith("title"):
        detail = _("Câu hỏi chưa có tên. Hãy ghi tên để tìm lại được nó.")
    return {
        "code": refused.code,
        "title": str(refused.title),
        "detail": detail,
        "hint": _hint(refused, at, place),
        "at": at,
        "place": place,
    }


def _hint(refused: PortalError, at: str, place: str) -> str:
    if not place:
        return str(refused.hint)
    if refused.code == "document-too-large" and at.rpartition(".")[2] in METRES:
        return _("Nhập một số nhỏ hơn rồi lưu lại.")
    here = {
        "bad-document": _("Sửa ô này rồi lưu lại."),
        "document-field": _("Chọn một trường khác trong danh sách của ô này."),
        "document-layer": _("Chọn một lớp khác trong danh sách của ô này."),
        "document-name": _("Chọn lại trong danh sách của ô này."),
    }
    return here.get(refused.code, str(refused.hint))


def place_words(at: str, titles: Mapping[str, str]) -> str:
    """`steps[1].width_m` → “Bước 2, bề rộng mỗi bên”; "" for the whole."""
    path = [(found[1], found[2]) for found in _PART.finditer(at)]
    if not path:
        return ""
    words, rest = _head(path, titles)
    known = _members()
    for name, number in rest:
        if name in known:
            place = f" {int(number) + 1}" if number and name in _NUMBERED else ""
            words.append(known[name] + place)
    return ", ".join(words)


def _head(
    path: list[tuple[str, str | None]], titles: Mapping[str, str]
) -> tuple[list[str], list[tuple[str, str | None]]]:
    """The words of the part of the form, and what is left of the path."""
    name, number = path[0]
    if name == "steps" and number is not None:
        return [_("Bước %(n)s") % {"n": int(number) + 1}], path[1:]
    if name == "inputs" and len(path) > 1:
        title = titles.get(path[1][0])
        return [f"{_('Dữ liệu dùng')}: {title}" if title else _("Dữ liệu dùng")], path[2:]
    heads = {
        "steps": _("Thao tác"),
        "inputs": _("Dữ liệu dùng"),
        "title": _("Tên câu hỏi"),
        "result": _("Kết quả"),
        "slivers": _("Mảnh vụn"),
        "grid": _("Lưới tọa độ"),
    }
    return [heads.get(name, name)], path[1:]


def _members() -> dict[str, str]:
    """Members of a document → what their boxes are called, within a sentence."""
    return {
        "op": _("loại thao tác"),
        "of": _("của dữ liệu nào"),
        "with": _("với dữ liệu nào"),
        "to": _("đến dữ liệu nào"),
        "in": _("trong dữ liệu nào"),
        "width_m": _("bề rộng mỗi bên"),
        "width": _("bề rộng mỗi bên"),
        "radius_m": _("bán kính"),
        "radius": _("bán kính"),
        "metres": _("khoảng cách"),
        "k": _("số đối tượng gần nhất"),
        "top": _("số tốt nhất được lấy"),
        "by": _("gộp theo trường"),
        "filter": _("điều kiện lọc"),
        "where": _("vị trí"),
        "layer": _("lớp dữ liệu"),
        "area": _("vùng riêng"),
        "units": _("đơn vị hành chính"),
        "on": _("ngày của địa giới"),
        "criteria": _("tiêu chí"),
        "must": _("điều kiện bắt buộc"),
        "weight": _("trọng số"),
        "best": _("giá trị tốt nhất"),
        "worst": _("giá trị kém nhất"),
        "min": _("ít nhất"),
        "max": _("nhiều nhất"),
        "field": _("trường"),
        "group_by": _("cột"),
        "measures": _("tính những gì"),
        "area_m2": _("diện tích"),
    }
