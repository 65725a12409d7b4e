"""`manage.py load_units`: administrative units of the provinces in the settings."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from layers.landuse import load_land_use_codes
from layers.units_load import UnitSourceError, load_units


class Command(BaseCommand):
    """Reference data that every installation needs; safe to run again."""

    help = "Nạp đơn vị hành chính (nay và trước 01/07/2025) và danh mục mã loại đất."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Provinces other than those of the settings."""
        parser.add_argument("--province", action="append", metavar="MÃ", help="mã tỉnh, ví dụ 79")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then say what was found. A province unknown to the source stops the command."""
        try:
            loaded = load_units(options["province"] or settings.PORTAL_PROVINCE_CODES)
        except UnitSourceError as error:
            raise CommandError(str(error)) from error
        codes = load_land_use_codes()
        if options["verbosity"]:
            self.stdout.write(
                f"{loaded.current} đơn vị hiện nay, {loaded.former} đơn vị cũ, "
                f"{loaded.successions} lần chuyển ({loaded.parts} chuyển một phần); "
                f"{codes} mã loại đất."
            )
