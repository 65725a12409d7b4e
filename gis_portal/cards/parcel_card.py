"""What stands on the card of a parcel."""

from uuid import UUID

from django.utils.translation import gettext as _

from gis_portal.cards.picture import Card, drawn, unit_name
from gis_portal.maps.panel import feature_title
from gis_portal.parcels.reading import find_parcel, registers
from gis_portal.templatetags.portal import day, number
from layers.catalogue import visible_layers
from layers.land_roles import Register
from layers.landuse import colour_of, name_of
from layers.models import AdminUnit
from layers.models.catalogue import ILLUSTRATIVE


def card_of_parcel(uid: UUID, language: str) -> Card:
    """As everybody sees it. Raises UnknownItem, ItemRetired."""
    ground = find_parcel(uid, registers(visible_layers(None)))
    definition, version = ground.layer.parsed, ground.version
    register = definition.land.register or Register()
    values = {field.name: ground.properties.get(field.name) for field in definition.public_fields}
    use = str(values.get(register.use) or "")
    status = definition.by_name.get(register.status)
    choice = (
        next((c for c in status.type.choices if c.value == values.get(register.status)), None)
        if status
        else None
    )
    unit = AdminUnit.objects.filter(pk=ground.unit_id).first() if ground.unit_id else None
    return Card(
        language=language,
        kind=ground.layer.title(language),
        title=feature_title(definition, values, language) or ground.layer.title(language),
        place=unit_name(unit, language) if unit else "",
        figures=(
            (_("Diện tích"), f"{number(ground.area_m2, 1)} m²"),
            *(((_("Loại đất"), name_of(use, language)),) if use else ()),
            *(((_("Ngày dữ liệu"), day(version.data_date)),) if version.data_date else ()),
        ),
        badge=choice.label(language) if choice else "",
        badge_colour=choice.color if choice else "",
        deadline="",
        colour=colour_of(use, "#c98a2b"),
        illustrative=ILLUSTRATIVE(language) if version.is_illustrative else "",
        **drawn(ground, register.number),
    )
