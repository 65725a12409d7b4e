"""The extract as a PDF, and the page that its QR code leads to."""

import base64
import hashlib
import re
import uuid

from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import override
from django.views.decorators.http import require_safe

from gis_portal.parcels.extract.answer import answer_of
from gis_portal.parcels.extract.code import code_of, read_code
from gis_portal.parcels.extract.content import content_of
from gis_portal.parcels.extract.document import etag_of, pdf_of
from gis_portal.parcels.extract.public import public_facts
from gis_portal.parcels.parts import ParcelFacts
from layers.values import fold

# Browsers show a PDF in a page of their own that takes over our policy: with object-src 'none' or
# without styles it stays empty. A PDF runs nothing here.
PDF_POLICY = {"frame-ancestors": ["'none'"], "base-uri": ["'none'"]}


@require_safe
@csp(PDF_POLICY)  # type: ignore[arg-type]  # written for views without arguments
def extract(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """One sheet of A4. Raises UnknownItem, ItemRetired, PaperBusy."""
    language = str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))
    facts, is_public = public_facts(uid, request.user, language)
    content = content_of(facts)
    code = code_of(facts.uid, facts.version_id, language, content)
    check = request.build_absolute_uri(reverse("check", args=[code]))
    address = request.build_absolute_uri(reverse("parcel", args=[facts.uid]))
    mark = hashlib.sha256(f"{etag_of(content)}|{check}".encode()).hexdigest()[:32]
    unchanged = get_conditional_response(request, etag=f'"{mark}"')
    if isinstance(unchanged, HttpResponseNotModified):
        response: HttpResponseBase = unchanged
    else:
        pdf = pdf_of(facts, content, address=address, check=check)
        response = HttpResponse(pdf, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{_file_name(facts)}"'
        digest = base64.b64encode(hashlib.sha256(pdf).digest()).decode()
        response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
        # Keeps GZipMiddleware from packing what is packed: the digest is of these bytes.
        response.headers["Content-Encoding"] = "identity"
    response.headers["ETag"] = f'"{mark}"'
    # Asked again each time: whether it still holds is the point of it.
    response.headers["Cache-Control"] = "public, no-cache" if is_public else "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether an extract still holds. Raises UnknownCode."""
    checked = read_code(code)
    language = str(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE))
    with override(language):
        answer = answer_of(checked, request.user, language)
    response = render(request, "parcels/check.html", {"answer": answer, "checked": checked})
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _file_name(facts: ParcelFacts) -> str:
    """`thua-18-to-8-v3.pdf`."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(facts.identity.title or str(facts.uid))).strip("-")
    return f"{words}-v{facts.version_number}-{facts.language}.pdf"
