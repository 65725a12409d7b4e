"""Whole fonts out of the front end's subsets: browsers take three files for one, typst does not.

Run by `bin/install.py` after `npm ci` as a program (`python -m gis_portal.typesetting.fonts`), and
by `sheet.py` where that was left out. The result is not committed.
"""

import logging
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

FAMILY = "Be Vietnam Pro"
WEIGHTS = (400, 600)
SUBSETS = ("latin", "latin-ext", "vietnamese")
FOLDER = Path(__file__).resolve().parent / "fonts"
SOURCE = (
    Path(__file__).resolve().parent.parent
    / "frontend/node_modules/@fontsource/be-vietnam-pro/files"
)
_STYLES = {400: "Regular", 600: "SemiBold"}


def font_files() -> list[Path]:
    """Where the whole fonts are, whether they are there or not."""
    return [FOLDER / f"be-vietnam-pro-{weight}.ttf" for weight in WEIGHTS]


def make_fonts(source: Path = SOURCE) -> None:
    """One file a weight, with the letters of all subsets."""
    FOLDER.mkdir(exist_ok=True)
    for weight, target in zip(WEIGHTS, font_files(), strict=True):
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            parts = [_unpacked(source, subset, weight, Path(folder)) for subset in SUBSETS]
            whole = Path(folder) / target.name
            _merge(parts, whole, _STYLES[weight])
            whole.replace(target)


def _unpacked(source: Path, subset: str, weight: int, folder: Path) -> Path:
    font = TTFont(source / f"be-vietnam-pro-{subset}-{weight}-normal.woff2")
    font.flavor = None
    path = folder / f"{subset}.ttf"
    font.save(path)
    return path


def _merge(parts: list[Path], target: Path, style: str) -> None:
    font = Merger().merge([str(part) for part in parts])
    names = font["name"]
    # One family in two weights: subsets of SemiBold call themselves a family of their own.
    for number, text in ((1, FAMILY), (2, style), (4, f"{FAMILY} {style}"), (16, FAMILY)):
        names.setName(text, number, 3, 1, 0x409)
    names.setName(style, 17, 3, 1, 0x409)
    # The same bytes from the same subsets, whenever they are merged.
    font["head"].created = font["head"].modified = 0
    font.recalcTimestamp = False
    font.save(target)


if __name__ == "__main__":
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    make_fonts()
