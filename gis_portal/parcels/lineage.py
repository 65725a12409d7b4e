"""What a parcel came from and what came of it: renumbered, split, merged, as versions recorded it.

Only versions that the live one was built on count: going back is going back for lineage too.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from gis_portal.maps.panel import feature_title
from gis_portal.parcels.parts import Relative, Step
from gis_portal.parcels.reading import Ground
from layers.errors import ItemRetired
from layers.models import Feature, Layer, LayerVersion, Lineage
from layers.past import was_shown


def lineage_of(ground: Ground, lang: str) -> tuple[Step, ...]:
    """The changes that this parcel took part in, newest first. One query where there are none."""
    touched = list(
        Lineage.objects.filter(
            Q(old_uid=ground.uid) | Q(new_uid=ground.uid), layer=ground.layer
        ).values_list("version_id", "old_uid", "new_uid")
    )
    if not touched:
        return ()
    return _steps(ground.layer, ground.version, _groups(ground.layer, touched), lang)


@dataclass(frozen=True)
class Gone:
    """A parcel that is in no published version any more. `words`: what happened to it."""

    title: str
    words: str
    at: dt.datetime | None
    successors: tuple[Relative, ...]


def gone_parcel(layer: Layer, uid: UUID, error: ItemRetired, lang: str) -> Gone:
    """What the parcel was called, what became of it, who stands in its place. Three queries."""
    uids = [UUID(str(each)) for each in cast(list[str], error.extra["successors"])]
    titles = _titles(layer, set(uids), lang)
    lines = Lineage.objects.filter(layer=layer, old_uid=uid).exclude(new_uid=uid)
    line = lines.select_related("version").order_by("-version__number").first()
    shown = line is not None and was_shown(layer, line.version)
    return Gone(
        title=_of_key(layer, str(error.detail)),
        words=_words(line.kind) if line is not None and shown else "",
        at=line.version.published_at if line is not None and shown else None,
        successors=tuple(
            Relative(each, titles.get(each) or layer.title(lang), each in titles) for each in uids
        ),
    )


def _groups(layer: Layer, touched: list[tuple[int, UUID, UUID]]) -> list[Lineage]:
    """The lines of the same changes: all pieces of the parcel that was split, and so on."""
    wanted = Q()
    for version, old, new in touched:
        wanted |= Q(version_id=version) & (Q(old_uid=old) | Q(new_uid=new))
    return list(Lineage.objects.filter(wanted, layer=layer))


def _steps(layer: Layer, live: LayerVersion, lines: list[Lineage], lang: str) -> tuple[Step, ...]:
    versions = _built_on(layer, live)
    titles = _titles(layer, {uid for x in lines for uid in (x.old_uid, x.new_uid)}, lang)
    by_version: dict[int, list[Lineage]] = defaultdict(list)
    for line in lines:
        if line.version_id in versions:
            by_version[line.version_id].append(line)
    return tuple(
        _step(layer, versions[pk], by_version[pk], titles)
        for pk in sorted(by_version, key=lambda pk: -versions[pk].number)
    )


def _step(
    layer: Layer, version: LayerVersion, lines: list[Lineage], titles: dict[UUID, str]
) -> Step:
    before: dict[UUID, Relative] = {}
    after: dict[UUID, Relative] = {}
    for line in lines:
        renumbered = line.old_uid == line.new_uid
        # A renumbered parcel keeps its uid: before, it had the other number.
        old = _of_key(layer, line.old_key) if renumbered else titles.get(line.old_uid, "")
        before[line.old_uid] = Relative(
            line.old_uid,
            old or _of_key(layer, line.old_key),
            line.old_uid in titles and not renumbered,
            line.old_share,
        )
        after[line.new_uid] = Relative(
            line.new_uid,
            titles.get(line.new_uid) or _of_key(layer, line.new_key),
            line.new_uid in titles,
            line.new_share,
        )
    kind = lines[0].kind
    return Step(
        kind=kind,
        words=_words(kind),
        at=version.published_at,
        version_number=version.number,
        before=tuple(before.values()),
        after=tuple(after.values()),
    )


def _words(kind: str) -> str:
    return {
        Lineage.RENUMBERED: _("Đổi số thửa"),
        Lineage.SPLIT: _("Tách thửa"),
        Lineage.MERGED: _("Hợp thửa"),
        Lineage.REARRANGED: _("Sắp xếp lại ranh giới"),
    }.get(kind, kind)


def _built_on(layer: Layer, live: LayerVersion) -> dict[int, LayerVersion]:
    """The live version and those that it was compared with, one after the other, as far as readers
    of the layer could see them.
    """
    every = {version.pk: version for version in layer.versions.all()}
    found: dict[int, LayerVersion] = {}
    pk: int | None = live.pk
    while pk is not None and pk in every and pk not in found:
        found[pk] = every[pk]
        pk = every[pk].base_version_id
    return {pk: version for pk, version in found.items() if was_shown(layer, version)}


def _titles(layer: Layer, uids: set[UUID], lang: str) -> dict[UUID, str]:
    """What the parcels of the live version are called; those that are not in it are missing."""
    if layer.live_version is None:
        return {}
    rows = Feature.objects.filter(version_id=layer.live_version.pk, uid__in=uids)
    return {
        uid: feature_title(layer.parsed, properties, lang) or layer.title(lang)
        for uid, properties in rows.values_list("uid", "properties")
    }


def _of_key(layer: Layer, key: str) -> str:
    """`26560@2025-07-01/12/345` → `thửa 345, tờ 12`; a key of another shape as it is."""
    register = layer.parsed.land.register
    parts = key.split("/")
    if register is None or len(parts) != len(layer.parsed.key):
        return key
    named = dict(zip(layer.parsed.key, parts, strict=True))
    sheet, number = named.get(register.sheet), named.get(register.number)
    if not sheet or not number:
        return key
    return _("Thửa {number}, tờ {sheet}").format(number=number, sheet=sheet)
