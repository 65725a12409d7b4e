"""Who won: personal data, in the table under row-level security, read for the public only where the
portal's setting says that the official notices of this province name the winner.

Those who registered are held nowhere: Auction Law art. 9(2)(d).
"""

from typing import Any

from django.conf import settings
from django.db import connection, transaction

from gis_portal.auctions.lots import Lot
from layers.models import PrivateValue

FIELD = "winner"
# Named by the decision that recognises the result, not before.
_NAMED = frozenset({"recognised", "paid", "handed_over"})
# As `layers.permissions.private_context`, for no reader in particular.
_CONTEXT = """SELECT set_config('portal.all_units', %s, true),
  set_config('portal.restricted', %s, true)"""


def published_winner(lot: Lot, version_id: int) -> str:
    """The name, or "" where it is not published."""
    if not settings.PORTAL_AUCTION_WINNERS or lot.stage.value not in _NAMED:
        return ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CONTEXT, ["on", "on"])
        held = PrivateValue.objects.filter(
            version_id=version_id, uid=lot.uid, visibility=PrivateValue.RESTRICTED
        )
        values: dict[str, Any] = held.values_list("values", flat=True).first() or {}
        # An outer transaction must not keep the context.
        cursor.execute(_CONTEXT, ["", ""])
    return str(values.get(FIELD) or "")
