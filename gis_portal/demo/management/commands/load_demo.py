"""`manage.py load_demo`: units, layers, demo accounts, and the files of the demo province.

Quick when everything is there; on a later day only the auction lots are loaded again.
"""

import datetime as dt
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gis_portal.demo.accounts import ensure_accounts
from gis_portal.demo.auction_steps import ensure_steps
from gis_portal.demo.field_reports import ensure_field_reports
from gis_portal.demo.former_register import ensure_former_register
from gis_portal.demo.loading import DAILY, due, load
from gis_portal.demo.province import FILES, SEED, DemoFile, write_lots_only, write_province
from gis_portal.demo.reports import ensure_reports
from importers.models import ImportRun
from layers.catalogue import sync_definitions
from layers.models import AdminUnit


class Command(BaseCommand):
    """Safe to run at every start."""

    help = "Nạp tỉnh minh họa: viết các tệp rồi nhập như tệp của cơ quan (dữ liệu minh họa)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For tests and for other provinces of the same kind."""
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--today", type=dt.date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--files", type=Path, metavar="DIR", help="nơi giữ các tệp")
        parser.add_argument("--accounts", type=Path, metavar="FILE", help="tệp mật khẩu")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each step says what it did. A refused file stops the command."""
        seed, today = options["seed"], options["today"] or timezone.localdate()
        folder = options["files"] or settings.LOCAL_DIR / "demo"
        if not AdminUnit.objects.exists():
            call_command("load_units", stdout=self.stdout)
        sync_definitions()
        made = ensure_accounts(options["accounts"] or settings.LOCAL_DIR / "demo-accounts.txt")
        if made:
            self.stdout.write(f"Tài khoản minh họa: {', '.join(made)}")
        waiting = due(seed, today)
        if not waiting:
            self.stdout.write("Tỉnh minh họa đã được nạp.")
            self._invent_field_reports()
            return
        self._write(folder, waiting, seed, today)
        for file in waiting:
            self._load(folder, file, seed, today)
        if ensure_former_register():
            self.stdout.write("Phiên bản trước của sổ thửa đất công (minh họa)")
        invented = ensure_reports()
        if invented:
            self.stdout.write(f"Phản ánh minh họa: {invented}")
        entered = ensure_steps()
        if entered:
            self.stdout.write(f"Bước đấu giá minh họa: {entered}")
        self._invent_field_reports()

    def _invent_field_reports(self) -> None:
        reported = ensure_field_reports()
        if reported:
            self.stdout.write(f"Báo cáo thực địa minh họa: {reported}")

    def _write(self, folder: Path, waiting: list[DemoFile], seed: int, today: dt.date) -> None:
        started = time.monotonic()
        only_lots = [file.slug for file in waiting] == [DAILY]
        if only_lots and all((folder / file.name).exists() for file in FILES):
            write_lots_only(folder, seed, today)
        else:
            write_province(folder, seed, today)
        self.stdout.write(f"Đã viết các tệp vào {folder} ({time.monotonic() - started:.1f} s)")

    def _load(self, folder: Path, file: DemoFile, seed: int, today: dt.date) -> None:
        started = time.monotonic()
        run = load(folder, file, seed, today)
        if run.state != ImportRun.PUBLISHED:
            raise CommandError(f"{file.name}: [{run.error_code}] {run.error_detail}")
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{file.slug}: {run.rows_loaded}/{run.rows_read} đối tượng ({seconds:.1f} s)"
        )
