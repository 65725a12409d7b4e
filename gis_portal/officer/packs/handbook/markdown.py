"""Markdown of the handbook, for two readers: a page of the portal, and the app on the phone.

HTML in the text is text. For a page it is written by markdown-it and cleaned by nh3; for the app it
is taken apart into blocks, so that the app needs neither a parser nor `innerHTML`.
"""

from typing import Any

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

TAGS = {
    "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "hr",
    "br", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
SCHEMES = {"https", "http", "mailto", "tel"}
_FRAME = (
    '<div class="table-scroll" tabindex="0" role="region" aria-label="{}"><table class="table">'
)
_MARKS = {"strong": "b", "em": "i"}
_reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "html_block"])
Block = dict[str, Any]
Inline = list[Any]


def as_page(text: str) -> SafeString:
    """HTML for a page: nothing in it but what `TAGS` names. The page has the only first heading."""
    html = _reader.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES)
    # Tables are wider than a phone: they scroll in a frame of their own.
    frame = format_html(_FRAME, _("Bảng"))
    framed = clean.replace("<table>", frame).replace("</table>", "</table></div>")
    return mark_safe(framed)  # noqa: S308 - cleaned above, and a frame of our own


def as_blocks(text: str) -> list[Block]:
    """The same text as blocks; docs/officer.md names them."""
    return _blocks(SyntaxTreeNode(_reader.parse(text)).children)


def _blocks(nodes: list[SyntaxTreeNode]) -> list[Block]:
    return [block for node in nodes if (block := _block(node)) is not None]


def _block(node: SyntaxTreeNode) -> Block | None:
    made: Block | None = None
    match node.type:
        case "heading":
            made = {"t": "h", "l": max(2, int(node.tag[1:])), "c": _inline(node)}
        case "paragraph":
            made = {"t": "p", "c": _inline(node)}
        case "bullet_list" | "ordered_list":
            kind = "ul" if node.type == "bullet_list" else "ol"
            made = {"t": kind, "i": [_blocks(item.children) for item in node.children]}
        case "blockquote":
            made = {"t": "quote", "b": _blocks(node.children)}
        case "fence" | "code_block":
            made = {"t": "code", "s": node.content}
        case "hr":
            made = {"t": "hr"}
        case "table":
            made = _table(node)
    return made


def _table(node: SyntaxTreeNode) -> Block:
    rows = [
        [_inline(cell) for cell in row.children] for part in node.children for row in part.children
    ]
    return {"t": "table", "head": rows[0], "rows": rows[1:]}


def _inline(node: SyntaxTreeNode) -> Inline:
    """The texts of a heading, a paragraph or a cell."""
    return [each for child in node.children for each in _texts(child)]


def _texts(node: SyntaxTreeNode) -> Inline:
    match node.type:
        case "text" | "softbreak":
            text = node.content if node.type == "text" else " "
            return [text] if text else []
        case "hardbreak":
            return [{"t": "br"}]
        case "code_inline":
            return [{"t": "code", "c": [node.content]}]
        case "strong" | "em":
            return [{"t": _MARKS[node.type], "c": _inline(node)}]
        case "link":
            return [_link(node)]
    return _inline(node)


def _link(node: SyntaxTreeNode) -> Block:
    href = str(node.attrs.get("href", ""))
    scheme = href.partition(":")[0].lower()
    if scheme not in SCHEMES:
        return {"t": "i", "c": _inline(node)}
    return {"t": "a", "href": href, "c": _inline(node)}
