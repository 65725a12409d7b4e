"""`/officer/api/answers`: what the office said to an officer's reports, for their device."""

from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from gis_portal.officer.desk.life_cycle import STATES
from gis_portal.officer.desk.models import Step
from gis_portal.officer.devices.door import OfficerRequest, officer_api
from gis_portal.officer.field.inbox import in_care
from gis_portal.officer.field.models import FieldReport

MOST = 200


@officer_api
@require_GET
def answers(request: OfficerRequest) -> HttpResponseBase:
    """`?after=` the last `next`: answers and moves of this person's own reports since, oldest
    first; of the units in their care today.
    """
    own = FieldReport.objects.filter(in_care(request.user), by=request.officer.user.pk)
    said = Step.objects.filter(
        kind__in=(Step.ANSWERED, Step.MOVED),
        id__gt=_number(request.GET.get("after", "")),
        case__report__in=own,
    )
    steps = list(said.order_by("id")[:MOST])
    return JsonResponse(
        {
            "answers": [_told(step) for step in steps],
            "next": steps[-1].pk if steps else _number(request.GET.get("after", "")),
            "more": len(steps) == MOST,
        },
        json_dumps_params={"ensure_ascii": False},
    )


def _told(step: Step) -> dict[str, Any]:
    """An answer's words, or a move with its reason."""
    state = STATES[step.state] if step.state else None
    return {
        "id": step.pk,
        "report": str(step.case_id),
        "kind": step.kind,
        "text": step.text,
        "state": step.state,
        "label": {"vi": state.vi, "en": state.en} if state else None,
        "by": step.by,
        "at": step.at.isoformat(),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
