"""What stands on the card of an auction lot, at this moment: its stage goes with the clock."""

from uuid import UUID

from django.utils.translation import gettext as _

from gis_portal.auctions.listing import deadline
from gis_portal.auctions.lots import lot, version_of
from gis_portal.cards.picture import Card, drawn, unit_name
from gis_portal.parcels.reading import ground_of
from gis_portal.templatetags.money import money
from gis_portal.templatetags.portal import number
from layers.models import AdminUnit
from layers.models.catalogue import ILLUSTRATIVE


def card_of_lot(uid: UUID, language: str) -> Card:
    """As everybody sees it. Raises UnknownItem, ItemRetired, UnknownLayer, LayerNotPublished."""
    found = lot(uid)
    layer, version = version_of()
    ground = ground_of(version, uid)
    row = found.row
    unit = AdminUnit.objects.filter(pk=row.unit_id).first() if row.unit_id else None
    won = found.winning_price
    price = (_("Giá trúng"), money(won)) if won else (_("Giá khởi điểm"), money(row.start_price))
    when = deadline(found)
    return Card(
        language=language,
        kind=_("Đấu giá đất"),
        title=_("Lô %(code)s") % {"code": row.lot_code},
        place=unit_name(unit, language) if unit else row.place,
        figures=(
            *((price,) if won or row.start_price else ()),
            *(((_("Diện tích"), f"{number(row.area, 1)} m²"),) if row.area else ()),
            *(((_("Mỗi m²"), money(row.start_price_m2)),) if row.start_price_m2 else ()),
        ),
        badge=found.stage.label(language),
        badge_colour=found.stage.colour,
        deadline=when.when if when else "",
        colour=layer.parsed.style.color,
        illustrative=ILLUSTRATIVE(language) if version.is_illustrative else "",
        **drawn(ground, "lot_code"),
    )
