"""Publication: the one place that moves a layer's pointer, in one transaction.

Readers see the old version until the commit and the new one after it. Rolling back is the same move
to a version that was live before and is still kept.
"""

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable

from layers import identity, partitions, signals, units
from layers.errors import PublicationRefused, VersionIsLive
from layers.models import Layer, LayerVersion
from layers.permissions import User

PUBLISHABLE = (LayerVersion.STAGED, LayerVersion.RETIRED)


def publish(version: LayerVersion, *, by: User | None = None, wait: bool = True) -> LayerVersion:
    """Make a staged (or kept) version the live one. Raises PublicationRefused.

    `by` is recorded as the one who published; who may is the caller's matter. While an import of
    the layer is loading, `wait=False` refuses at once: a page must not hang on it.
    """
    with transaction.atomic():
        layer = _locked(version.layer_id, wait=wait)
        version = LayerVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if version.state not in PUBLISHABLE:
            raise PublicationRefused(f"{version}: {version.get_state_display()}")
        former = layer.live_version
        partitions.attach(version.pk, public=layer.is_public)
        if former is not None:
            LayerVersion.objects.filter(pk=former.pk).update(state=LayerVersion.RETIRED)
            partitions.hide(former.pk)
        version.state, version.published_at = LayerVersion.PUBLISHED, timezone.now()
        version.published_by = by if by is None or by.pk else None  # type: ignore[assignment]
        version.save(update_fields=["state", "published_at", "published_by"])
        Layer.objects.filter(pk=layer.pk).update(live_version=version)
        layer.live_version = version
        identity.record_change(layer, former, version)
        if layer.parsed.feeds == "units":
            units.adopt_shapes(version.pk, illustrative=version.is_illustrative)
        transaction.on_commit(
            lambda: signals.layer_published.send(Layer, layer=layer, version=version)
        )
    return version


def _locked(layer_id: int, *, wait: bool) -> Layer:
    """The layer, locked until the transaction ends, in which statements may take long."""
    rows = Layer.objects.select_for_update(of=("self",), nowait=not wait)
    try:
        layer = rows.get(pk=layer_id)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise PublicationRefused(
            _("Một tệp của lớp này đang được nạp; hãy đợi nạp xong.")
        ) from error
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
    return layer


def roll_back(layer: Layer, *, to: LayerVersion | None = None) -> LayerVersion:
    """Move the pointer back: to the given kept version, or to the one that was live before."""
    kept = LayerVersion.objects.filter(layer=layer, state=LayerVersion.RETIRED)
    target = to or kept.order_by("-published_at").first()
    if target is None or target.layer_id != layer.pk:
        raise PublicationRefused(_("Không còn phiên bản trước để quay về."))
    return publish(target)


def discard(version: LayerVersion) -> None:
    """Throw a version's rows away; its row in the history stays. The live version is refused."""
    with transaction.atomic():
        version = LayerVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if version.state == LayerVersion.PUBLISHED:
            raise VersionIsLive
        partitions.drop(version.pk)
        LayerVersion.objects.filter(pk=version.pk).update(state=LayerVersion.DISCARDED)
        transaction.on_commit(
            lambda: signals.version_dropped.send(Layer, layer=version.layer, version=version)
        )


def drop_old_versions(layer: Layer) -> int:
    """Drop retired versions beyond PORTAL_KEPT_VERSIONS, oldest first; answers how many."""
    retired = LayerVersion.objects.filter(layer=layer, state=LayerVersion.RETIRED)
    old = list(retired.order_by("-published_at")[settings.PORTAL_KEPT_VERSIONS :])
    for version in old:
        discard(version)
    return len(old)
