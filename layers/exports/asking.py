"""Exports for later: who may ask for one, who may have it, and until when."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from layers.crs import WGS84
from layers.exports.about import About
from layers.exports.columns import columns_of
from layers.exports.errors import ExportsFull, TooManyExports, UnknownExport
from layers.exports.queue import QUEUE, is_full
from layers.exports.wish import Wish
from layers.models import Export, Layer, LayerVersion
from layers.ondemand import asking as about_asking
from layers.ondemand.asking import Asker
from layers.past import READABLE, was_shown


def asker_of(request: HttpRequest) -> Asker:
    """Who asks for an export."""
    return about_asking.asker_of(request, "export")


def digest_of(layer: Layer, version: LayerVersion) -> str:
    """Of everything that files say and that may change while the version stays."""
    parts = [
        layer.definition,
        layer.visibility,
        version.pk,
        str(version.data_date),
        version.decision_no,
        version.source_org,
        version.is_illustrative,
    ]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def ask(
    layer: Layer,
    version: LayerVersion,
    wish: Wish,
    asker: Asker,
    *,
    address: str = "",
    total: int | None = None,
) -> Export:
    """The export, made or waiting to be made; the same wish gives the same export.

    The layer is one that the asker may see. Raises TooManyExports, ExportsFull.
    """
    columns = {
        "version_id": version.pk,
        "digest": digest_of(layer, version),
        "wish": wish.digest,
    }
    more = {
        "layer": layer,
        "format": wish.format.key,
        "query": dict(wish.given),
        # A Host may name its port with any number of zeros.
        "address": address[: Export._meta.get_field("address").max_length],
        "rows_total": total,
    }
    return about_asking.ask(
        QUEUE,
        columns,
        more,
        asker,
        check_room=lambda: _check_room(asker, is_whole=not wish.given),
        too_many=TooManyExports,
    )


def _check_room(asker: Asker, *, is_whole: bool) -> None:
    """A whole layer in a format is everybody's. Raises TooManyExports, ExportsFull."""
    about_asking.check_places(
        Export.objects.all(),
        None if is_whole else Export.objects.exclude(query={}),
        asker,
        waiting=settings.PORTAL_EXPORTS_WAITING,
        each=settings.PORTAL_EXPORTS_EACH,
        too_many=TooManyExports,
    )
    if is_full():
        raise ExportsFull


def export_for(number: Any, user: Callable[[], Any]) -> Export:
    """The export, when this reader may see its layer. Raises UnknownExport.

    `user` is called only when the layer is internal: asking who it is makes caches see the cookie.
    """
    rows = Export.objects.select_related("layer__live_version", "version__layer")
    export = rows.filter(pk=number).first()
    if export is not None and not export.layer.is_public:
        visible = Layer.objects.visible_to(user()).filter(pk=export.layer_id)
        export = export if visible.exists() else None
    if export is None or (export.expires_at and export.expires_at < timezone.now()):
        raise UnknownExport
    return export


def is_current(export: Export) -> bool:
    """The file says what a file made today would say of that version, and to whom it may."""
    layer, version = export.layer, export.version
    readable = version.state in READABLE and was_shown(layer, version)
    return readable and digest_of(layer, version) == export.digest


def about_whole(layer: Layer, version: LayerVersion, address: str) -> About:
    """What a file of the whole layer says of itself."""
    columns = columns_of(layer.parsed, None)
    return About(layer=layer, version=version, columns=columns, crs=WGS84, address=address)
