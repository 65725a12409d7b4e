"""Results of runs as entries of a map: which may be chosen, which a reader sees, what is left out.

Who may see a run is decided in `permissions.py` alone; a map that is shared opens nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_portal.planner.compositions.documents import runs_in
from gis_portal.planner.engine import store
from gis_portal.planner.models import Run
from gis_portal.planner.permissions import own_finished_runs, runs_readable_by
from gis_portal.planner.results.asked import check_pieces
from gis_portal.planner.results.errors import ResultGone
from gis_portal.planner.results.words import written_moment
from layers.permissions import User

Json = Any
# What may be chosen: the last ones.
MOST_OFFERED = 40


@dataclass(frozen=True)
class Results:
    """The results in one map, for one reader.

    Attributes:
        drawn: those whose pieces are there, by their number.
        expired: those that may be seen, but have no pieces any more.
        hidden: how many there are besides, that are gone or not for this reader.
    """

    drawn: dict[UUID, Run]
    expired: tuple[Run, ...]
    hidden: int


def results_for(user: User | None, document: Json) -> Results:
    """Of the runs that this map names."""
    named = runs_in(document)
    seen = runs_readable_by(user, named) if named else []
    drawn = {run.pk: run for run in seen if is_drawn(run)}
    expired = tuple(run for run in seen if run.pk not in drawn)
    return Results(drawn, expired, len(named) - len(seen))


def is_drawn(run: Run) -> bool:
    """Its pieces are still there."""
    try:
        check_pieces(run)
    except ResultGone:
        return False
    return True


def left_out(found: Results, language: str) -> list[dict[str, str]]:
    """What the reader of a map is told: `words`, and the page where more is said."""
    told = [
        {
            "words": _("Kết quả “%(title)s” đã hết hạn giữ nên không còn hình để vẽ.")
            % {"title": title_of(run, language)},
            "address": reverse("planner-run", args=[run.pk]),
        }
        for run in found.expired
    ]
    if found.hidden:
        words = _(
            "Số kết quả không hiện ở đây vì không còn, hoặc không được chia sẻ với bạn: %(n)s."
        )
        told.append({"words": words % {"n": found.hidden}, "address": ""})
    return told


def offered(user: User | None, drawn: Collection[Run], language: str) -> list[dict[str, Json]]:
    """For the script: those of the map, then one's own that may be put on it."""
    known = {run.pk for run in drawn}
    own = [
        run
        for run in own_finished_runs(user, MOST_OFFERED)
        if run.pk not in known and store.exists(run.pk)
    ]
    return [
        *(_as_json(run, language) for run in drawn),
        *(_as_json(run, language) for run in own),
    ]


def _as_json(run: Run, language: str) -> dict[str, Json]:
    return {
        "id": str(run.pk),
        "title": title_of(run, language),
        "when": written_moment(run.finished_at, language),
        "tiles": reverse("planner-run-tiles", args=[run.pk]),
        "page": reverse("planner-run", args=[run.pk]),
    }


def title_of(run: Run, language: str) -> str:
    """Of its question, in the reader's language where it has that."""
    title = run.document.get("title", {})
    return str(title.get(language) or title.get("vi") or run.analysis)
