"""Which versions of its layers a run reads: today's, or those of the run before.

A kept run holds its versions back from being dropped (`held_by_runs`, up to a setting); whoever
drops them all the same makes the run say so (`are_kept`).
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_portal.planner.document.model import Changes, Document, LayerInput
from gis_portal.planner.errors import BadAsking, VersionNotKept
from gis_portal.planner.models import Analysis, Run
from layers import past
from layers.errors import LayerNotPublished
from layers.models import Layer, LayerVersion
from layers.permissions import User
from layers.standing import standing_layer

LIVE, STORED = "live", "stored"


def live_versions(document: Document, user: User | None) -> dict[str, int]:
    """Input → id of the version that is published now; of changes `<id>.from`, `<id>.to`.

    Raises LayerNotPublished.
    """
    found = {}
    for name, given in document.inputs.items():
        if isinstance(given, LayerInput):
            found[name] = _live(standing_layer(given.layer, user))
    for step in document.steps:
        if isinstance(step, Changes):
            layer = standing_layer(step.layer, user)
            found[f"{step.id}.from"] = _version(layer, step.from_)
            found[f"{step.id}.to"] = _version(layer, step.to)
    return found


def stored_versions(analysis: Analysis, document: Document) -> dict[str, int]:
    """Those of the last run of this question that was done. Raises BadAsking, VersionNotKept."""
    runs = analysis.runs.filter(state=Run.DONE, preview=False, document=dict(document.raw))
    run = runs.order_by("-created_at").first()
    if run is None:
        raise BadAsking(_("Câu hỏi này chưa chạy lần nào."), at="versions")
    if not are_kept(run.versions):
        raise VersionNotKept
    return dict(run.versions)


def are_kept(versions: dict[str, Any]) -> bool:
    """Whether all of them are still there."""
    wanted = set(versions.values())
    return (
        len(wanted) == LayerVersion.objects.filter(pk__in=wanted, state__in=past.READABLE).count()
    )


def _live(layer: Layer) -> int:
    if layer.live_version_id is None:
        raise LayerNotPublished(layer.slug)
    return layer.live_version_id


def _version(layer: Layer, wanted: int | str) -> int:
    """Of a number, "live" or "previous": the last one published before the live one."""
    if wanted == "live":
        return _live(layer)
    kept = LayerVersion.objects.filter(layer=layer.pk, state__in=past.READABLE)
    if wanted == "previous":
        kept = kept.exclude(pk=_live(layer)).order_by("-published_at")
    else:
        kept = kept.filter(number=wanted)
    found = next((version for version in kept if past.was_shown(layer, version)), None)
    if found is None:
        raise VersionNotKept(f"{layer.slug} {wanted}")
    return found.pk


def held_by_runs(layer: Layer) -> Iterable[int]:
    """Former versions of a layer that results stand on, the newest first, so many as may be."""
    names = set()
    rows = Run.objects.filter(state__in=(*Run.OPEN, Run.DONE), preview=False)
    for versions in rows.values_list("versions", flat=True):
        names |= set(versions.values())
    retired = LayerVersion.objects.filter(layer=layer, state=LayerVersion.RETIRED, pk__in=names)
    newest = retired.order_by("-published_at").values_list("pk", flat=True)
    return list(newest[: settings.PORTAL_RUN_VERSIONS])
