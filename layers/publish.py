"""Publication: the one place that moves a layer's pointer, in one transaction.

Readers see the old version until the commit and the new one after it. Rolling back is the same move
to a version that was live before and is still kept.
"""

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable

from layers import approval, events, identity, partitions, signals, units
from layers.errors import DefinitionChanged, PublicationRefused, TooManyRemoved, VersionIsLive
from layers.holding import held_versions
from layers.models import Layer, LayerVersion, VersionEvent
from layers.permissions import User
from layers.values import group_digits

PUBLISHABLE = (LayerVersion.STAGED, LayerVersion.RETIRED)


def publish(
    version: LayerVersion,
    *,
    by: User | None = None,
    as_operator: bool = False,
    wait: bool = True,
) -> LayerVersion:
    """Make a staged (or kept) version the live one.

    `by` is recorded as the one who published and must be allowed to (`layers.approval`), unless the
    operator of the machine acts (`as_operator`: command line, demo, tests). While an import of the
    layer is loading, `wait=False` refuses at once: a page must not hang on it.

    Raises PublicationRefused, ApproverNeeded, OwnImport, ApprovalNeeded, StaleComparison,
    DefinitionChanged, TooManyRemoved.
    """
    with transaction.atomic():
        layer = _locked(version.layer_id, wait=wait)
        version = LayerVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if version.state not in PUBLISHABLE:
            raise PublicationRefused(f"{version}: {version.get_state_display()}")
        if not as_operator:
            approval.check_publication(version, by)
        approval.check_comparison(version, layer)
        check_fields(version, layer)
        check_removals(version)
        former = layer.live_version
        if former is not None:
            LayerVersion.objects.filter(pk=former.pk).update(state=LayerVersion.RETIRED)
            partitions.hide(former.pk)
        version.state, version.published_at = LayerVersion.PUBLISHED, timezone.now()
        version.published_by = by if by is None or by.pk else None  # type: ignore[assignment]
        if layer.is_public and version.first_public_at is None:
            version.first_public_at = version.published_at
        version.save(update_fields=["state", "published_at", "published_by", "first_public_at"])
        Layer.objects.filter(pk=layer.pk).update(live_version=version)
        layer.live_version = version
        # After the pointer: the database attaches no version but the live one.
        partitions.attach(version.pk, public=layer.is_public)
        events.record(version, VersionEvent.PUBLISHED, by, at=version.published_at)
        identity.record_change(layer, former, version)
        if layer.parsed.feeds == "units":
            units.adopt_shapes(version.pk, illustrative=version.is_illustrative)
        transaction.on_commit(
            lambda: signals.layer_published.send(Layer, layer=layer, version=version)
        )
    return version


def check_fields(version: LayerVersion, layer: Layer) -> None:
    """Raises DefinitionChanged when the rows may hold values of a field that is not public now."""
    public = {field.name for field in layer.parsed.public_fields}
    gone = sorted(set(version.public_fields or ()) - public)
    if gone:
        raise DefinitionChanged(", ".join(gone))


def check_removals(version: LayerVersion) -> None:
    """Raises TooManyRemoved when a staged version takes much away and nobody said why it may."""
    if version.state == LayerVersion.STAGED and not version.removal_reason:
        check_removed(version.change.get("removed", 0), version.change.get("former", 0))


def check_removed(gone: int, former: int) -> None:
    """Raises TooManyRemoved when more than PORTAL_MAX_REMOVED of the former features are gone."""
    share, most = (gone / former if former else 0.0), settings.PORTAL_MAX_REMOVED
    if share <= most:
        return
    language = "en" if get_language() == "en" else "vi"
    raise TooManyRemoved(
        _("Mất %(gone)s trên %(former)s đối tượng (%(share)s %%), mức cho phép %(most)s %%.")
        % {
            "gone": group_digits(gone, 0, language),
            "former": group_digits(former, 0, language),
            "share": group_digits(share * 100, 1, language),
            "most": group_digits(most * 100, 1, language),
        }
    )


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


def roll_back(
    layer: Layer,
    *,
    to: LayerVersion | None = None,
    by: User | None = None,
    as_operator: bool = False,
) -> LayerVersion:
    """Move the pointer back: to the given kept version, or to the one that was live before."""
    kept = LayerVersion.objects.filter(layer=layer, state=LayerVersion.RETIRED)
    target = to or kept.order_by("-published_at").first()
    if target is None or target.layer_id != layer.pk:
        raise PublicationRefused(_("Không còn phiên bản trước để quay về."))
    return publish(target, by=by, as_operator=as_operator)


def discard(version: LayerVersion, *, by: User | None = None) -> None:
    """Throw a version's rows away; its row in the history stays. The live version is refused.

    `by`: who wanted it; None for what the machine tidies away.
    """
    with transaction.atomic():
        version = LayerVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if version.state == LayerVersion.PUBLISHED:
            raise VersionIsLive
        partitions.drop(version.pk)
        LayerVersion.objects.filter(pk=version.pk).update(state=LayerVersion.DISCARDED)
        events.record(version, VersionEvent.DISCARDED, by)
        transaction.on_commit(
            lambda: signals.version_dropped.send(Layer, layer=version.layer, version=version)
        )


def drop_old_versions(layer: Layer) -> int:
    """Drop retired versions beyond PORTAL_KEPT_VERSIONS, oldest first; answers how many. Those that
    somebody holds stay.
    """
    retired = LayerVersion.objects.filter(layer=layer, state=LayerVersion.RETIRED)
    beyond = list(retired.order_by("-published_at")[settings.PORTAL_KEPT_VERSIONS :])
    held = held_versions(layer) if beyond else frozenset()
    old = [version for version in beyond if version.pk not in held]
    for version in old:
        discard(version)
    return len(old)
