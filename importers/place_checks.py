"""Where the first rows fall, against what they say and what is published: once a run.

`position_checks` looks at bare numbers before a row is read; this looks at rows. Refuses by name
with the candidates, or gives remarks for the report.
"""

from django.utils.translation import gettext as _

from importers import unit_register
from importers.batch import Batch
from importers.claimed_units import check_claims, claims_of
from importers.georeference import Georeference
from importers.live_shift import check_way, way_to_live
from importers.pipeline import Context, Prepared
from importers.wording import number
from layers.models import Layer


def check_place(
    batch: Batch, prepared: Prepared, context: Context, place: Georeference, layer: Layer
) -> list[str]:
    """Remarks for the report. `prepared` is the first batch that has rows, `batch` the same raw.

    Raises WrongMeridian, AxesSwapped, DatumShift. What a person chose on a map is not questioned.
    """
    if place.choice is not None and not place.choice.is_plain:
        return []
    if context.definition.feeds == "imagery":  # outlines of pictures differ from flight to flight
        return []
    way = way_to_live(prepared, layer)
    notes = check_way(way, prepared, place.crs) if way else []
    if context.definition.feeds == "units":  # their shapes are what is being imported
        return notes
    claims = claims_of(batch, prepared, context, unit_register.named_units)
    if claims is None:
        return notes
    share = check_claims(
        claims, place.crs, exact_shapes=not unit_register.has_illustrative_shapes()
    )
    looked = len(claims.allowed)
    said = _(
        "%(inside)s trên %(looked)s dòng được xem thử nằm trong xã ghi ở dòng đó. Đây chỉ là mẫu: "
        "mọi dòng nằm ngoài được liệt kê ở phần lỗi và cảnh báo."
    ) % {"inside": number(round(share * looked)), "looked": number(looked)}
    return [*notes, said]
