"""What was refused, for stewards: nothing that an officer wrote is lost, so somebody can read it.

Parts that may hold personal data are kept apart (`applying.APART_IF_REFUSED`) and are not shown.
"""

import json
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_portal.officer.field.kept import count_kept
from gis_portal.officer.field.models import ANSWER, OBSERVATION, PROPOSAL, Operation
from gis_portal.officer.field.payloads import text
from gis_portal.officer.jurisdiction import may_supervise
from gis_portal.steward.access import only

PER_PAGE = 25
KINDS: dict[str, str | Promise] = {
    OBSERVATION: _("Báo cáo thực địa"),
    PROPOSAL: _("Đề xuất sửa dữ liệu"),
    ANSWER: _("Trả lời một báo cáo"),
}


@dataclass(frozen=True)
class Told:
    """A refused operation as people read it."""

    operation: Operation
    kind: str
    words: str
    rest: str


def told(operation: Operation) -> Told:
    """The officer's own words first; all that came with them as it came."""
    payload = operation.payload
    words = text(payload.pop("note", ""), 8000) or text(payload.pop("why", ""), 8000)
    rest = json.dumps(payload, ensure_ascii=False, indent=2)
    return Told(operation, str(KINDS[operation.kind]), words, rest)


@never_cache
@require_safe
@only(may_supervise)
def refused(request: HttpRequest) -> HttpResponse:
    """Refused operations, the latest first, with their photos."""
    found = Operation.objects.filter(state="refused").select_related("user")
    found = found.prefetch_related("photos").order_by("-received_at", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "told": [told(one) for one in page.object_list],
        "kept": count_kept(request.user),
        "query": "",
    }
    return render(request, "desk/refused.html", context)
