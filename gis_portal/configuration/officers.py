"""The officer's pocket handbook: devices, and what a device keeps."""

from gis_portal.environment import env

# Days without use after which a device must sign in again, days in all, devices of one person.
PORTAL_DEVICE_DAYS = env.int("PORTAL_DEVICE_DAYS", default=30)
PORTAL_DEVICE_MOST_DAYS = env.int("PORTAL_DEVICE_MOST_DAYS", default=365)
PORTAL_DEVICES_EACH = env.int("PORTAL_DEVICES_EACH", default=5)
# What the device is told: hours that personal fields open without the server, days until a pack
# must be renewed, wrong PINs until it wipes itself, days that sent reports are kept on it.
PORTAL_OFFICER_OFFLINE_HOURS = env.int("PORTAL_OFFICER_OFFLINE_HOURS", default=72)
PORTAL_OFFICER_REFRESH_DAYS = env.int("PORTAL_OFFICER_REFRESH_DAYS", default=7)
PORTAL_OFFICER_WRONG_PINS = env.int("PORTAL_OFFICER_WRONG_PINS", default=5)
PORTAL_OFFICER_KEEP_DAYS = env.int("PORTAL_OFFICER_KEEP_DAYS", default=30)
# A folder with an office's own checklists for field reports; empty: those that are shipped.
PORTAL_CHECKLISTS = env.str("PORTAL_CHECKLISTS", default="")
# Days that a part of a photo waits for the rest, once its device can come no more.
PORTAL_FIELD_PIECES_DAYS = env.float("PORTAL_FIELD_PIECES_DAYS", default=30)
# Packs: parcels that a request makes packs of itself; days that parts out of use are kept, for
# deltas from them; the share of changed parcels up to which tiles stay and a delta is offered.
PORTAL_PACK_DIRECT = env.int("PORTAL_PACK_DIRECT", default=2000)
PORTAL_PACK_DAYS = env.float("PORTAL_PACK_DAYS", default=30)
PORTAL_PACK_DRIFT = env.float("PORTAL_PACK_DRIFT", default=0.1)
