"""`make tiles LAYER=slug [ZOOMS=5-14] [AREA=west,south,east,north]`: fill the tile store ahead."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from layers.catalogue import layer_by_slug, live_version
from layers.errors import PortalError
from tiles import store
from tiles.grid import MAX_ZOOM
from tiles.source import source_of
from tiles.store_filling import Box, Progress, fill
from tiles.tilejson import bounds
from tiles.tilejson import zooms as zooms_of

# Between two lines on a screen that is not a terminal.
TELL_SECONDS = 5.0


class Command(BaseCommand):
    """Makes the tiles of a public layer's live version before anybody asks; may be stopped and
    started again.
    """

    help = "Tạo sẵn các mảnh bản đồ của một lớp vào kho"

    def add_arguments(self, parser: CommandParser) -> None:
        """Layer, zooms, area."""
        parser.add_argument("layer")
        parser.add_argument("--zooms", default="", help="5-14, hoặc 12")
        parser.add_argument("--area", default="", help="tây,nam,đông,bắc (độ)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Fill, telling the progress."""
        try:
            layer = layer_by_slug(options["layer"])
            version = live_version(layer)
            source = source_of(layer.slug, version.pk)
            if not store.is_on():
                raise CommandError(
                    "PORTAL_TILE_STORE_MB=0: không giữ mảnh nào, không có gì để tạo."
                )
            whole = bounds(version)
            area = _area(options["area"], (whole[0], whole[1], whole[2], whole[3]))
            zooms = _zooms(options["zooms"], zooms_of(layer.parsed))
            self.told, self.began = 0.0, time.monotonic()
            done = fill(source, area, zooms, self.tell)
        except PortalError as error:
            raise CommandError(f"{error.title}. {error.detail} {error.hint}") from error
        made = sum(each.done - each.kept_before for each in done)
        kept = sum(each.kept_before for each in done)
        spent = time.monotonic() - self.began
        self.stdout.write(
            f"{layer.slug} v{version.number}: {made} mảnh mới, {kept} mảnh đã có, {spent:.1f} s."
        )

    def tell(self, progress: Progress) -> None:
        """A line a zoom on a terminal, else one every few seconds and at the end of a zoom."""
        is_over = progress.done == progress.squares
        is_terminal = self.stdout.isatty()
        if not (is_over or is_terminal or time.monotonic() - self.told > TELL_SECONDS):
            return
        self.told = time.monotonic()
        text = (
            f"z{progress.zoom}: {progress.done}/{progress.squares} ô, {progress.empty} ô trống, "
            f"{progress.kept_before} đã có, {progress.bytes / 2**20:.1f} MB"
        )
        end = "\n" if is_over or not is_terminal else "\r"
        self.stdout.write(text, ending=end)
        self.stdout.flush()


def _zooms(text: str, own: tuple[int, int]) -> range:
    """The layer's own zooms, or those of them that were named."""
    first, _, last = text.partition("-")
    named = (first, last or first) if text else tuple(map(str, own))
    if not all(part.isdecimal() and int(part) <= MAX_ZOOM for part in named):
        raise CommandError(f"ZOOMS={text}: viết 5-14 hoặc 12.")
    found = range(max(int(named[0]), own[0]), int(named[1]) + 1)
    if not found:
        raise CommandError(f"ZOOMS={text}: lớp này có mảnh từ mức {own[0]}.")
    return found


def _area(text: str, whole: Box) -> Box:
    """The part of the layer's own area that was named."""
    if not text:
        return whole
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as error:
        raise CommandError(f"AREA={text}: viết tây,nam,đông,bắc bằng độ.") from error
    found = (max(west, whole[0]), max(south, whole[1]), min(east, whole[2]), min(north, whole[3]))
    # Written so that what is no number fails as well.
    if not (found[0] < found[2] and found[1] < found[3]):
        raise CommandError(f"AREA={text}: không chạm vùng của lớp ({whole}).")
    return found
