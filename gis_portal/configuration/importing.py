"""Imports: the worker, what is checked, what reading a file may cost."""

from gis_portal.environment import env

# A worker's import that gave no sign of life for so long is taken up by another worker.
PORTAL_LEASE_SECONDS = env.float("PORTAL_LEASE_SECONDS", default=60)
# Files of imports that came to nothing are kept so long, to be run again.
PORTAL_UPLOADS_DAYS = env.float("PORTAL_UPLOADS_DAYS", default=7)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# The largest file that the steward's pages and the API take, in MB.
PORTAL_UPLOAD_MB = env.int("PORTAL_UPLOAD_MB", default=200)
# Imports of one person that may wait at a time; each keeps its file.
PORTAL_MAX_QUEUED = env.int("PORTAL_MAX_QUEUED", default=20)
# Two addresses take files and say so themselves; nowhere else does a file reach disk or memory.
FILE_UPLOAD_HANDLERS = ["importers.upload_handler.NoFiles"]

# --- What an import checks ----------------------------------------------------------------------
# Polygons that share so much ground (m²) are listed one by one; smaller ones are counted together.
PORTAL_MIN_OVERLAP_M2 = env.float("PORTAL_MIN_OVERLAP_M2", default=1.0)
# Holes between parcels up to this size (m²) are listed on request; larger ones are streets, ponds.
PORTAL_MAX_GAP_M2 = env.float("PORTAL_MAX_GAP_M2", default=100.0)
# Polygons that the database compares with their neighbours before the check is cut off.
PORTAL_MAX_SUSPECTS = env.int("PORTAL_MAX_SUSPECTS", default=50_000)
# The scale of maps whose rows do not state it: decides how far areas may differ.
PORTAL_MAP_SCALE = env.int("PORTAL_MAP_SCALE", default=2000)
# A table of the allowed difference of areas in place of the one that is shipped (CSV).
PORTAL_AREA_TOLERANCE = env.str("PORTAL_AREA_TOLERANCE", default="")
# Of the rows that name a commune, at least this share must lie in it, if another fits better.
PORTAL_MIN_IN_UNIT = env.float("PORTAL_MIN_IN_UNIT", default=0.5)

# --- Reading files that people send -----------------------------------------------------------
# auto: confined where the host can; required: confined or not at all; off: never, and no uploads.
PORTAL_SANDBOX = env.str("PORTAL_SANDBOX", default="auto")
_MB = 2**20
PORTAL_IMPORT_LIMITS = {
    "file_bytes": env.int("PORTAL_MAX_FILE_MB", default=2048) * _MB,
    "unpacked_bytes": env.int("PORTAL_MAX_UNPACKED_MB", default=8192) * _MB,
    "archive_entries": env.int("PORTAL_MAX_ZIP_ENTRIES", default=500),
    "archive_ratio": env.int("PORTAL_MAX_ZIP_RATIO", default=200),
    "workbook_bytes": env.int("PORTAL_MAX_WORKBOOK_MB", default=200) * _MB,
    "drawing_bytes": env.int("PORTAL_MAX_DRAWING_MB", default=300) * _MB,
    "drawing_entities": env.int("PORTAL_MAX_DRAWING_ENTITIES", default=200_000),
    "drawing_vertices": env.int("PORTAL_MAX_DRAWING_VERTICES", default=2_000_000),
    "image_pixels": env.int("PORTAL_MAX_IMAGE_MPX", default=1000) * 1_000_000,
    "image_ratio": env.int("PORTAL_MAX_IMAGE_RATIO", default=300),
    "reader_memory_bytes": env.int("PORTAL_READER_MEMORY_MB", default=512) * _MB,
    "reader_cpu_seconds": env.int("PORTAL_READER_CPU_SECONDS", default=900),
    "reader_seconds": env.int("PORTAL_READER_SECONDS", default=1800),
    "reader_silence_seconds": env.int("PORTAL_READER_SILENCE_SECONDS", default=300),
}
