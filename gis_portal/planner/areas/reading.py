"""A file with areas, as importers read files: confined, its system as it says or as was chosen.

Refusals keep the importers' names; what to do is told for a form that sends one area.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_portal.planner.errors import AreaTooLarge
from gis_portal.planner.results.words import system_words
from gis_portal.steward.remedies import ABOUT_SYSTEM, LEVELS, SHEET
from importers import sandbox
from importers.georeference import Georeference, georeference
from importers.position_checks import check_position
from importers.readers.refused import ONLY_FOR_LAYERS
from importers.readers.source import Source, Wanted
from importers.refusals import OutsideProvince
from importers.uploads import safe_name
from layers.crs import Crs, by_code
from layers.errors import PortalError
from layers.heavy import place


def read_file(path: Path, file_name: str, crs: str, most: int) -> tuple[np.ndarray, Crs]:
    """All shapes of a file, (n,), and their system. `crs` as `importers.crs_choice` writes it.

    Raises AreaTooLarge, ServiceBusy, UnknownCrs and what the readers of importers do.
    """
    with place(), tempfile.TemporaryDirectory() as folder, _told_for_areas():
        # Refusals name the file: by what its owner calls it.
        file = Path(folder) / "file" / safe_name(file_name)
        private = Path(folder) / "private"
        for parent in (file.parent, private):
            parent.mkdir(mode=0o700)
        shutil.copyfile(path, file)
        wanted = Wanted("polygon", file_name=file_name)
        with sandbox.opened(file, wanted, private, uploaded=True) as source:
            known = _placed(source, crs)
            shapes: list[object] = []
            for batch, _issues in known.source.read(known.crs):
                shapes += list(batch.geometry)
                if len(shapes) > most:
                    raise AreaTooLarge(_("Tối đa %(most)d vùng.") % {"most": most})
    return np.array(shapes, dtype=object), known.crs


def _placed(source: Source, crs: str) -> Georeference:
    """Raises what `georeference` and `check_position` do, with the readings to choose from.

    An area may lie outside the province where no reading of the file puts it inside.
    """
    known = georeference(source, crs.strip() or None)
    if known.choice is None or known.choice.is_plain:
        with suppress(OutsideProvince):
            check_position(known.points, known.crs, in_province_only=True, names=source.axis_names)
    return known


@contextmanager
def _told_for_areas() -> Iterator[None]:
    """Importers' hints speak of their own form and of the command line: this form has fewer boxes,
    and takes areas alone.
    """
    try:
        yield
    except PortalError as error:
        if hint := _hint(error):
            error.hint = hint
        raise


def _hint(error: PortalError) -> str:
    formats = _("GeoJSON, GeoPackage, Shapefile (nén .zip), KML hoặc DXF")
    if error.code in ABOUT_SYSTEM:
        codes = (settings.PORTAL_GRID, *settings.PORTAL_OTHER_GRIDS)
        language = "en" if get_language() == "en" else "vi"
        usual = [system_words(by_code(code), language) for code in codes]
        return _(
            "Chọn hệ tọa độ của tệp ở ô “Hệ tọa độ” rồi gửi lại tệp. Bản đồ của tỉnh thường ở "
            "%(usual)s."
        ) % {"usual": _(" hoặc ").join(usual)}
    if error.code in (SHEET, LEVELS):
        return _("Xuất riêng các vùng khép kín ra một tệp: %(formats)s.") % {"formats": formats}
    if error.code == "unsupported-format" and str(error.hint) in map(str, ONLY_FOR_LAYERS):
        return _("Mở tệp bằng phần mềm đã tạo ra nó và xuất lại thành %(formats)s.") % {
            "formats": formats
        }
    return ""
