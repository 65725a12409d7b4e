"""Where each field of the domain tables lives in the shipped definitions, or why nowhere.

Used by `test_definitions.py`. A value is the field's name, several names where one column was taken
apart, or `Not(reason)`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Not:
    """A domain field that no definition declares, and the reason."""

    reason: str


Place = str | tuple[str, ...] | Not
FILES = Not("files are kept outside the attributes; a later issue adds attachments")
OWN_PROPERTY = Not("a property of every version or feature, not of one layer's fields")
PERSONAL = Not("the public-land register needs no citizen identity; prefer not to store it")
NOT_PUBLIC_LAND = Not("belongs to private parcels; the shipped layer is public land")
LATER = Not("a table of its own in the officer's handbook, keyed by uid")

PARCEL: dict[str, Place] = {
    "parcel_uid": OWN_PROPERTY,
    "commune_code": "commune_code",
    "sheet_no": "sheet_no",
    "parcel_no": "parcel_no",
    "sheet_no_old": "sheet_no_old",
    "parcel_no_old": "parcel_no_old",
    "old_commune": "old_commune",
    "sheet_index_code": Not("derivable from position and scale"),
    "scale": "scale",
    "area_measured": "area_measured",
    "area_legal": "area_legal",
    "area_geom": OWN_PROPERTY,
    "land_use_current[]": "land_use_current",
    "land_use_legal[]": Not("public land is held by current purpose; papers are in area_legal"),
    "land_use_planned[]": "land_use_planned",
    "user_type": "manager_type",
    "user_name": "occupier",
    "user_id_no": PERSONAL,
    "address": "address",
    "cert_serial": "cert_serial",
    "cert_registry_no": NOT_PUBLIC_LAND,
    "cert_date": NOT_PUBLIC_LAND,
    "origin": "origin",
    "use_form": NOT_PUBLIC_LAND,
    "use_term": "use_term",
    "is_land_occupier_not_parcel": NOT_PUBLIC_LAND,
    "survey_doc": OWN_PROPERTY,
    "legal_docs[]": FILES,
    "dispute": "dispute",
    "restriction[]": LATER,
    "status": "status",
    "valid_from/valid_to": OWN_PROPERTY,
    "source_crs": OWN_PROPERTY,
}
PUBLIC_LAND: dict[str, Place] = {
    "parcel": ("sheet_no", "parcel_no"),
    "name": "name",
    "managing_org": "managing_org",
    "manager_type": "manager_type",
    "origin": "origin",
    "allocation_doc": ("allocation_doc", "allocation_date"),
    "area_measured": "area_measured",
    "land_use_current": "land_use_current",
    "land_use_planned": "land_use_planned",
    "current_use": "current_use",
    "occupier": "occupier",
    "encroached_area": "encroached_area",
    "encroachment_since": LATER,
    "lease_no": "lease_no",
    "lessee": LATER,
    "lease_from/to": "lease_to",
    "rent": "rent",
    "payment_mode": LATER,
    "plan": "use_plan",
    "fence": "fenced",
    "last_inspected": "last_inspected",
    "photos": FILES,
    "status": "status",
}
AUCTION: dict[str, Place] = {
    "auction.title": "title",
    "auction.notice_id": "notice_id",
    "auction.root_notice_id": "root_notice_id",
    "auction.publish_round": ("publish_round", "published_1_at", "published_2_at"),
    "auction.owner_name": "owner_name",
    "auction.owner_address": "owner_address",
    "auction.auction_org": "auction_org",
    "auction.auction_time": "auction_time",
    "auction.auction_place": "auction_place",
    "auction.reg_start": "reg_start",
    "auction.reg_end": "reg_end",
    "auction.reg_condition": "reg_condition",
    "auction.deposit_start": "deposit_start",
    "auction.deposit_end": "deposit_end",
    "auction.view_place_time": ("view_place", "view_start", "view_end"),
    "auction.file_sell_place": "file_sell_place",
    "auction.form": "form",
    "auction.method": "method",
    "auction.status": ("status", "stop_reason"),
    "auction.decision_plan": ("decision_plan", "decision_plan_date"),
    "auction.decision_auction": ("decision_auction", "decision_auction_date"),
    "auction.decision_price": ("decision_price", "decision_price_date"),
    "auction.decision_result": ("decision_result", "decision_result_date"),
    "lot.lot_code": "lot_code",
    "lot.parcel": ("sheet_no", "parcel_no", "parcel_ref"),
    "lot.place": "place",
    "lot.quantity": "quantity",
    "lot.quality": "quality",
    "lot.area": "area",
    "lot.land_use": "land_use",
    "lot.use_form_term": ("use_form", "use_term"),
    "lot.planning": ("density", "floors", "setback_front", "setback_side", "far"),
    "lot.start_price": "start_price",
    "lot.start_price_m2": "start_price_m2",
    "lot.step": "step",
    "lot.deposit": ("deposit", "deposit_percent"),
    "lot.dossier_fee": "dossier_fee",
    "lot.winning_price": "winning_price",
    "lot.winner": "winner",
    "lot.round_no": "round_no",
    "file.file": "notice_url",
}
# Fields of sector_layers_fields.csv that are not simply declared under their own name.
SECTOR_RENAMED: dict[str, Place] = {
    "telecom_station.mast_type": ("mast_type", "mast_shape"),
    "telecom_station.shared": ("shared", "shared_operators"),
    "telecom_station.inspection_no": ("inspection_no", "inspection_valid_to"),
    "traffic_camera.camera_type": ("camera_type", "kind"),
    "tourism_point.rank_decision": ("rank_decision", "rank_decision_date"),
    "tourism_point.protection_zone": Not("a polygon: belongs in a layer of its own"),
    "tourism_point.opening": ("opening", "fee"),
    "tourism_point.contact": ("phone", "website"),
    "tourism_point.media": ("photo_url", "panorama_url"),
    "industrial_cluster.area_ha": ("area_ha", "occupancy"),
}
SECTOR_LAYERS = {
    "telecom_station": "telecom-stations",
    "traffic_camera": "traffic-cameras",
    "tourism_point": "tourism-points",
    "growing_area": "growing-areas",
    "industrial_cluster": "industrial-clusters",
}
