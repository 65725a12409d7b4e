"""How much an import may take: one place that reads the project's settings.

Each limit has a safe default, so that the package works without any of them set. The Django setting
PORTAL_IMPORT_LIMITS overrides them; `gis_portal.settings` fills it from the environment, and
docs/settings.md says what each costs. The confined reader gets the same values.
"""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Limits:
    """Bounds of one import.

    Attributes:
        file_bytes: size of the uploaded file.
        unpacked_bytes: sum of an archive's files.
        archive_entries: files in an archive.
        archive_ratio: unpacked to packed size; real Shapefiles stay below 40.
        workbook_bytes: unpacked size of an XLSX, all of which is held in memory.
        issues_kept: row issues written to the database for each code; all are counted.
        drawing_bytes: size of a DXF or DGN, which is held in memory.
        drawing_entities: entities of a drawing, blocks exploded.
        drawing_vertices: their vertices.
        image_pixels: pixels of a picture, as it claims.
        image_ratio: unpacked to packed size of a picture beyond 256 MB.
        image_directories: pictures in a TIFF with its overviews and masks.
        image_bands: bands of a picture.
        reader_memory_bytes: memory in use of the confined reader, libraries included.
        reader_cpu_seconds: processor time of the confined reader.
        reader_seconds: how long the import waits for the confined reader, in all.
        reader_silence_seconds: and for its next answer.
    """

    file_bytes: int = 2 * 2**30
    unpacked_bytes: int = 8 * 2**30
    archive_entries: int = 500
    archive_ratio: int = 200
    workbook_bytes: int = 200 * 2**20
    issues_kept: int = 1000
    drawing_bytes: int = 300 * 2**20
    drawing_entities: int = 200_000
    drawing_vertices: int = 2_000_000
    image_pixels: int = 1_000_000_000
    image_ratio: int = 300
    image_directories: int = 64
    image_bands: int = 16
    reader_memory_bytes: int = 512 * 2**20
    reader_cpu_seconds: int = 900
    reader_seconds: float = 1800
    reader_silence_seconds: float = 300


def limits() -> Limits:
    """The limits in force: setting `PORTAL_IMPORT_LIMITS` overrides single defaults."""
    return Limits(**getattr(settings, "PORTAL_IMPORT_LIMITS", {}))
