"""What `layers` announces; it never looks up who listens."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import Error, transaction
from django.dispatch import Signal

log = logging.getLogger(__name__)

# Sent after the pointer has moved and the transaction is committed: layer, version.
layer_published = Signal()
# Sent when a version's rows are thrown away: layer, version.
version_dropped = Signal()


def when_live(work: Callable[[Any], object]) -> Callable[..., None]:
    """A receiver that does the work for a layer with a live version that was published or edited
    (`layer_published`, Django's `post_save`). What the database refuses is left to housekeeping.
    """

    def receiver(layer: Any = None, instance: Any = None, **_more: Any) -> None:
        layer = layer or instance
        if layer is None or layer.live_version_id is None:
            return
        try:
            with transaction.atomic():
                work(layer)
        except Error:
            log.exception("%s: %s is left to housekeeping", layer.slug, work.__module__)

    return receiver
