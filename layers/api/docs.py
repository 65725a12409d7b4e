"""`/api/docs`, `/api/docs/examples` and `/api/docs/errors`: pages for people who write programs.

Swagger UI comes from this server (drf-spectacular-sidecar) and starts from a script file of its
own: the portal's Content-Security-Policy allows no inline script.
"""

from collections.abc import Iterator
from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from layers.api.examples import examples_of
from layers.api.openapi import document
from layers.api.people import around
from layers.api.resource import language
from layers.errors import PortalError, every_error

METHODS = ("get", "post", "put", "patch", "delete")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The list of operations as plain HTML, and Swagger UI over it where scripts run."""
    context = {
        **around(request),
        "title": _("Tài liệu API"),
        "json_address": "",
        "document": f"{reverse('api-openapi')}?lang={language()}",
        "operations": list(operations()),
    }
    return render(request, "layers/api/docs.html", context)


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """The table of error codes; each has an anchor that problem documents point at."""
    # Rows, not classes: a template calls whatever is callable.
    table = [
        {"code": error.code, "status": error.status, "title": error.title, "hint": error.hint}
        for error in sorted(known_errors(), key=lambda error: (error.status, error.code))
    ]
    context = {
        **around(request),
        "title": _("Bảng mã lỗi"),
        "json_address": "",
        "errors": table,
    }
    return render(request, "layers/api/errors.html", context)


@require_safe
def examples(request: HttpRequest) -> HttpResponse:
    """Programs to copy and run, with this server's own addresses in them."""
    context = {
        **around(request),
        "title": _("Ví dụ chép là chạy"),
        "json_address": "",
        "examples": examples_of(request),
    }
    return render(request, "layers/api/examples.html", context)


def known_errors() -> list[type[PortalError]]:
    """Every named error once, by its code."""
    return list({error.code: error for error in every_error()}.values())


def operations() -> Iterator[dict[str, str]]:
    """Path, method and summary of every operation, in the reader's language."""
    found = chain.from_iterable(
        ((path, method, item[method]) for method in METHODS if method in item)
        for path, item in document(language())["paths"].items()
    )
    for path, method, operation in found:
        yield {"path": path, "method": method.upper(), "summary": operation.get("summary", "")}
