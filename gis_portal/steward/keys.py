"""`/steward/keys/`: keys with which programs of this person send files to the API."""

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gis_portal.errors import PageNotFound
from gis_portal.steward.access import may_upload, only
from gis_portal.steward.inputs import check_text
from importers.api.models import ApiKey


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_upload)
def keys(request: HttpRequest) -> HttpResponseBase:
    """The person's keys; a POST makes one, whose text is shown this once."""
    made = ""
    if request.method == "POST":
        check_text(request.POST)
        name = request.POST.get("name", "").strip()[:80]
        if name:
            made = ApiKey.make(_person(request), name)[1]
    return _page(request, made)


def _person(request: HttpRequest) -> User:
    """Who is signed in: `only` let nobody else in."""
    if not isinstance(request.user, User):
        raise PageNotFound
    return request.user


def _page(request: HttpRequest, made: str) -> HttpResponse:
    found = ApiKey.objects.filter(user=_person(request))
    return render(request, "steward/keys.html", {"keys": found, "made": made})


@require_POST
@only(may_upload)
def revoke(request: HttpRequest, number: int) -> HttpResponseBase:
    """The key opens nothing from now on; another person's key is left alone."""
    for key in ApiKey.objects.filter(pk=number, user=_person(request), revoked_at=None):
        key.revoke()
    return redirect("steward-keys")
