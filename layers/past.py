"""Which version of a layer was the published one at a moment.

The pointer says only what is live now; the diary of versions (`layers.events`) says what was live
when, and since going back is a publication too, one version may have been live several times.
`layers.api.items` answers `datetime=` by it, `layers.api.changes` finds where a list of changes
begins, `layers.api.feed` tells of every publication.
"""

from dataclasses import dataclass
from datetime import datetime

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
    if end is None or live.published_at is None or live.published_at <= end:
        return live
    past = [publication for publication in publications(layer) if publication.at <= end]
    if not past:
        return None
    return kept(past[-1])


def kept(publication: Publication) -> LayerVersion:
    """Its version. Raises VersionNotKept when its rows have been thrown away since."""
    version = publication.version
    if version.state not in READABLE:
        raise VersionNotKept(version=version.number, published_at=publication.at)
    return version


def publications(layer: Layer) -> list[Publication]:
    """Every publication of the layer, the oldest first; two queries.

    Of a version's last one the version itself knows the moment: the only one that there is of
    versions from before the diary was kept.
    """
    versions = {
        version.pk: version
        for version in LayerVersion.objects.filter(layer=layer, published_at__isnull=False)
    }
    events = VersionEvent.objects.filter(version__layer=layer, what=VersionEvent.PUBLISHED)
    found: dict[int, list[datetime]] = {pk: [] for pk in versions}
    for version_id, at in events.order_by("at", "id").values_list("version_id", "at"):
        if version_id in found:
            found[version_id].append(at)
    moments = [
        Publication(versions[pk], at)
        for pk, known in found.items()
        for at in [*known[:-1], versions[pk].published_at]
        if at is not None
    ]
    return sorted(moments, key=lambda publication: (publication.at, publication.version.number))
