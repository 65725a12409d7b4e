"""What a step makes, told by the layers that it goes back to: the one sentence of what is asked."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.workbench.operation_words import made_words
from layers.values import group_digits

Json = Any
Name = Callable[[Json], str]
# Longer than that nobody reads: then the step is named by its number.
MOST_LETTERS = 240


def made_phrase(step: dict[str, Json], phrase: Name, place: int, language: str) -> str:
    """`phrase` says what an input or an earlier step is; `place` is the number of the step."""
    numbered = _("%(what)s (bước %(n)s)") % {"what": made_words(step), "n": place}
    template = _templates(step).get(str(step.get("op")))
    if template is None:
        return numbered
    where = step.get("where")
    keys = {key: phrase(step.get(key)) for key in ("of", "with", "to", "in", "layer")}
    keys["other"] = phrase(where.get("with")) if isinstance(where, dict) else ""
    for key in ("metres", "k", "width_m"):
        value = step.get(key)
        keys[key] = group_digits(value, None, language) if isinstance(value, int | float) else "…"
    words = template % keys
    return words if len(words) <= MOST_LETTERS else numbered


def _templates(step: dict[str, Json]) -> dict[str, str]:
    where = step.get("where")
    relation = str(where.get("relation")) if isinstance(where, dict) else ""
    return {
        "select": {
            "intersects": _("%(of)s chạm %(other)s"),
            "within": _("%(of)s nằm gọn trong %(other)s"),
            "contains": _("%(of)s chứa %(other)s"),
            "disjoint": _("%(of)s không chạm %(other)s"),
        }.get(relation, _("%(of)s đã chọn")),
        "buffer": _("vùng mỗi bên %(width_m)s m quanh %(of)s")
        if "width_m" in step
        else _("vùng quanh %(of)s"),
        "overlay": {
            "identity": _("%(of)s chia theo %(with)s"),
            "difference": _("%(of)s nằm ngoài %(with)s"),
        }.get(str(step.get("kind")), _("%(of)s nằm trong %(with)s")),
        "within_distance": _("%(of)s cách %(to)s không quá %(metres)s m"),
        "nearest": _("%(of)s và %(k)s đối tượng gần nhất của %(to)s"),
        "dissolve": "%(of)s",
        "count_in": _("%(of)s trong từng vùng của %(in)s"),
        "coverage": _("%(in)s theo vùng phủ của %(of)s"),
        "score": _("%(of)s đã chấm điểm"),
        "changes": _("thay đổi của %(layer)s"),
    }
