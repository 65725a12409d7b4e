"""The making of a large file by a worker; one that is told to stop puts the wish back."""

import datetime as dt
import threading

from django.conf import settings
from django.utils import translation

from gis_portal.planner.models import RunFile
from gis_portal.planner.results.asked import check_pieces
from gis_portal.planner.results.errors import RunFilesFull, RunFileTooLarge
from gis_portal.planner.results.files.formats import format_of
from gis_portal.planner.results.files.queue import QUEUE, is_full
from gis_portal.planner.results.told import told
from layers.exports.building import patient
from layers.ondemand import making
from layers.ondemand.growing import Growing, Limits


def make_next() -> str:
    """Make the file whose turn it is, unless one is being made."""
    return making.make_next(
        QUEUE,
        ("asked_at",),
        lambda file, stop: Making(file, stop).run(),
        lambda _file: dt.timedelta(days=settings.PORTAL_RUN_FILE_DAYS),
    )


class Making(Growing[RunFile]):
    """One file being made."""

    def __init__(self, file: RunFile, stop: threading.Event) -> None:
        limits = Limits(
            settings.PORTAL_RUN_FILE_MB, settings.PORTAL_RUN_FILE_MINUTES, RunFileTooLarge
        )
        super().__init__(file, stop, limits)

    def run(self) -> int:
        """Make the file; answers its size. Raises PortalError, Stopped."""
        file = self.row
        check_pieces(file.run)
        with self.aside() as part:
            with patient(), translation.override(file.language):
                about = told(file.run, file.language, whole=True)
                format_of(file.format).write(about, part, file.address, self.beat)
            return self.named()

    def check(self) -> None:
        """Raises RunFilesFull."""
        if is_full():
            raise RunFilesFull
