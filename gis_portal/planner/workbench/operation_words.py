"""Each operation of a document as one sentence, without its full stop."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.workbench.filter_words import field_label, filter_words
from layers.definition import LayerDefinition
from layers.values import group_digits, unit_in

Json = Any
Name = Callable[[Json], str]


def operation_words(
    step: dict[str, Json], name: Name, definition: LayerDefinition | None, language: str
) -> str:
    """`name` says what an input or a step is called; `definition` is of the layer behind `of`."""
    op = str(step.get("op"))
    template = _templates(step).get(op)
    if template is None:
        return _("Thao tác “%(op)s”") % {"op": op}
    values = {
        "of": name(step.get("of")),
        "all": _all_words(step.get("of"), name),
        "with": name(step.get("with")),
        "to": name(step.get("to")),
        "in": name(step.get("in")),
        "layer": name(step.get("layer")),
        "metres": _number(step.get("metres"), language),
        "k": _number(step.get("k"), language),
        "width": _width(step, "width", definition, language),
        "radius": _width(step, "radius", definition, language),
        "filter": filter_words(step.get("filter"), definition, language),
        "where": _where(step, name),
        "by": ", ".join(
            field_label(str(each).rpartition(".")[2], definition, language)
            for each in step.get("by") or []
        ),
        "from": version_words(step.get("from")),
        "until": version_words(step.get("to")),
    }
    words = template % values
    if op == "select":
        parts = [part for part in (values["filter"], values["where"]) if part]
        return f"{words} {'; '.join(parts)}" if parts else words
    return words


def _all_words(names: Json, name: Name) -> str:
    """Several names: “a, b”."""
    return ", ".join(name(one) for one in names) if isinstance(names, list) and names else "…"


def version_words(said: Json) -> str:
    """A version as a document names it: a number, “previous” or “live”."""
    words = {"previous": _("liền trước"), "live": _("đang công bố")}
    return str(words.get(str(said), said or "…"))


def _templates(step: dict[str, Json]) -> dict[str, str]:
    kinds = {
        "intersection": _("Chồng %(of)s lên %(with)s, lấy phần chung"),
        "identity": _("Chồng %(of)s lên %(with)s, giữ cả phần nằm ngoài"),
        "difference": _("Lấy %(of)s trừ đi phần nằm trong %(with)s"),
    }
    return {
        "select": _("Chọn trong %(of)s những đối tượng:"),
        "buffer": _("Vẽ vùng quanh %(of)s, mỗi bên %(width)s"),
        "overlay": kinds.get(str(step.get("kind")), kinds["intersection"]),
        "within_distance": _("Chọn %(of)s cách %(to)s không quá %(metres)s m"),
        "nearest": _("Với mỗi đối tượng của %(of)s, tìm %(k)s đối tượng gần nhất của %(to)s"),
        "dissolve": _("Gộp %(of)s thành vùng liền theo %(by)s")
        if step.get("by")
        else _("Gộp %(of)s thành vùng liền"),
        "count_in": _("Đếm %(of)s trong từng vùng của %(in)s"),
        "coverage": _("Tính vùng phủ của %(of)s với bán kính %(radius)s trong %(in)s"),
        "score": _("Chấm điểm %(of)s theo:"),
        "combine": _("Gộp chung %(all)s, mỗi đối tượng ghi lớp và lĩnh vực của nó"),
        "changes": _("Tìm thay đổi của %(layer)s giữa phiên bản %(from)s và %(until)s"),
    }


def made_words(step: dict[str, Json]) -> str:
    """What the result of a step is, for steps that name it."""
    if step.get("op") == "overlay":
        return {
            "identity": _("các phần"),
            "difference": _("các phần còn lại"),
        }.get(str(step.get("kind")), _("các phần chung"))
    words = {
        "select": _("các đối tượng đã chọn"),
        "within_distance": _("các đối tượng đã chọn"),
        "buffer": _("vùng quanh"),
        "dissolve": _("vùng liền"),
        "nearest": _("các cặp gần nhất"),
        "count_in": _("các vùng đã đếm"),
        "coverage": _("phần đã phủ và chưa phủ"),
        "score": _("các địa điểm đã chấm điểm"),
        "changes": _("các đối tượng thay đổi"),
        "combine": _("các đối tượng gộp chung"),
    }
    return str(words.get(str(step.get("op")), _("kết quả")))


def criterion_words(
    raw: dict[str, Json], name: Name, definition: LayerDefinition | None, language: str
) -> str:
    """A criterion with its weight, best and worst."""
    what = {
        "distance": _("khoảng cách đến %(to)s"),
        "area": _("diện tích"),
        "inside": _("nằm trong %(to)s"),
        "outside": _("nằm ngoài %(to)s"),
        "field": _("trường %(field)s"),
    }.get(str(raw.get("kind")), str(raw.get("id") or raw.get("kind")))
    target = raw.get("to") or raw.get("with") or raw.get("in") or raw.get("of")
    field = str(raw.get("field") or "").rpartition(".")[2]
    words = what % {"to": name(target), "field": field_label(field, definition, language)}
    if raw.get("weight") is not None:
        weight = _number(raw["weight"], language)
        words = _("%(what)s, trọng số %(weight)s") % {"what": words, "weight": weight}
    unit = _unit(raw, field, definition, language)
    if raw.get("best") is not None and raw.get("worst") is not None:
        words += " " + _("(tốt nhất %(best)s, kém nhất %(worst)s)") % {
            "best": _number(raw["best"], language) + unit,
            "worst": _number(raw["worst"], language) + unit,
        }
    for key, template in (
        ("at_least", _("từ %(n)s trở lên")),
        ("at_most", _("không quá %(n)s")),
        ("min", _("từ %(n)s trở lên")),
        ("max", _("không quá %(n)s")),
        ("metres", _("không quá %(n)s m")),
    ):
        if raw.get(key) is not None:
            written = _number(raw[key], language) + ("" if key == "metres" else unit)
            words += " " + template % {"n": written}
    return words


def _unit(
    raw: dict[str, Json], field: str, definition: LayerDefinition | None, language: str
) -> str:
    """What the numbers of a criterion are in, with its space before; "" where nobody knows."""
    if raw.get("kind") == "field":
        declared = definition.by_name.get(field) if definition else None
        unit = unit_in(declared.type.unit, language) if declared else ""
        return f" {unit}" if unit else ""
    return {"distance": " m", "area": " m²"}.get(str(raw.get("kind")), "")


def _where(step: dict[str, Json], name: Name) -> str:
    where = step.get("where")
    if not isinstance(where, dict):
        return ""
    words = {
        "intersects": _("chạm %(with)s"),
        "within": _("nằm trong %(with)s"),
        "contains": _("chứa %(with)s"),
        "disjoint": _("không chạm %(with)s"),
    }.get(str(where.get("relation")), "%(with)s")
    return words % {"with": name(where.get("with"))}


def _width(
    step: dict[str, Json], what: str, definition: LayerDefinition | None, language: str
) -> str:
    by_field = step.get(what)
    if isinstance(by_field, dict):
        label = field_label(
            str(by_field.get("field") or "").rpartition(".")[2], definition, language
        )
        return _("lấy theo trường %(field)s") % {"field": label}
    return f"{_number(step.get(f'{what}_m'), language)} m"


def _number(value: Json, language: str) -> str:
    return group_digits(value, None, language) if isinstance(value, int | float) else "…"
