"""`manage.py import_layer FILE --layer SLUG`: check a file, or load and publish it.

A dry run is the default: everything is done and rolled back, and the report says what would happen.
"""

import datetime as dt
import json
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from importers.fixed_values import parse_values
from importers.issue_file import write_issues
from importers.models import ImportRun
from importers.report import render
from importers.run import run_import
from layers.errors import PortalError
from layers.values import BadValue, parse_moment

# What a shell answers for a program stopped from the keyboard.
_INTERRUPTED = 130


class Command(BaseCommand):
    """Import one file into one layer."""

    help = "Kiểm tra một tệp dữ liệu, nạp và công bố vào một lớp bản đồ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What a steward can say about a file."""
        parser.add_argument(
            "file",
            type=Path,
            help="tệp .zip (Shapefile), .gpkg, .geojson, .dxf, .dgn, .csv, .xlsx; .tif cho lớp ảnh",
        )
        parser.add_argument("--layer", required=True, metavar="SLUG", help="mã lớp")
        parser.add_argument("--crs", help="hệ tọa độ, ví dụ EPSG:5899 hoặc 'VN-2000 107°45′'")
        parser.add_argument("--sheet", help="lớp hoặc trang tính, khi tệp có nhiều")
        parser.add_argument(
            "--value",
            action="append",
            default=[],
            metavar="TRƯỜNG=GIÁ TRỊ",
            help="giá trị dùng chung cho các dòng mà tệp để trống; lặp lại được",
        )
        parser.add_argument(
            "--levels",
            action="append",
            metavar="VAI_TRÒ=LỚP,…",
            help="lớp của bản vẽ DXF, DGN, ví dụ boundary=10,23 (dùng được nhiều lần)",
        )
        parser.add_argument(
            "--check",
            action="append",
            default=[],
            choices=["gaps"],
            help="kiểm tra thêm: gaps = khe hở giữa các thửa",
        )
        parser.add_argument("--stage", action="store_true", help="nạp nhưng chưa công bố")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="nạp và công bố; người vận hành máy chủ tự duyệt, được ghi lại",
        )
        parser.add_argument(
            "--data-date", metavar="NGÀY", help="22/11/2026 hoặc 2026-11-22; với ảnh là ngày chụp"
        )
        parser.add_argument("--decision", default="", help="số quyết định")
        parser.add_argument("--source-org", default="", help="đơn vị cung cấp")
        parser.add_argument("--illustrative", action="store_true", help="dữ liệu minh họa")
        parser.add_argument(
            "--allow-removals", default="", metavar="LÝ DO", help="vì sao được bỏ nhiều đối tượng"
        )
        parser.add_argument("--issues", type=Path, metavar="TỆP.csv", help="ghi danh sách lỗi")
        parser.add_argument("--json", action="store_true", help="báo cáo dạng JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report; the exit code is not 0 when the file was refused."""
        try:
            with _stopped_as_by_keyboard():
                run = _run(options)
        except PortalError as error:
            raise CommandError(
                f"[{error.code}] {error.title}: {error.detail}\n{error.hint}"
            ) from error
        except KeyboardInterrupt:
            self.stderr.write("Đã ngắt: chưa ghi gì vào lớp. Nạp lại tệp khi cần.")
            sys.exit(_INTERRUPTED)
        if options["json"]:
            self.stdout.write(json.dumps(run.report, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(render(run.report))
        if options["issues"]:
            self._write_issues(run, Path(options["issues"]))
        if run.state == ImportRun.REFUSED:
            # The report above says why.
            raise CommandError(f"[{run.error_code}] tệp bị từ chối.")
        if run.dry_run and not options["json"]:
            self.stdout.write("\nChỉ kiểm tra, chưa ghi gì. Thêm --publish để nạp và công bố.")

    def _write_issues(self, run: ImportRun, path: Path) -> None:
        try:
            count = write_issues(run, path)
        except OSError as error:
            raise CommandError(f"Không ghi được danh sách lỗi vào {path}.") from error
        self.stderr.write(f"Danh sách lỗi ({count} dòng): {path}")


def _run(options: dict[str, Any]) -> ImportRun:
    return run_import(
        options["file"],
        options["layer"],
        crs=options["crs"],
        sheet=options["sheet"],
        levels=_levels(options["levels"]),
        values=parse_values(options["value"]),
        checks=tuple(options["check"]),
        publish=options["publish"],
        dry_run=not (options["stage"] or options["publish"]),
        data_date=_day(options["data_date"]),
        decision_no=options["decision"],
        source_org=options["source_org"],
        illustrative=options["illustrative"],
        allow_removals=options["allow_removals"],
    )


def _levels(given: list[str] | None) -> dict[str, list[str]] | None:
    """`boundary=10,23` → `{"boundary": ["10", "23"]}`. Raises CommandError."""
    found: dict[str, list[str]] = {}
    for one in given or []:
        role, equals, names = one.partition("=")
        listed = [name.strip() for name in names.split(",") if name.strip()]
        if not equals or not listed:
            raise CommandError(f"--levels “{one}” không đúng: viết VAI_TRÒ=LỚP, ví dụ boundary=10.")
        found.setdefault(role.strip(), []).extend(listed)
    return found or None


def _day(text: str | dt.date | None) -> dt.date | None:
    """A day as people write it, `22/11/2026`, or as machines do. Raises CommandError."""
    if text is None or isinstance(text, dt.date):
        return text
    try:
        return parse_moment(text).date()
    except BadValue as error:
        raise CommandError(
            f"Ngày dữ liệu “{text}” không đúng: viết 22/11/2026 hoặc 2026-11-22."
        ) from error


@contextmanager
def _stopped_as_by_keyboard() -> Iterator[None]:
    """SIGTERM ends the import as Ctrl-C does: recorded, with its folder removed."""

    def stop(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
