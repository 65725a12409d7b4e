"""Photos as people send them → small plain JPEGs, or a refusal that says why.

What comes is distrusted: a child process looks at the content, never at the name, and makes the
picture anew (`photo_child.py`), with bounds on memory, time and calls of the kernel. Nothing of the
file survives but its pixels: no EXIF, no position, no thumbnail.
"""

import struct
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_portal.reports import photo_child
from gis_portal.reports.errors import PhotoRefused

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_PHOTOS = 3
MOST_BYTES = 12 * 2**20
SECONDS = 20
# Children of one web process at a time; others wait their turn, as long as one may take.
_AT_A_TIME = threading.BoundedSemaphore(2)
_START = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    "from gis_portal.reports.photo_child import main; main()"
)
_WHY: dict[int, str | Promise] = {
    photo_child.EMPTY: gettext_lazy("tệp rỗng"),
    photo_child.HEIC: gettext_lazy(
        "ảnh HEIC của iPhone. Vào Cài đặt › Camera › Định dạng › Tương thích nhất rồi chụp lại, "
        "hoặc chụp màn hình ảnh đó rồi gửi"
    ),
    photo_child.GIF: gettext_lazy("ảnh GIF, không nhận ảnh động"),
    photo_child.SVG: gettext_lazy("hình vẽ SVG, không phải ảnh chụp"),
    photo_child.OTHER: gettext_lazy("không phải ảnh JPEG, PNG hay WebP"),
    photo_child.TOO_MANY_PIXELS: gettext_lazy("ảnh có quá nhiều điểm ảnh"),
    photo_child.BROKEN: gettext_lazy("tệp ảnh bị hỏng hoặc bị cắt ngang"),
}


@dataclass(frozen=True)
class Made:
    """A picture made anew."""

    jpeg: bytes
    width: int
    height: int


def make_photos(files: Iterable[UploadedFile[bytes]]) -> list[Made]:
    """All of them, or none. Raises PhotoRefused, which names the first that cannot be taken."""
    chosen = list(files)
    if len(chosen) > MOST_PHOTOS:
        raise PhotoRefused(_("Nhiều nhất ba ảnh cho một phản ánh."))
    return [_made(file, number) for number, file in enumerate(chosen, 1)]


def _made(file: UploadedFile[bytes], number: int) -> Made:
    if (file.size or 0) > MOST_BYTES:
        raise _refusal(number, _("tệp lớn hơn 12 MB"))
    file.seek(0)
    code, told = _in_a_child(file.read())
    if code or len(told) < photo_child.HEAD:
        raise _refusal(number, str(_WHY.get(code, _WHY[photo_child.BROKEN])))
    width, height = struct.unpack(photo_child.SIZE, told[: photo_child.HEAD])
    return Made(told[photo_child.HEAD :], width, height)


def _refusal(number: int, why: str) -> PhotoRefused:
    return PhotoRefused(_("Ảnh thứ %(number)s: %(why)s.") % {"number": number, "why": why})


def _in_a_child(content: bytes) -> tuple[int, bytes]:
    """How the child ended, and what it made. Killed by its bounds: a negative number.

    Raises PhotoRefused when no child may be started for too long.
    """
    if not _AT_A_TIME.acquire(timeout=SECONDS):
        raise PhotoRefused(_("Máy chủ đang bận nhận ảnh. Gửi lại sau ít phút."))
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-B", "-c", _START],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={"LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return photo_child.BROKEN, b""
    finally:
        _AT_A_TIME.release()
    return done.returncode, done.stdout
