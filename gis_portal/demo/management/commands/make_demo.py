"""`manage.py make_demo --out DIR`: write the files of the demo province."""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from gis_portal.demo.province import SEED, write_province


class Command(BaseCommand):
    """Files only; nothing is imported."""

    help = "Viết các tệp của tỉnh minh họa (dữ liệu minh họa)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and what the content hangs on."""
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--today", type=dt.date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and list them."""
        today = options["today"] or timezone.localdate()
        for file in write_province(options["out"], options["seed"], today):
            size = (options["out"] / file.name).stat().st_size / 1e6
            self.stdout.write(f"{file.name:32} {file.slug:24} {size:6.2f} MB")
