"""`/steward/keys/`: keys with which programs of this person send files to the API."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from gis_portal.errors import PageNotFound
from gis_portal.steward.access import may_upload, only
from gis_portal.steward.inputs import check_text
from importers.api.models import ACTIONS, ANALYSE, CANCEL, CHECK, DAYS, READ, STAGE, ApiKey
from layers.catalogue import visible_layers
from layers.models import Layer

WORDS = {
    READ: _("Xem các lần nạp"),
    CHECK: _("Gửi tệp để kiểm tra"),
    STAGE: _("Gửi tệp để chờ duyệt"),
    CANCEL: _("Hủy một lần nạp"),
    # Made on the page of planners, by whoever is both.
    ANALYSE: _("Đặt câu hỏi phân tích"),
}
LIFETIMES = (30, DAYS, 180, 366)


@dataclass
class Wish:
    """A key as the form asks for it; `errors` says by box what is missing."""

    name: str = ""
    actions: list[str] = field(default_factory=lambda: [READ, CHECK, STAGE])
    layers: list[str] = field(default_factory=list)
    days: int = DAYS
    errors: dict[str, Any] = field(default_factory=dict)


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_upload)
def keys(request: HttpRequest) -> HttpResponseBase:
    """The person's keys; a POST makes one, whose text is shown this once."""
    if request.method != "POST":
        return _page(request, Wish())
    check_text(request.POST)
    wish = _wish(request)
    if wish.errors:
        return _page(request, wish)
    layers = Layer.objects.filter(slug__in=wish.layers)
    made = ApiKey.make(
        _person(request), wish.name, actions=wish.actions, layers=layers, days=wish.days
    )
    return _page(request, Wish(), made[1])


def _wish(request: HttpRequest) -> Wish:
    """What the form says; what nobody offered is as if it was not said."""
    known = {layer.slug for layer in visible_layers(request.user)}
    days = request.POST.get("days", "")
    wish = Wish(
        name=request.POST.get("name", "").strip()[:80],
        actions=[action for action in ACTIONS if action in request.POST.getlist("actions")],
        layers=[slug for slug in request.POST.getlist("layers") if slug in known],
        days=int(days) if days in map(str, LIFETIMES) else DAYS,
    )
    if not wish.name:
        wish.errors["name"] = _("Ghi khóa dùng cho việc gì.")
    if not wish.actions:
        wish.errors["actions"] = _("Chọn ít nhất một việc.")
    # Less than what was asked for is no key for all layers.
    if len(wish.layers) < len(set(request.POST.getlist("layers"))):
        wish.errors["layers"] = _("Có lớp không còn; hãy chọn lại.")
    return wish


def _person(request: HttpRequest) -> User:
    """Who is signed in: `only` let nobody else in."""
    if not isinstance(request.user, User):
        raise PageNotFound
    return request.user


def _page(request: HttpRequest, wish: Wish, made: str = "") -> HttpResponse:
    found = ApiKey.objects.filter(user=_person(request)).prefetch_related("layers")
    context = {
        "keys": [
            {
                "key": key,
                "actions": [WORDS[action] for action in key.actions if action in WORDS],
                "layers": list(key.layers.all()),
                "is_expired": key.is_expired,
            }
            for key in found
        ],
        "made": made,
        "wish": wish,
        "actions": [(action, WORDS[action]) for action in ACTIONS],
        "layers": list(visible_layers(request.user)),
        "lifetimes": LIFETIMES,
    }
    return render(request, "steward/keys.html", context)


@require_POST
@only(may_upload)
def revoke(request: HttpRequest, number: int) -> HttpResponseBase:
    """The key opens nothing from now on; another person's key is left alone."""
    for key in ApiKey.objects.filter(pk=number, user=_person(request), revoked_at=None):
        key.revoke()
    return redirect("steward-keys")
