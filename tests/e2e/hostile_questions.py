"""What a planner keeps, every text of it hostile: questions with their answers, an area, a map.

Filled by `hostile_layers`, whose layers the questions are about.
"""

from typing import Any

from tests.e2e.hostile_layers import CANARY, LAT, LON, REGISTER, SIDE, hostile

AREA = {
    "type": "Polygon",
    "coordinates": [[
        [LON, LAT], [LON + 2.5 * SIDE, LAT], [LON + 2.5 * SIDE, LAT + SIDE / 2],
        [LON, LAT + SIDE / 2], [LON, LAT],
    ]],
}  # fmt: skip


def question(area: str) -> dict[str, Any]:
    """Grouped by a field of hostile values; what cuts has a hostile name."""
    words = hostile(1, 1, 150).replace("'", "’")
    return {
        "analysis": "1.0",
        "title": {"vi": hostile(1, 2, 190), "en": hostile(2, 2, 190)},
        "inputs": {
            "parcels": {
                "layer": REGISTER,
                "filter": f"address <> '{words}'",
                "label": {"vi": hostile(3, 1, 190)},
            },
            "mine": {"area": area, "label": {"vi": hostile(3, 2, 190)}},
        },
        "steps": [
            {
                "id": "pieces", "op": "overlay", "kind": "identity", "of": "parcels",
                "with": "mine", "label": {"vi": hostile(3, 3, 190), "en": hostile(3, 4, 190)},
            }
        ],
        "result": {
            "of": "pieces",
            "group_by": [
                {"units": "commune"}, {"field": "parcels.address"}, {"field": "mine.name"},
            ],
            "measures": ["count", "area_m2", "share"],
        },
    }  # fmt: skip


def ask_and_draw() -> dict[str, str]:
    """What there is in each room of planners, by the name that stands before it in addresses."""
    from django.contrib.auth.models import User

    from gis_portal.planner.areas.keeping import drawn
    from gis_portal.planner.asking import computing, keeping, queue
    from gis_portal.planner.compositions.models import Composition
    from gis_portal.planner.models import Analysis, Run

    user = User.objects.get(username="planner")
    area = drawn(user, hostile(2, 1, 120), AREA)
    analysis = keeping.keep(question(str(area.pk)), user)
    keeping.share(analysis, Analysis.PUBLIC)
    runs = [queue.ask(analysis, user) for _ in range(2)]
    for run in runs:
        assert computing.compute_one() == "done"
        run.refresh_from_db()
        assert CANARY in str(run.summary), "the answer is as hostile as the data"
    failed = Run.objects.create(
        analysis=analysis, document=analysis.document, asked_by=user, state=Run.FAILED,
        note=hostile(0, 1, 190), error_code="run-too-long", error_detail=hostile(0, 2, None),
    )  # fmt: skip
    entry = {
        "layer": REGISTER, "on": True, "opacity": 0.7, "group": hostile(1, 3, 60),
        "filter": {"op": "<>", "args": [{"property": "address"}, hostile(1, 4, 150)]},
        "theme": {"field": "address", "method": "quantile", "palette": "sea", "n": 5},
    }  # fmt: skip
    document = {"mode": "swipe", "cut": 0.5, "view": None, "sides": [[entry], [entry]]}
    chart = Composition.objects.create(
        owner=user, title=hostile(2, 3, 190), shared=Composition.LINK, document=document
    )
    return {
        "analyses": str(analysis.pk),
        "runs": str(runs[0].pk),
        "difference": str(runs[1].pk),
        "map": str(chart.pk),
        "areas": str(area.pk),
        "failed": str(failed.pk),
    }
