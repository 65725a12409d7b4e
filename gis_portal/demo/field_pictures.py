"""Small drawn pictures in the place of photos, each with words that it is none."""

import io
import random

from PIL import Image, ImageDraw, ImageFont

from gis_portal.typesetting.fonts import font_files

SIZE = (960, 720)
_WORDS, _PLAIN = "ẢNH MINH HỌA", "ANH MINH HOA"


def picture(seed: int, thing: str) -> bytes:
    """A JPEG: sky, sea, sand, and a `fence`, a `shed`, a `stone` or nothing on it."""
    draw_at = random.Random(seed)  # noqa: S311 - a picture, not a secret
    image = Image.new("RGB", SIZE, (168, 206, 222))
    pen = ImageDraw.Draw(image)
    shore = 300 + draw_at.randrange(60)
    pen.rectangle((0, shore - 60, 960, shore), fill=(92, 150, 166))
    pen.rectangle((0, shore, 960, 720), fill=(214, 196, 152))
    for _bush in range(60):
        x, y = draw_at.randrange(960), draw_at.randrange(shore, 720)
        size = 4 + (y - shore) // 22
        green = 96 + draw_at.randrange(60)
        pen.ellipse((x, y - size, x + 2 * size, y + size // 2), fill=(80, green, 70))
    _THINGS[thing](pen, draw_at, shore)
    _say(pen)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


def _fence(pen: ImageDraw.ImageDraw, draw_at: random.Random, shore: int) -> None:
    lean = draw_at.randrange(-40, 40)
    for post in range(11):
        x, foot = 60 + post * 84, shore + 160 + post * 14 + lean
        pen.rectangle((x, foot - 150, x + 10, foot), fill=(96, 72, 52))
        if post:
            for rail in (40, 80, 120):
                pen.line((x - 84, foot - 14 - rail, x, foot - rail), fill=(120, 120, 124), width=4)


def _shed(pen: ImageDraw.ImageDraw, draw_at: random.Random, shore: int) -> None:
    left, foot = 260 + draw_at.randrange(160), shore + 260
    pen.rectangle((left, foot - 190, left + 320, foot), fill=(150, 118, 92))
    pen.polygon(
        [(left - 30, foot - 190), (left + 160, foot - 280), (left + 350, foot - 190)],
        fill=(118, 58, 44),
    )
    pen.rectangle((left + 120, foot - 120, left + 190, foot), fill=(70, 52, 44))


def _stone(pen: ImageDraw.ImageDraw, draw_at: random.Random, shore: int) -> None:
    left, foot = 400 + draw_at.randrange(100), shore + 280
    pen.rectangle((left, foot - 130, left + 80, foot), fill=(204, 204, 200))
    pen.rectangle((left, foot - 130, left + 80, foot - 96), fill=(176, 48, 36))


def _nothing(pen: ImageDraw.ImageDraw, draw_at: random.Random, shore: int) -> None:
    bend = draw_at.randrange(-120, 120)
    pen.line((120, 720, 420 + bend, shore), fill=(178, 158, 118), width=26)


_THINGS = {"fence": _fence, "shed": _shed, "stone": _stone, "nothing": _nothing}


def _say(pen: ImageDraw.ImageDraw) -> None:
    """In letters with their marks where the fonts for paper were made."""
    bold = font_files()[-1]
    words, font = _PLAIN, ImageFont.load_default(34)
    if bold.exists():
        words, font = _WORDS, ImageFont.truetype(str(bold), 34)
    pen.rectangle((0, 0, 330, 58), fill=(255, 233, 176))
    pen.text((18, 8), words, fill=(91, 58, 0), font=font)
