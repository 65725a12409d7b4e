"""What a planner keeps to themselves: a question, its answer, a private area, a map."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from gis_portal.planner.areas.keeping import drawn
from gis_portal.planner.asking import keeping
from gis_portal.planner.compositions.models import Composition
from gis_portal.planner.models import Run
from layers.permissions import PLANNER
from tests.gis_portal.officer.field.sending import account

# Planted in the things of one planner: nobody else reads them, whatever their role.
PLANNED = ("ASKED", "AREA", "RESULT", "MAP")
BOX = [[[107.0, 10.5], [107.1, 10.5], [107.1, 10.6], [107.0, 10.5]]]


def plant_question(side: str, layer: str, words: dict[str, str]) -> tuple[User, dict[str, Any]]:
    """The planner, and the identifiers of what is theirs."""
    user = account(f"asker-{side}", PLANNER)
    area = drawn(user, words["AREA"], {"type": "Polygon", "coordinates": BOX})
    asked = {
        "analysis": "1.0",
        "title": {"vi": words["ASKED"]},
        "inputs": {"parcels": {"layer": layer}, "here": {"area": str(area.pk)}},
        "result": {"of": "parcels", "group_by": [{"field": "parcels.status"}]},
    }
    analysis = keeping.keep(asked, user)
    row = {"parcels.status": words["RESULT"], "count": 1}
    run = Run.objects.create(
        analysis=analysis, document=asked, asked_by=user, state=Run.DONE, progress=1,
        summary={"rows": [row], "notes": [words["RESULT"]]}, finished_at=timezone.now(),
    )  # fmt: skip
    chart = Composition.objects.create(owner=user, title=words["MAP"], document={})
    return user, {
        "analysis": str(analysis.pk),
        "run": str(run.pk),
        "area": str(area.pk),
        "map": str(chart.pk),
    }
