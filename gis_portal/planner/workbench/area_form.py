"""The form that brings an area as a file: what was sent stays, the systems to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_portal.cards.picture import unit_name
from gis_portal.planner.areas.keeping import LONGEST_NAME
from gis_portal.planner.results.words import system_words
from gis_portal.steward.candidate_maps import reading_words
from gis_portal.steward.remedies import ABOUT_SYSTEM
from importers.candidates import usual_systems
from layers.crs import by_code
from layers.errors import PortalError
from layers.units import unit_at

MOST_READINGS = 8
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class AreaForm:
    """Both forms of the page as they are shown (again). `error` is of the one that was sent.

    Attributes:
        systems: groups of systems by heading; those that fit the refused file first.
        drawn: GeoJSON that was sent and not kept.
        file_name: of the refused file; browsers do not let a page choose it again.
        detail: what happened, without the readings: these stand in the list of systems.
    """

    systems: list[tuple[str, Options]]
    error: PortalError | None = None
    name: str = ""
    crs: str = ""
    drawn: str = ""
    file_name: str = ""
    detail: str = ""

    @property
    def about_system(self) -> bool:
        """Another choice of the system may mend it."""
        return self.error is not None and self.error.code in ABOUT_SYSTEM


def area_form(request: HttpRequest, error: PortalError | None) -> AreaForm:
    """Of a first visit, or of what was refused."""
    file = request.FILES.get("file") if error else None
    return AreaForm(
        systems=_systems(error),
        error=error,
        name=request.POST.get("name", "")[:LONGEST_NAME] if error else "",
        crs=request.POST.get("crs", "") if error else "",
        drawn=request.POST.get("geometry", "") if error else "",
        file_name=str(file.name) if file else "",
        detail=str(error.detail).partition("\n")[0] if error else "",
    )


def _systems(error: PortalError | None) -> list[tuple[str, Options]]:
    known = [(crs.code, system_words(crs, _language())) for crs in usual_systems()]
    own = 1 + len(settings.PORTAL_OTHER_GRIDS)
    groups = [
        (_("Của tỉnh, và WGS 84"), known[: own + 1]),
        (_("Các hệ khác"), known[own + 1 :]),
    ]
    fitting = _fitting(error.extra.get("candidates") if error else None)
    return [(_("Các hệ đặt tệp này vào địa bàn"), fitting), *groups] if fitting else groups


def _fitting(candidates: Any) -> Options:
    """Readings of the refused file that lie in the province, those in a commune first."""
    inside = [each for each in candidates or () if each.get("inside")]
    placed = [(each, _place(each)) for each in inside[:MOST_READINGS]]
    return [
        (str(each["choice"] or each["code"]), " – ".join(_words(each, place)))
        for each, place in sorted(placed, key=lambda pair: not pair[1])
    ]


def _place(candidate: dict[str, Any]) -> str:
    unit = unit_at(Point(candidate["lon"], candidate["lat"], srid=4326))
    return unit_name(unit, _language()) if unit else ""


def _words(candidate: dict[str, Any], place: str) -> Iterable[str]:
    yield system_words(by_code(candidate["code"]), _language())
    if candidate.get("swapped") or candidate.get("shift"):
        yield reading_words(candidate)
    yield _("rơi vào %(place)s") % {"place": place} if place else _("Không rơi vào xã nào").lower()


def _language() -> str:
    return "en" if get_language() == "en" else "vi"
