"""`manage.py import_layer FILE --layer SLUG`: check a file, or load and publish it.

A dry run is the default: everything is done and rolled back, and the report says what would happen.
"""

import datetime as dt
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from importers.models import ImportRun
from importers.report import render
from importers.run import run_import
from layers.errors import PortalError


class Command(BaseCommand):
    """Import one file into one layer."""

    help = "Kiểm tra một tệp dữ liệu, nạp và công bố vào một lớp bản đồ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What a steward can say about a file."""
        parser.add_argument(
            "file", type=Path, help="tệp .zip (Shapefile), .gpkg, .geojson, .csv, .xlsx"
        )
        parser.add_argument("--layer", required=True, metavar="SLUG", help="mã lớp")
        parser.add_argument("--crs", help="hệ tọa độ, ví dụ EPSG:5899 hoặc 'VN-2000 107°45′'")
        parser.add_argument("--sheet", help="lớp hoặc trang tính, khi tệp có nhiều")
        parser.add_argument("--stage", action="store_true", help="nạp nhưng chưa công bố")
        parser.add_argument("--publish", action="store_true", help="nạp và công bố")
        parser.add_argument("--data-date", type=dt.date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--decision", default="", help="số quyết định")
        parser.add_argument("--source-org", default="", help="đơn vị cung cấp")
        parser.add_argument("--illustrative", action="store_true", help="dữ liệu minh họa")
        parser.add_argument("--json", action="store_true", help="báo cáo dạng JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report; the exit code is not 0 when the file was refused."""
        try:
            run = run_import(
                options["file"],
                options["layer"],
                crs=options["crs"],
                sheet=options["sheet"],
                publish=options["publish"],
                dry_run=not (options["stage"] or options["publish"]),
                data_date=options["data_date"],
                decision_no=options["decision"],
                source_org=options["source_org"],
                illustrative=options["illustrative"],
            )
        except PortalError as error:
            raise CommandError(
                f"[{error.code}] {error.title}: {error.detail}\n{error.hint}"
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(run.report, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(render(run.report))
        if run.state == ImportRun.REFUSED:
            raise CommandError(f"[{run.error_code}] {run.error_detail}")
        if run.dry_run and not options["json"]:
            self.stdout.write("\nChỉ kiểm tra, chưa ghi gì. Thêm --publish để nạp và công bố.")
