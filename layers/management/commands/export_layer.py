"""`manage.py export_layer auction-lots gpkg lots.gpkg "crs=EPSG:5899&unit=26560"`: a layer or a
selection as a file, as the API writes it; for schedules and for the benchmark.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from layers.catalogue import layer_by_slug, live_version
from layers.errors import PortalError
from layers.exports.building import patient
from layers.exports.formats import FORMATS
from layers.exports.wish import read_wish
from layers.exports.writing import write_file


class Command(BaseCommand):
    """Public fields only, of public layers."""

    help = "Write a public layer, or a selection of it, as a file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layer, the format, where to, and the parameters of the API."""
        parser.add_argument("layer")
        parser.add_argument("format", choices=list(FORMATS))
        parser.add_argument("path", type=Path)
        parser.add_argument("parameters", nargs="?", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it aside, then give it its name."""
        path: Path = options["path"]
        part = path.with_name(f"{path.name}.part.{options['format']}")
        try:
            layer = layer_by_slug(options["layer"])
            version = live_version(layer)
            wish = read_wish(options["format"], QueryDict(options["parameters"]), layer.parsed)
            with patient():
                write_file(wish, layer, version, part)
        except PortalError as error:
            part.unlink(missing_ok=True)
            raise CommandError(f"{error.code}: {error.title}. {error.detail}") from error
        part.replace(path)
        self.stdout.write(f"{path}: {path.stat().st_size:,} bytes")
