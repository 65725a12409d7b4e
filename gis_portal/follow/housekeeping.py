"""What the worker does for those who follow, every few minutes. It may be killed anywhere."""

from contextlib import suppress

from gis_portal.follow.asking import forget
from gis_portal.follow.changes import notice
from gis_portal.follow.sending import send_due
from gis_portal.follow.telling import tell
from layers.errors import LayerNotPublished, UnknownLayer


def keep_house() -> None:
    """Notice, tell, send, forget. Without public lots only what waits is sent."""
    with suppress(LayerNotPublished, UnknownLayer):
        notice()
        tell()
    send_due()
    forget()
