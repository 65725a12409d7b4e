"""What an operation is about, and whose unit that is: asked when it is applied, not when it was
written. Officers write within their own units only.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from gis_portal.officer.field.envelope import Base
from gis_portal.officer.field.errors import OperationField, OperationOutside, OperationPlace
from gis_portal.officer.jurisdiction import features_in, may_read_unit
from layers.errors import UnknownLayer
from layers.identity import retired
from layers.models import Feature, Layer, LayerVersion, PrivateValue
from layers.permissions import User, private_context, readable_fields
from layers.standing import standing_layer
from layers.units import unit_at


@dataclass(frozen=True)
class Subject:
    """A parcel as it is now, or a place."""

    unit_id: int | None
    layer: Layer | None = None
    version: LayerVersion | None = None
    feature: Feature | None = None
    is_gone: bool = False
    successors: tuple[UUID, ...] = field(default=())


def find_subject(base: Base | None, point: Point | None, user: User) -> Subject:
    """Raises OperationOutside, also for what does not exist; OperationPlace without anything."""
    if base is not None:
        return _parcel(base, point, user)
    if point is None:
        raise OperationPlace
    return Subject(_unit_of(point, user))


def _parcel(base: Base, point: Point | None, user: User) -> Subject:
    try:
        layer = standing_layer(base.layer, user)
    except UnknownLayer as error:
        raise OperationOutside from error
    version = layer.live_version
    if version is not None:
        feature = features_in(user, version).filter(uid=base.uid).first()
        if feature is not None:
            return Subject(feature.unit_id, layer, version, feature)
    return _gone(layer, base.uid, point, user)


def _gone(layer: Layer, uid: UUID, point: Point | None, user: User) -> Subject:
    """A parcel that left the live version: known by its last version, by what came in its place,
    or by the place that the officer named.
    """
    record = retired(layer, uid)
    if record is None:
        raise OperationOutside
    successors = tuple(record.successors)
    for version, uids in ((record.last_version, [uid]), (layer.live_version, list(successors))):
        if version is None or not uids:
            continue
        feature = features_in(user, version).filter(uid__in=uids).first()
        if feature is not None:
            unit_id = feature.unit_id
            break
    else:
        if point is None:
            raise OperationOutside
        unit_id = _unit_of(point, user)
    return Subject(unit_id, layer, layer.live_version, None, True, successors)


def _unit_of(point: Point, user: User) -> int | None:
    unit = unit_at(point)
    unit_id = unit.pk if unit else None
    if not may_read_unit(user, unit_id):
        raise OperationOutside
    return unit_id


def check_field(layer: Layer, name: str, user: User) -> None:
    """This officer may read, and so propose, this field; not one of personal data, which stands in
    no list. Raises OperationField.
    """
    found = {one.name: one for one in readable_fields(layer.parsed, user)}.get(name)
    if found is None:
        raise OperationField
    if found.visibility == "restricted":
        raise OperationField(
            _("Trường này là dữ liệu cá nhân. Ghi vào phần người đã gặp của một báo cáo.")
        )


@dataclass(frozen=True)
class Register:
    """What the register says of one field now, and said in the version that the device had."""

    now: Any
    before: Any


def register_values(
    subject: Subject, base: Base, name: str, user: User, *, otherwise: Any
) -> Register | None:
    """None of a parcel that is gone. `otherwise` stands for a former version that is not kept, or
    did not have the parcel.
    """
    if subject.feature is None or subject.version is None or subject.layer is None:
        return None
    now = _value(subject.layer, subject.feature, name, user)
    if base.version == subject.version.pk:
        return Register(now, now)
    version = LayerVersion.objects.filter(pk=base.version or 0, layer=subject.layer).first()
    former = version and features_in(user, version).filter(uid=base.uid).first()
    return Register(now, _value(subject.layer, former, name, user) if former else otherwise)


def _value(layer: Layer, feature: Feature, name: str, user: User) -> Any:
    if not layer.parsed.by_name[name].is_private:
        return feature.properties.get(name)
    with private_context(user):
        rows = PrivateValue.objects.filter(version_id=feature.version_id, uid=feature.uid)
        for values in rows.values_list("values", flat=True):
            if name in values:
                return values[name]
    return None
