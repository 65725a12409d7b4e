"""Files of large results: who may ask for one, who may have it.

Whoever may see the run. The same wish gives the same row, so a file is everybody's who sees it.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from gis_portal.planner.models import Run, RunFile
from gis_portal.planner.results.errors import RunFilesFull, TooManyRunFiles
from gis_portal.planner.results.files.formats import Format, format_of, pieces_in
from gis_portal.planner.results.files.queue import QUEUE, is_full
from gis_portal.planner.results.told import Told
from layers.exports.building import patient
from layers.exports.sending import made_folder
from layers.heavy import place
from layers.ondemand import asking as about_asking


def ask(request: HttpRequest, run: Run, key: str, language: str, address: str) -> RunFile:
    """The file, made or waiting to be made. Raises UnknownRunFormat, TooManyRunFiles,
    RunFilesFull.
    """
    asker = about_asking.asker_of(request, "run file")

    def check_room() -> None:
        about_asking.check_places(
            RunFile.objects.all(),
            None,
            asker,
            waiting=settings.PORTAL_RUN_FILES_WAITING,
            each=settings.PORTAL_RUN_FILES_EACH,
            too_many=TooManyRunFiles,
        )
        if is_full():
            raise RunFilesFull

    return about_asking.ask(
        QUEUE,
        {"run_id": run.pk, "format": format_of(key).key, "language": language},
        {"rows_total": pieces_in(run), "address": address[:_ADDRESS_LENGTH]},
        asker,
        check_room=check_room,
        too_many=TooManyRunFiles,
    )


_ADDRESS_LENGTH = RunFile._meta.get_field("address").max_length or 0


def file_of(run: Run, key: str, language: str) -> RunFile | None:
    """The row of that wish, if somebody had it and it is not over. Raises UnknownRunFormat."""
    rows = RunFile.objects.filter(run=run, format=format_of(key).key, language=language)
    found = rows.select_related(*QUEUE.related).first()
    return None if found is None or found.is_lost else found


def files_of(run: Run, language: str) -> list[RunFile]:
    """All that are made or being made, for lists."""
    rows = RunFile.objects.filter(run=run, language=language).exclude(expires_at__lt=timezone.now())
    return list(rows.order_by("format"))


def bytes_now(told: Told, kind: Format, address: str) -> bytes:
    """A small one, made while the caller waits. Raises ServiceBusy."""
    with place(), patient(), TemporaryDirectory(dir=made_folder()) as folder:
        path = Path(folder) / f"file.{kind.key}"
        kind.write(told, path, address, lambda _done: None)
        return path.read_bytes()
