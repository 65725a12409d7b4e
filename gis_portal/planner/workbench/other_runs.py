"""How a run stands to others of its question and to the data of today."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_portal.planner.models import Run
from layers.models import LayerVersion


@dataclass(frozen=True)
class OtherRun:
    """A run that this one can be laid beside; `differs`: in what, in words."""

    run: Run
    differs: str


def other_runs(run: Run, others: Iterable[Run], language: str) -> list[OtherRun]:
    """Two queries, however many there are."""
    found = list(others)
    wanted = {pk for each in (run, *found) for pk in each.versions.values()}
    versions = LayerVersion.objects.filter(pk__in=wanted).select_related("layer").in_bulk()
    return [OtherRun(other, _differs(run, other, versions, language)) for other in found]


def _differs(run: Run, other: Run, versions: dict[int, LayerVersion], language: str) -> str:
    words = [] if run.document == other.document else [_("câu hỏi khi đó khác")]
    for name, pk in other.versions.items():
        version = versions.get(pk)
        if version is not None and run.versions.get(name) != pk:
            words.append(_versioned(version, language))
    return "; ".join(dict.fromkeys(words)) or _("cùng câu hỏi, cùng phiên bản")


def _versioned(version: LayerVersion, language: str) -> str:
    return _("%(layer)s: phiên bản %(number)s") % {
        "layer": version.layer.title(language),
        "number": version.number,
    }


def newer_data(run: Run, language: str) -> list[str]:
    """Layers that have another version now than the run read. A former version that was asked for
    by its number is what it is.
    """
    pinned = {
        name: pk for name, pk in run.versions.items() if "." not in name or _is_live(run, name)
    }
    read = LayerVersion.objects.filter(pk__in=pinned.values()).select_related("layer__live_version")
    words = []
    for version in read:
        live = version.layer.live_version
        if live is not None and live.pk != version.pk:
            words.append(_versioned(live, language))
    return sorted(set(words))


def _is_live(run: Run, name: str) -> bool:
    """An end of `changes` that says “live”: `<step>.to`."""
    step, _dot, end = name.rpartition(".")
    steps = {str(s.get("id")): s for s in run.document.get("steps", [])}
    return bool(steps.get(step, {}).get(end) == "live")
