"""What features behind pieces are called, and where their pages are.

Names come from the versions that the run stands on, so a parcel that is gone today keeps its name.
"""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from gis_portal.auctions.lots import SLUG as LOTS
from gis_portal.planner.engine.store import fetched, read
from gis_portal.planner.results.told import Told
from layers.cql2 import Sql
from layers.definition import LayerDefinition
from layers.models import AdminUnit, LayerVersion
from layers.partitions import feature_table
from layers.search.results import title_of


@dataclass(frozen=True)
class Named:
    """A feature's name and its page; `href` is empty where it has none."""

    title: str
    href: str = ""


def names_of(about: Told, wanted: set[UUID]) -> dict[UUID, Named]:
    """By uid, which is one feature's among all layers; the later version's name counts."""
    kept = LayerVersion.objects.filter(
        pk__in=set(about.run.versions.values()), state__in=LayerVersion.KEPT
    ).select_related("layer")
    found: dict[UUID, Named] = {}
    for version in kept.order_by("number"):
        definition = version.layer.parsed
        rows = fetched(
            Sql(
                f"SELECT f.uid, f.properties FROM {feature_table(version.pk)} f "  # noqa: S608
                "WHERE f.uid = ANY(%s::uuid[])",
                ([str(uid) for uid in wanted],),
            )
        )
        for raw, properties in rows:
            uid, told = UUID(str(raw)), read(properties)
            found[uid] = Named(
                title_of(definition, told or {}, about.language), _href(definition, uid)
            )
    # A unit's uid is its number (engine/rows.py).
    numbers = {uid.int: uid for uid in wanted - set(found) if uid.int < 2**31}
    for pk, name in AdminUnit.objects.filter(pk__in=numbers).values_list("pk", "name"):
        found[numbers[pk]] = Named(name)
    return found


def _href(definition: LayerDefinition, uid: UUID) -> str:
    if definition.land.register:
        return reverse("parcel", args=[uid])
    if definition.slug == LOTS:
        return reverse("lot", args=[uid])
    return reverse("panel", args=[definition.slug, uid])
