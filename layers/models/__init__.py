"""Tables of the catalogue, of versions and features, of administrative units and of identity."""

from layers.models.catalogue import Layer, LayerField, LayerVersion, Sector
from layers.models.change import Lineage, VersionChange, VersionEvent
from layers.models.export import Export
from layers.models.feature import Feature, PrivateValue
from layers.models.identity import IdentityAlias, RetiredIdentity
from layers.models.landuse import LandUseCode
from layers.models.unit import AdminUnit, Jurisdiction, UnitSuccession
from layers.models.written import WrittenRows

__all__ = [
    "AdminUnit",
    "Export",
    "Feature",
    "IdentityAlias",
    "Jurisdiction",
    "LandUseCode",
    "Layer",
    "LayerField",
    "LayerVersion",
    "Lineage",
    "PrivateValue",
    "RetiredIdentity",
    "Sector",
    "UnitSuccession",
    "VersionChange",
    "VersionEvent",
    "WrittenRows",
]
