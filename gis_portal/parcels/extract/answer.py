"""What the check page answers about an extract: it holds, or since when and in what it does not.

The content of today is made anew and compared with the digests in the code. While the rows of the
version that it was made from are kept, the values that changed are told, too.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.utils.translation import override

from gis_portal.parcels.extract.code import Checked, UnknownCode
from gis_portal.parcels.extract.content import content_of
from gis_portal.parcels.extract.public import public_facts
from gis_portal.parcels.extract.words import PART_WORDS
from gis_portal.parcels.lineage import Gone, gone_parcel
from gis_portal.parcels.parts import ParcelFacts
from layers.definition import Field
from layers.errors import ItemRetired, Text, UnknownItem
from layers.models import Feature, LayerVersion
from layers.past import was_shown
from layers.permissions import User

State = Literal["current", "around", "superseded", "retired", "gone"]


@dataclass(frozen=True)
class Changed:
    """A value that differs: what it is, as it was, as it is."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Answer:
    """`state`: the same in all (current); the parcel's own data are the same version but something
    else that the extract tells has changed (around); another version of the parcel's data is
    published (superseded, where `parts` may be empty: it says the same); the parcel is in it no
    more (retired); or nothing is published any more (gone).
    """

    state: State
    # The data that the extract was made from; None where even their record is gone.
    made_from: LayerVersion | None
    facts: ParcelFacts | None = None
    # What says something else today, in words.
    parts: tuple[Text, ...] = ()
    values: tuple[Changed, ...] = ()
    since: dt.datetime | None = None
    live: LayerVersion | None = None
    gone: Gone | None = None
    title: str = ""


def answer_of(checked: Checked, user: User, language: str) -> Answer:
    """What holds today, in the reader's language; the comparison is made in the extract's own.

    Raises UnknownCode where the reader may not see the layer, as where there is none.
    """
    version = _version(checked, user)
    try:
        now, _everybody = public_facts(checked.uid, user, checked.language)
    except ItemRetired as error:
        gone = gone_parcel(version.layer, checked.uid, error, language)
        return Answer("retired", version, gone=gone, since=gone.at, title=gone.title)
    except UnknownItem:
        return Answer("gone", version)
    with override(checked.language):
        content = content_of(now)
    names = checked.changed_parts(content)
    facts = now
    if checked.language != language:
        facts, _everybody = public_facts(checked.uid, user, language)
    live = version.layer.live_version
    found = Answer(
        state=_state(checked, now, content.sha256),
        made_from=version,
        facts=facts,
        parts=tuple(PART_WORDS[name] for name in names),
        since=live.published_at if live is not None else None,
        live=live,
        title=facts.identity.title or facts.layer_title,
    )
    if found.state != "superseded":
        return found
    return Answer(**{**vars(found), "values": _values(version, checked.uid, language)})


def _version(checked: Checked, user: User) -> LayerVersion:
    versions = LayerVersion.objects.select_related("layer", "layer__live_version")
    version = versions.filter(pk=checked.version_id).first()
    if version is None or not version.layer.is_visible_to(user):
        raise UnknownCode
    return version


def _state(checked: Checked, now: ParcelFacts, sha256: bytes) -> State:
    if now.version_id != checked.version_id:
        return "superseded"
    return "current" if sha256 == checked.sha256 else "around"


def _values(version: LayerVersion, uid: UUID, language: str) -> tuple[Changed, ...]:
    """The public values that differ between that version and the live one, where both are there."""
    layer, live = version.layer, version.layer.live_version
    if live is None or not was_shown(layer, version):
        return ()
    found = Feature.objects.filter(version_id__in=[version.pk, live.pk], uid=uid)
    rows = dict(found.values_list("version_id", "properties"))
    if len(rows) < 2:
        return ()
    before, after = rows[version.pk], rows[live.pk]
    return tuple(
        Changed(
            field.label(language),
            _text(field, before.get(field.name), language),
            _text(field, after.get(field.name), language),
        )
        for field in layer.parsed.public_fields
        if before.get(field.name) != after.get(field.name)
    )


def _text(field: Field, value: object, language: str) -> str:
    return "—" if value in (None, "", []) else field.type.format(value, language)
