"""How often a layer is renewed: the ISO 8601 duration of its declaration, and as people say it."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

DURATION = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$")


def interval_text(interval: str) -> str:
    """`P6M` → "6 tháng một lần"; empty when nothing is promised."""
    match = DURATION.match(interval)
    if not match or not any(match.groups()):
        return ""
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    if years:
        return ngettext("%(n)d năm một lần", "%(n)d năm một lần", years) % {"n": years}
    if months:
        return ngettext("%(n)d tháng một lần", "%(n)d tháng một lần", months) % {"n": months}
    if weeks:
        return ngettext("%(n)d tuần một lần", "%(n)d tuần một lần", weeks) % {"n": weeks}
    return _("hằng ngày") if days == 1 else _("%(n)d ngày một lần") % {"n": days}
