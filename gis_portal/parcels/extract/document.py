"""The extract as data for its template, and as a PDF.

`plans`: one plan for each height that the page may leave for it, the largest first; the template
takes the first that fits. Nothing here depends on the clock: the same content at the same address
gives the same bytes.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings

from gis_portal.parcels.answers import ORDER
from gis_portal.parcels.extract.around import parcels_within
from gis_portal.parcels.extract.content import Content
from gis_portal.parcels.extract.plan import frame_of, plan_of
from gis_portal.parcels.extract.words import answer_words, labels, more_parts
from gis_portal.parcels.parts import ParcelFacts
from gis_portal.templatetags.portal import day, distance, number
from gis_portal.typesetting.sheet import set_sheet
from layers.models.catalogue import marked

TEMPLATE = Path(__file__).resolve().parent / "extract.typ"
# mm; the page is A4 with margins of 13 mm.
PLAN_WIDTH = 116.0
PLAN_HEIGHTS = (128.0, 108.0, 90.0, 72.0, 58.0)
# Parts of one restricting layer that are printed, for each of the plans.
PARTS_SHOWN = (8, 6, 5, 3, 1)
# Corners that two pages hold; more stand on the parcel's page.
MOST_CORNERS = 225


def pdf_of(facts: ParcelFacts, content: Content, *, address: str, check: str) -> bytes:
    """The finished extract; `address` of the parcel's page, `check` of the check page.

    Raises PaperBusy.
    """
    data = document_of(facts, content, address=address, check=check)
    key = hashlib.sha256(f"{etag_of(content)}|{check}|{address}".encode()).hexdigest()
    return set_sheet(TEMPLATE, data, "pdf", key)


def etag_of(content: Content) -> str:
    """Content and form: the PDF of one address is the same while this is."""
    return hashlib.sha256(content.sha256 + _form()).hexdigest()[:32]


def document_of(
    facts: ParcelFacts, content: Content, *, address: str, check: str
) -> dict[str, Any]:
    """All texts and positions of the sheet."""
    words = labels()
    language = facts.language
    name = settings.PORTAL_NAME_EN if language == "en" else settings.PORTAL_NAME_VI
    return {
        "language": language,
        "words": words,
        "portal": name,
        "title": facts.identity.title or facts.layer_title,
        "layer": facts.layer_title,
        "unit": _where(facts),
        "illustrative": facts.illustrative,
        "record": content.parts["record"],
        "areas": content.parts["areas"],
        "converted": words["converted"] if facts.areas.is_converted else "",
        "uses": content.parts["uses"],
        "plans": _plans(facts),
        "overlays": [_overlays(content, most) for most in PARTS_SHOWN],
        "corners": _corner_lines(content.parts["shape"], words),
        "corners_more": max(0, facts.corner_count - MOST_CORNERS),
        "around": _surroundings(content, words),
        "foot": _foot(facts, words),
        "address": address,
        "check": check,
        "qr": qr_of(check),
        "sha256": content.sha256.hex(),
        "mark": _mark(),
    }


def _plans(facts: ParcelFacts) -> list[dict[str, Any]]:
    """One for each height; one look at the ground around serves all."""
    frames = [frame_of(facts.corners, PLAN_WIDTH, height) for height in PLAN_HEIGHTS]
    # Lower frames may come to a smaller scale, which shows more ground across.
    west, south, east, north = zip(*(frame.ground for frame in frames), strict=True)
    widest = (min(west), min(south), max(east), max(north))
    around = parcels_within(facts, widest, max(frame.scale for frame in frames))
    return [plan_of(facts, frame, around) for frame in frames]


def _where(facts: ParcelFacts) -> str:
    unit = facts.identity.unit
    return ", ".join(filter(None, (unit.name, unit.province))) if unit else ""


def _overlays(content: Content, most: int) -> list[dict[str, Any]]:
    """The layers in the order of reading: what concerns, what is not known, what is not there."""
    rows = [_overlay(row, most) for row in content.parts["overlays"]]
    return sorted(rows, key=lambda row: ORDER.index(row["answer"]))


def _overlay(row: list[Any], most: int) -> dict[str, Any]:
    """A restricting layer's lines, at most so many parts of it."""
    _slug, title, answer, reason, area, share, parts, slivers, date = row
    shown = parts if len(parts) <= most + 1 else parts[:most]
    return {
        "title": title,
        "answer": answer,
        "words": answer_words(answer, reason),
        "area": area,
        "share": share,
        "parts": shown,
        "more": more_parts(len(parts) - len(shown)) if len(shown) < len(parts) else "",
        "slivers": slivers,
        "date": date,
    }


def _corner_lines(rings: list[Any], words: dict[str, str]) -> list[list[str]]:
    """Rows of four, or of one that heads a ring where there are several."""
    lines: list[list[str]] = []
    for part, is_hole, corners in rings:
        if len(rings) > 1:
            lines.append([f"{words['piece']} {part}" + (f": {words['hole']}" if is_hole else "")])
        lines += corners
    return lines[:MOST_CORNERS]


def _surroundings(content: Content, words: dict[str, str]) -> list[Any]:
    neighbours, nearest = content.parts["around"]
    nothing = distance(0.0)
    return [
        neighbours,
        [[title, layer, words["upon"] if far == nothing else far] for title, layer, far in nearest],
    ]


def _foot(facts: ParcelFacts, words: dict[str, str]) -> list[list[str]]:
    source = marked(facts.source, facts.language, illustrative=facts.illustrative)
    rows = [
        (words["version"], f"{number(facts.version_number)} · {facts.layer_title}"),
        (words["data_date"], day(facts.data_date)),
        (words["source"], source),
        (words["decision"], facts.decision),
    ]
    return [[label, text] for label, text in rows if text]


def qr_of(address: str) -> str:
    """The address as a QR code, as SVG."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(scale=1, border=0, omitsize=True, dark="#07404d"))


@cache
def _mark() -> str:
    """The portal's mark, as SVG."""
    path = Path(settings.BASE_DIR) / "gis_portal" / "static" / "gis_portal" / "mark.svg"
    return path.read_text(encoding="utf-8")


@cache
def _form() -> bytes:
    """A digest of how it looks: template and fonts, and the code that places things."""
    digest = hashlib.sha256()
    for file in sorted(TEMPLATE.parent.glob("*.*")):
        if file.suffix in (".typ", ".py"):
            digest.update(file.read_bytes())
    return digest.digest()
