"""How a failure is shown: problem+json (RFC 9457) to programs, a page in plain words to people."""

import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from layers.api.people import prefers_pages
from layers.api.render import problem
from layers.errors import PortalError

PROGRAM_PATHS = ("/api/", "/tiles/", "/imagery/", "/officer/api/", "/style.json", "/crs.json")
# What programs read of a planner's result lies beside the pages of people.
_RESULTS = re.compile(r"/planner/(qgis/|runs/[^/]+/(ogc/|tiles|.*table\.))")


def for_programs(request: HttpRequest) -> bool:
    """Documents that programs read, wherever they are."""
    path = request.path
    if path.startswith(PROGRAM_PATHS) or path.endswith("/style.json"):
        return True
    return _RESULTS.match(path) is not None


def answer(request: HttpRequest, error: PortalError) -> HttpResponseBase:
    """The right form of the failure for whoever asked."""
    if for_programs(request) and not prefers_pages(request):
        return problem(error)
    response = render(request, "error.html", {"error": error}, status=error.status)
    # As problem documents: what went wrong now is no answer for later.
    response.headers["Cache-Control"] = "no-store"
    return response


class PageNotFound(PortalError):
    """No such address."""

    code, status = "not-found", 404

    def __init__(self) -> None:
        super().__init__()
        self.title = _("Không có trang này")
        self.hint = _("Kiểm tra lại địa chỉ, hoặc quay về bản đồ.")


class UnreadableRequest(PortalError):
    """Not to be read at all: more than a thousand parameters, megabytes where a wish belongs, a
    name of the server that is none of ours.
    """

    code, status = "unreadable-request", 400
    title = gettext_lazy("Máy chủ không đọc được yêu cầu này")
    hint = gettext_lazy("Viết ít tham số hơn, gửi ít dữ liệu hơn, và dùng đúng tên máy chủ.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler400: what Django refuses before any view. The page's frame may not be made of such a
    request: plain words instead.
    """
    error = UnreadableRequest()
    if for_programs(request):
        return problem(error)
    text = f"{error.title}. {error.hint}"
    return HttpResponse(text, status=error.status, content_type="text/plain; charset=utf-8")


class FormExpired(PortalError):
    """A form without the token that shows that a page of ours sent it."""

    code, status = "form-expired", 403
    title = gettext_lazy("Biểu mẫu này đã hết hạn")
    hint = gettext_lazy("Mở lại trang rồi gửi lại. Trình duyệt cần nhận cookie của trang này.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """CSRF_FAILURE_VIEW: the reason is for the log, which has it."""
    return answer(request, FormExpired())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler404."""
    return answer(request, PageNotFound())


def server_error(request: HttpRequest) -> HttpResponseBase:
    """handler500: never a stack trace; the log has it."""
    if for_programs(request):
        return problem(PortalError())
    try:
        return render(request, "error.html", {"error": PortalError()}, status=500)
    except Exception:  # noqa: BLE001 - the error page itself must not fail
        return HttpResponse(str(PortalError.title), status=500, content_type="text/plain")
