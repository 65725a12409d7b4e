"""Which version of a layer was the published one at a moment.

The pointer says only what is live now; the diary of versions (`layers.events`) says what was live
when, and since going back is a publication too, one version may have been live several times.
What was published while the layer was internal stays so when the layer is opened: for everybody
the history of a version begins with `first_public_at`.

`layers.api.items` answers `datetime=` by it, `layers.api.changes` finds where a list of changes
begins, `layers.api.feed` tells of every publication.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from layers.errors import VersionNotKept
from layers.models import Layer, LayerVersion, VersionEvent

READABLE = (LayerVersion.PUBLISHED, LayerVersion.RETIRED)


@dataclass(frozen=True)
class Period:
    """From and to, both within; None where it is open. A moment is a period without length."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Publication:
    """A version became the live one: for the first time, or again after a later one."""

    version: LayerVersion
    at: datetime


def version_at(
    layer: Layer, live: LayerVersion, when: Period | datetime | None
) -> LayerVersion | None:
    """The version that was live then; of a period the last one within, which is that of its end.

    None before the first publication. What will be published later is not known: a moment to come
    is answered as now. No query when the live version is the answer.

    Raises VersionNotKept when its rows have been thrown away since.
    """
    end = when.end if isinstance(when, Period) else when
    if end is None or _is_live_since(layer, live, end):
        return live
    past = [publication for publication in publications([layer]) if publication.at <= end]
    return kept(past[-1]) if past else None


def kept(publication: Publication) -> LayerVersion:
    """Its version. Raises VersionNotKept when its rows have been thrown away since."""
    version = publication.version
    if version.state not in READABLE:
        raise VersionNotKept(version=version.number, published_at=publication.at)
    return version


def note_opened(layer: Layer) -> None:
    """Write down that everybody may read the live version from now on; a layer that was public
    already, or is internal, stays as it is.
    """
    if layer.is_public and layer.live_version_id is not None:
        new = LayerVersion.objects.filter(pk=layer.live_version_id, first_public_at=None)
        new.update(first_public_at=timezone.now())


def was_shown(layer: Layer, version: LayerVersion) -> bool:
    """Whether whoever may see the layer may see what this version held."""
    return version.first_public_at is not None or not layer.is_public


def publications(layers: Iterable[Layer]) -> list[Publication]:
    """Every publication of these layers, the oldest first; two queries."""
    layer_of = {layer.pk: layer for layer in layers}
    versions = {
        version.pk: version
        for version in LayerVersion.objects.filter(layer__in=layer_of, published_at__isnull=False)
        if was_shown(layer_of[version.layer_id], version)
    }
    diary = VersionEvent.objects.filter(version__in=versions, what=VersionEvent.PUBLISHED)
    told: dict[int, list[datetime]] = {pk: [] for pk in versions}
    for version_id, at in diary.order_by("at", "id").values_list("version_id", "at"):
        told[version_id].append(at)
    found = [
        Publication(version, at)
        for pk, version in versions.items()
        for at in _moments(layer_of[version.layer_id], version, told[pk])
    ]
    return sorted(found, key=lambda made: (made.at, made.version.number))


def _moments(layer: Layer, version: LayerVersion, told: list[datetime]) -> Iterator[datetime]:
    """When it became live for those who see the layer.

    Of the last time the version itself knows the moment: the only one that there is of versions
    from before the diary was kept.
    """
    assert version.published_at is not None
    moments = [*told[:-1], version.published_at]
    first = version.first_public_at if layer.is_public else None
    if first is not None:
        before = [at for at in moments if at <= first]
        moments = [first] * bool(before) + [at for at in moments if at > first]
    yield from moments


def _is_live_since(layer: Layer, live: LayerVersion, moment: datetime) -> bool:
    """The live version was live already then, as far as the version's own row says."""
    since = live.published_at
    if since is not None and layer.is_public and live.first_public_at is not None:
        since = max(since, live.first_public_at)
    return since is None or since <= moment
