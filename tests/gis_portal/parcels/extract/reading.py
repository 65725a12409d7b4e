"""What a reader finds in a PDF: words, fonts, the address in its QR code."""

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import zxingcpp
from pypdf import PdfReader


def opened(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def words(pdf: bytes) -> str:
    """All of the text, in one form, without the breaks of lines."""
    return squeezed("\n".join(page.extract_text() for page in opened(pdf).pages))


def squeezed(text: str) -> str:
    """Lines break anywhere, and a table's cells stand close: blanks do not count."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def fonts_without_file(pdf: bytes) -> list[str]:
    """Fonts that the file only names; with them the reader's machine would choose."""
    files = {"/FontFile", "/FontFile2", "/FontFile3"}
    return [str(font["/BaseFont"]) for font in _fonts(pdf) if not files & set(_described(font))]


def fonts(pdf: bytes) -> set[str]:
    """What the fonts are called, without the mark of a subset."""
    return {str(font["/BaseFont"]).partition("+")[2] for font in _fonts(pdf)}


def _fonts(pdf: bytes) -> Iterator[Any]:
    for page in opened(pdf).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            yield inner.get_object()


def _described(font: Any) -> Any:
    return font["/FontDescriptor"].get_object()


def qr_path(pdf: bytes, page: int = 0) -> str:
    """The path that a phone's camera finds on the printed page (150 dots an inch)."""
    image = pypdfium2.PdfDocument(pdf)[page].render(scale=150 / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(image)
    return urlsplit(code.text).path
