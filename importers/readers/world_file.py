"""World files: six numbers beside a picture that say where it lies, as surveyors' programs write.

The only file beside a picture that is read. Overviews, masks and .aux.xml are made anew or left
alone, with a remark.
"""

from pathlib import Path

from affine import Affine
from django.utils.translation import gettext as _

from importers.imagery.refusals import OddPlacement

_SUFFIXES = (".tfw", ".tifw", ".tiffw", ".wld")
_MOST_BYTES = 4096
# What programs lay beside a picture: beside `a.tif` stand `a.tif.ovr` or `a.ovr`.
_ELSEWHERE = (".ovr", ".msk", ".aux.xml", ".aux", ".rpb", ".imd")


def world_file(picture: Path) -> tuple[Affine, str] | None:
    """The placement that stands beside the picture, and the file's name. Raises OddPlacement."""
    found = next((path for path in _beside(picture) if _is_world(path, picture)), None)
    if found is None:
        return None
    with found.open("rb") as stream:
        text = stream.read(_MOST_BYTES).decode("ascii", "replace")
    try:
        a, d, b, e, c, f = (float(word.replace(",", ".")) for word in text.split())
    except ValueError as error:
        raise OddPlacement(_("“%(name)s” không gồm sáu số") % {"name": found.name}) from error
    # The file names the middle of the first pixel, a transform its corner.
    return Affine(a, b, c, d, e, f) @ Affine.translation(-0.5, -0.5), found.name


def projection_file(picture: Path) -> str | None:
    """The text of a `.prj` beside the picture."""
    for path in _beside(picture):
        if path.stem.lower() == picture.stem.lower() and path.suffix.lower() == ".prj":
            with path.open("rb") as stream:
                return stream.read(_MOST_BYTES * 4).decode("utf-8", "replace").strip() or None
    return None


def left_alone(picture: Path) -> list[str]:
    """Names of files beside the picture that another program would open with it."""
    stem, name = picture.stem.lower(), picture.name.lower()
    return [
        path.name
        for path in _beside(picture)
        if path.name.lower().startswith((f"{stem}.", f"{name}."))
        and path.name.lower().endswith(_ELSEWHERE)
    ]


def _is_world(path: Path, picture: Path) -> bool:
    return path.stem.lower() == picture.stem.lower() and path.suffix.lower() in _SUFFIXES


def _beside(picture: Path) -> list[Path]:
    plain = (path for path in picture.parent.iterdir() if not path.is_symlink() and path.is_file())
    return sorted(path for path in plain if path != picture)
