"""What a result can be taken home as, for its page; and what was made for a planner meanwhile."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_portal.planner.models import Run, RunFile
from gis_portal.planner.permissions import runs_visible_to
from gis_portal.planner.results.asked import language
from gis_portal.planner.results.files.asking import files_of
from gis_portal.planner.results.files.formats import FORMATS, is_small

# Newest first, on a planner's home.
MOST_TOLD = 5


def takeaway(run: Run, query: str) -> list[tuple[str, str]]:
    """Addresses and words; a large file leads to its page, and says how far it is."""
    paper = reverse("planner-run-map-pdf", args=[run.pk]) + (f"{query}&" if query else "?")
    others = {
        "planner-run-csv": "CSV",
        "planner-run-pdf": _("Báo cáo PDF"),
        "planner-run-qgis": _("Đọc trong QGIS"),
    }
    found = [*_pieces(run, query)]
    found += [(reverse(name, args=[run.pk]) + query, words) for name, words in others.items()]
    maps = [(f"{paper}paper={size}", _("Bản đồ %s (PDF)") % size.upper()) for size in ("a4", "a3")]
    return [*found, *maps]


def _pieces(run: Run, query: str) -> list[tuple[str, str]]:
    if is_small(run):
        return [
            (reverse(f"planner-run-{key}", args=[run.pk]) + query, kind.title)
            for key, kind in FORMATS.items()
        ]
    made = {file.format: file for file in files_of(run, language())}
    return [
        (
            reverse("planner-run-file", args=[run.pk, key]) + query,
            f"{kind.title} ({_state(made.get(key))})",
        )
        for key, kind in FORMATS.items()
    ]


def _state(file: RunFile | None) -> str:
    if file is None or file.is_lost:
        return _("làm ở nền")
    if file.is_there:
        return _("tệp đã xong")
    if file.state == RunFile.FAILED:
        return _("không làm được")
    return _("đang làm, %(n)d %%") % {"n": file.percent}


def told_to(user: Any) -> list[RunFile]:
    """Files that this planner asked for: what is being made, and what is ready to be had. Of runs
    that are not shared with them any more nothing is told.
    """
    seen = runs_visible_to(user).values("pk")
    mine = RunFile.objects.filter(asked_by=user, language=language(), run__in=seen)
    rows = mine.select_related("run__analysis")
    kept = [file for file in rows.order_by("-asked_at")[: 4 * MOST_TOLD] if not file.is_lost]
    return kept[:MOST_TOLD]
