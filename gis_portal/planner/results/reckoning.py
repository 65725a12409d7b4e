"""Does it add up, and who has none: what went in, what came out, what lies between, in words."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_portal.planner.results.told import Told
from gis_portal.planner.workbench.shown_numbers import scale_of, shown
from layers.fieldtypes import LOCAL_TIME
from layers.models import AdminUnit

# Of what went in: less than that apart is noise of the arithmetic.
NOISE, LEAST = 1e-9, 0.005
MOST_NAMES = 200


def sums_words(about: Told) -> str:
    """What went in, what the parts come to, and where the difference has gone; "" where nobody
    counted it.
    """
    sums = about.summary.get("sums") or {}
    if "input" not in sums or not about.lines:
        return ""
    measure = ("count", "length_m", "area_m2")[int(about.summary["source"].get("dimension", 2))]
    numbers = [float(sums[name]) for name in ("input", "parts", "difference")]
    like = scale_of(numbers)
    whole, parts, apart = (shown(measure, abs(number), like) for number in numbers)
    cut = _last_cut(about)
    values = {"of": cut.get("of", ""), "with": cut.get("with", "")}
    values |= {"whole": whole, "parts": parts, "apart": apart}
    if abs(numbers[2]) <= max(LEAST, NOISE * numbers[0]):
        return _("Đưa vào %(whole)s; các phần và mảnh vụn cộng lại đúng bằng thế.") % values
    if numbers[2] < 0:
        return _(
            "Đưa vào %(whole)s, các phần cộng lại %(parts)s, nhiều hơn %(apart)s: chỗ nhiều hình "
            "chồng lên nhau được tính cho từng hình."
        ) % {**values}
    return {
        "intersection": _(
            "%(of)s đưa vào có %(whole)s; %(parts)s nằm trong %(with)s và được tính ở đây; còn "
            "%(apart)s nằm ngoài nên không tính."
        ),
        "difference": _(
            "%(of)s đưa vào có %(whole)s; còn lại %(parts)s được tính ở đây; %(apart)s nằm trong "
            "%(with)s đã trừ đi."
        ),
    }.get(
        str(cut.get("kind")), _("Đưa vào %(whole)s, các phần cộng lại %(parts)s, lệch %(apart)s.")
    ) % values


def difference_label(about: Told) -> str:
    """What the difference of the sums is called."""
    sums = about.summary.get("sums") or {}
    cut, apart = _last_cut(about), float(sums.get("difference") or 0)
    if apart <= max(LEAST, NOISE * float(sums.get("input") or 0)):
        return _("Chênh lệch")
    label = {
        "intersection": _("Nằm ngoài %(with)s, không tính"),
        "difference": _("Nằm trong %(with)s, đã trừ đi"),
    }.get(str(cut.get("kind")), _("Chênh lệch"))
    return label % {"with": cut.get("with", "")}


def _last_cut(about: Told) -> dict[str, str]:
    """Kind, `of` and `with` of the overlay that made the parts, in words."""
    document, names = about.run.document, about.question.names
    of = document.get("result", {}).get("of")
    for step in document.get("steps", []):
        if step.get("id") == of and step.get("op") == "overlay":
            words = {key: names.get(str(step.get(key)), "…") for key in ("of", "with")}
            return {"kind": str(step.get("kind")), **words}
    return {}


def units_without(about: Told) -> str:
    """Units of that day that no part lies in: “of each commune” tells of those too. "" where all
    have one, or nothing is told by units.
    """
    column = next((c for c in about.summary.get("columns", []) if c["kind"] == "unit"), None)
    if column is None or not about.lines or "rows-cut" in about.summary.get("notes", []):
        return ""
    on = dt.date.fromisoformat(column["on"]) if column.get("on") else _day(about)
    found = {line.values.get(column["name"]) for line in (*about.lines, *about.slivers)}
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    units = AdminUnit.objects.filter(held, level=column.get("level"), valid_from__lte=on)
    # Units without a shape lie beyond what is mapped here.
    units = units.filter(geom__isnull=False) if units.exclude(geom=None).exists() else units
    names = sorted(units.exclude(code__in=found - {None}).values_list("name", flat=True))
    if not names:
        return ""
    listed = ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
    words = {
        AdminUnit.COMMUNE: ngettext(
            "%(n)s xã, phường không có phần nào: %(names)s.",
            "%(n)s xã, phường không có phần nào: %(names)s.",
            len(names),
        ),
        AdminUnit.DISTRICT: ngettext(
            "%(n)s huyện (cũ) không có phần nào: %(names)s.",
            "%(n)s huyện (cũ) không có phần nào: %(names)s.",
            len(names),
        ),
    }.get(str(column.get("level")), "")
    return words % {"n": len(names), "names": listed} if words else ""


def _day(about: Told) -> dt.date:
    finished = about.run.finished_at or about.run.created_at
    return finished.astimezone(LOCAL_TIME).date()
