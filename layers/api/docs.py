"""`/api/docs` and `/api/docs/errors`: pages for people who write programs.

Swagger UI comes from this server (drf-spectacular-sidecar) and starts from a script file of its
own: the portal's Content-Security-Policy allows no inline script.
"""

from collections.abc import Iterator
from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from layers.api.openapi import document
from layers.errors import PortalError, every_error

METHODS = ("get", "post", "put", "patch", "delete")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The list of operations as plain HTML, and Swagger UI over it where scripts run."""
    return render(request, "layers/api/docs.html", {"operations": list(operations())})


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """The table of error codes; each has an anchor that problem documents point at."""
    # Rows, not classes: a template calls whatever is callable.
    table = [
        {"code": error.code, "status": error.status, "title": error.title, "hint": error.hint}
        for error in sorted(known_errors(), key=lambda error: (error.status, error.code))
    ]
    return render(request, "layers/api/errors.html", {"errors": table})


def known_errors() -> list[type[PortalError]]:
    """Every named error once, by its code."""
    return list({error.code: error for error in every_error()}.values())


def operations() -> Iterator[dict[str, str]]:
    """Path, method and summary of every operation."""
    found = chain.from_iterable(
        ((path, method, item[method]) for method in METHODS if method in item)
        for path, item in document()["paths"].items()
    )
    for path, method, operation in found:
        yield {"path": path, "method": method.upper(), "summary": operation.get("summary", "")}
