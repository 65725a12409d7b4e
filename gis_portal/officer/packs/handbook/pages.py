"""The pages of the handbook: those that ship with the portal, and the office's own over them.

A shipped page is one file, `pages/<slug>.<language>.md`: its first line the title. What somebody
writes is a row; rows are never changed, so what a page said at a time can be told. A page that
nobody touched follows the portal's own text with each release.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gis_portal.officer.packs.handbook.lists import LAWS, codes, laws
from gis_portal.officer.packs.handbook.markdown import as_blocks
from gis_portal.officer.packs.models import HandbookPage
from layers import landuse

PAGES = Path(__file__).parent / "pages"
PROCEDURE, LAND, LAW = "procedure", "land", "law"
SECTIONS = (PROCEDURE, LAND, LAW)
# Shipped pages in their order, with their sections.
SHIPPED = {
    "encroachment": PROCEDURE,
    "inspection": PROCEDURE,
    "boundaries": PROCEDURE,
    "life-cycle": LAND,
    "land-codes": LAND,
    "records": LAND,
    "legal-texts": LAW,
    "personal-data": LAW,
}
REVISION = 1


@dataclass(frozen=True)
class Page:
    """A page as it holds now."""

    slug: str
    section: str
    position: int
    title_vi: str
    title_en: str
    body_vi: str
    body_en: str
    changed_at: dt.datetime | None = None
    changed_by: str = ""
    is_hidden: bool = False

    def title(self, language: str) -> str:
        """English where there is one."""
        return self.title_en if language == "en" and self.title_en else self.title_vi

    def body(self, language: str) -> str:
        """Markdown; English where there is one."""
        return self.body_en if language == "en" and self.body_en else self.body_vi

    @property
    def is_shipped(self) -> bool:
        """The portal brings a text of its own for it."""
        return self.slug in SHIPPED


@cache
def shipped() -> dict[str, Page]:
    """The portal's own pages by slug."""
    return {
        slug: Page(slug, section, position * 10, *_texts(slug))
        for position, (slug, section) in enumerate(SHIPPED.items(), 1)
    }


def _texts(slug: str) -> tuple[str, str, str, str]:
    found = []
    for language in ("vi", "en"):
        text = (PAGES / f"{slug}.{language}.md").read_text(encoding="utf-8")
        title, _, body = text.partition("\n")
        found.append((title.removeprefix("# ").strip(), body.strip() + "\n"))
    (title_vi, body_vi), (title_en, body_en) = found
    return title_vi, title_en, body_vi, body_en


def all_pages(*, hidden: bool = False) -> list[Page]:
    """What is in the handbook now, in its order; with `hidden` also what was taken out. One
    query.
    """
    found = dict(shipped())
    rows = HandbookPage.objects.select_related("by").order_by("slug", "-id").distinct("slug")
    for row in rows:
        if row.is_shipped and row.slug in found:
            continue
        found[row.slug] = Page(
            row.slug, row.section, row.position, row.title_vi, row.title_en, row.body_vi,
            row.body_en, row.at, row.by.get_username() if row.by else "", row.is_hidden,
        )  # fmt: skip
    ordered = sorted(found.values(), key=lambda p: (_rank(p.section), p.position, p.slug))
    return [page for page in ordered if hidden or not page.is_hidden]


def _rank(section: str) -> int:
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS)


def history(slug: str) -> list[HandbookPage]:
    """Who changed a page when, newest first."""
    return list(HandbookPage.objects.filter(slug=slug).select_related("by").order_by("-id"))


def handbook_key() -> str:
    """Changes whenever the handbook's bytes would. One query."""
    newest = HandbookPage.objects.order_by("-id").values_list("pk", flat=True).first()
    return f"{REVISION} {newest} {_shipped_digest()}"


@cache
def _shipped_digest() -> str:
    digest = hashlib.sha256()
    for path in (*sorted(PAGES.glob("*.md")), LAWS, landuse.REFERENCE):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def handbook_document(today: dt.date) -> dict[str, Any]:
    """What the part holds."""
    pages = all_pages()
    changed = [page.changed_at.date() for page in pages if page.changed_at]
    return {
        "as_of": (max(changed) if changed else today).isoformat(),
        "pages": [
            {
                "slug": page.slug,
                "section": page.section,
                "title": {"vi": page.title_vi, "en": page.title("en")},
                "markdown": {"vi": page.body_vi, "en": page.body("en")},
                "blocks": {"vi": as_blocks(page.body_vi), "en": as_blocks(page.body("en"))},
                "changed_at": page.changed_at.isoformat() if page.changed_at else None,
            }
            for page in pages
        ],
        "codes": codes(),
        "laws": laws(),
    }
