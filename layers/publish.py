"""Publication: the one place that moves a layer's pointer, in one transaction.

Readers see the old version until the commit and the new one after it. Rolling back is the same move
to a version that was live before and is still kept.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from layers import identity, partitions, signals, units
from layers.errors import PublicationRefused
from layers.models import Layer, LayerVersion
from layers.permissions import User

PUBLISHABLE = (LayerVersion.STAGED, LayerVersion.RETIRED)


def publish(version: LayerVersion, *, by: User | None = None) -> LayerVersion:
    """Make a staged (or kept) version the live one. Raises PublicationRefused.

    `by` is recorded as the one who published; who may is the caller's matter.
    """
    with transaction.atomic():
        layer = Layer.objects.select_for_update(of=("self",)).get(pk=version.layer_id)
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


def roll_back(layer: Layer, *, to: LayerVersion | None = None) -> LayerVersion:
    """Move the pointer back: to the given kept version, or to the one that was live before."""
    kept = LayerVersion.objects.filter(layer=layer, state=LayerVersion.RETIRED)
    target = to or kept.order_by("-published_at").first()
    if target is None or target.layer_id != layer.pk:
        raise PublicationRefused("Không còn phiên bản trước để quay về.")
    return publish(target)


def discard(version: LayerVersion) -> None:
    """Throw a version's rows away; its row in the history stays. The live version is refused."""
    with transaction.atomic():
        version = LayerVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if version.state == LayerVersion.PUBLISHED:
            raise PublicationRefused("Đây là phiên bản đang công bố.")
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
