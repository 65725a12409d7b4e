"""`/officer/desk/reports/{id}/minutes.pdf`: minutes to be signed, with what is typed for them."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis_portal.officer.desk.handling import may_desk, report_of
from gis_portal.officer.desk.minutes.content import Typed
from gis_portal.officer.desk.minutes.gathering import pdf_of
from gis_portal.officer.desk.told import reference_of
from gis_portal.steward.access import only
from gis_portal.steward.inputs import check_text

MOST_PEOPLE = 12


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@only(may_desk)
def minutes(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """GET: with dotted places to be filled in by hand. POST: with what was typed, which is printed
    and not stored. Raises UnknownFieldReport, PaperBusy.
    """
    report = report_of(request.user, number)
    check_text(request.POST)
    address = request.build_absolute_uri(f"/officer/desk/reports/{number}/")
    answer = HttpResponse(
        pdf_of(report, request.user, _typed(request), address), content_type="application/pdf"
    )
    name = f"bien-ban-{reference_of(report)}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _typed(request: HttpRequest) -> Typed:
    asked = request.POST
    people = [line.strip() for line in asked.get("people", "").splitlines()]
    return Typed(
        held=asked.get("held", "").strip()[:200],
        place=asked.get("place", "").strip()[:300],
        people=tuple([line[:200] for line in people if line][:MOST_PEOPLE]),
        opinions=asked.get("opinions", "").strip(),
        conclusion=asked.get("conclusion", "").strip(),
        copies=asked.get("copies", "").strip()[:10],
    )
