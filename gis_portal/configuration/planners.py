"""The planner's workbench: limits of questions, runs and private areas."""

from gis_portal.environment import env

# What a document may hold.
PORTAL_ANALYSIS_KB = env.int("PORTAL_ANALYSIS_KB", default=128)
PORTAL_ANALYSIS_STEPS = env.int("PORTAL_ANALYSIS_STEPS", default=24)
PORTAL_ANALYSIS_INPUTS = env.int("PORTAL_ANALYSIS_INPUTS", default=16)
PORTAL_ANALYSIS_CRITERIA = env.int("PORTAL_ANALYSIS_CRITERIA", default=20)
PORTAL_ANALYSIS_METRES = env.int("PORTAL_ANALYSIS_METRES", default=50_000)
PORTAL_ANALYSIS_NEAREST = env.int("PORTAL_ANALYSIS_NEAREST", default=50)
# Questions that one planner keeps; runs of one planner that wait, and that are kept; all that wait.
PORTAL_ANALYSES_EACH = env.int("PORTAL_ANALYSES_EACH", default=200)
PORTAL_RUNS_WAITING_EACH = env.int("PORTAL_RUNS_WAITING_EACH", default=5)
PORTAL_RUNS_EACH = env.int("PORTAL_RUNS_EACH", default=50)
PORTAL_RUNS_WAITING = env.int("PORTAL_RUNS_WAITING", default=60)
# Previews of one planner within a minute, for each process.
PORTAL_PREVIEWS_A_MINUTE = env.int("PORTAL_PREVIEWS_A_MINUTE", default=30)
# Runs that are computed at the same time, the seconds that one may take, those of one statement.
PORTAL_RUNS_AT_ONCE = env.int("PORTAL_RUNS_AT_ONCE", default=1)
PORTAL_RUN_SECONDS = env.int("PORTAL_RUN_SECONDS", default=900)
PORTAL_RUN_STATEMENT_SECONDS = env.int("PORTAL_RUN_STATEMENT_SECONDS", default=600)
# Days that a result is kept; former versions of a layer that kept runs may hold back from dropping.
PORTAL_RUN_DAYS = env.int("PORTAL_RUN_DAYS", default=90)
PORTAL_RUN_VERSIONS = env.int("PORTAL_RUN_VERSIONS", default=5)
# Private areas: days, how many one planner has, positions of one, MB of a file.
PORTAL_AREA_DAYS = env.int("PORTAL_AREA_DAYS", default=30)
PORTAL_AREAS_EACH = env.int("PORTAL_AREAS_EACH", default=50)
PORTAL_AREA_POSITIONS = env.int("PORTAL_AREA_POSITIONS", default=20_000)
PORTAL_AREA_MB = env.int("PORTAL_AREA_MB", default=20)
# Pieces up to which a result's files are written while somebody waits. Larger ones by a worker: MB
# and minutes of one, MB of all, days that one is kept; how many wait, of all and of one person.
PORTAL_RUN_FILE_DIRECT = env.int("PORTAL_RUN_FILE_DIRECT", default=50_000)
PORTAL_RUN_FILE_MB = env.int("PORTAL_RUN_FILE_MB", default=4096)
PORTAL_RUN_FILE_MINUTES = env.float("PORTAL_RUN_FILE_MINUTES", default=30)
PORTAL_RUN_FILES_MB = env.int("PORTAL_RUN_FILES_MB", default=16_384)
PORTAL_RUN_FILE_DAYS = env.float("PORTAL_RUN_FILE_DAYS", default=7)
PORTAL_RUN_FILES_WAITING = env.int("PORTAL_RUN_FILES_WAITING", default=20)
PORTAL_RUN_FILES_EACH = env.int("PORTAL_RUN_FILES_EACH", default=2)
# Room in the database: of one run while it is computed, of all kept runs of one planner.
PORTAL_RUN_MB = env.int("PORTAL_RUN_MB", default=8192)
PORTAL_RUNS_MB_EACH = env.int("PORTAL_RUNS_MB_EACH", default=16_384)
# Addresses for QGIS that are open for one run.
PORTAL_RUN_ADDRESSES = env.int("PORTAL_RUN_ADDRESSES", default=10)
