"""`/follow/…`: the three ways to follow, and what the links of mails lead to.

A link alone changes nothing: mail scanners open links. The pages ask, and a POST does it.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gis_portal.auctions.asked import read
from gis_portal.follow.asking import (
    PEACE_DAYS,
    Wish,
    ask,
    confirm,
    is_refused,
    stop,
    waiting,
)
from gis_portal.follow.errors import TooManyFollows
from gis_portal.follow.letters import follow_words, public_lots
from gis_portal.follow.links import read_confirm, read_stop
from gis_portal.follow.narrowing import Chosen, choose, read_circle, read_uid
from gis_portal.follow.sending import can_mail
from gis_portal.maps.package_views import communes
from layers.models import AdminUnit
from layers.ondemand.asking import asker_of

_PURPOSE = "follow"
# Boxes of the list that name a unit, or do not narrow.
_OF_UNITS = {"unit", "place", "sort", "lang"}
RADII = ((500, "500 m"), (1000, "1 km"), (2000, "2 km"), (5000, "5 km"), (10_000, "10 km"))


class AddressForm(forms.Form):
    """One address, and a box that people do not see."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail của bạn"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Viết địa chỉ e-mail."),
            "invalid": gettext_lazy("Viết địa chỉ e-mail, ví dụ ten@example.vn."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "aria-describedby": "error-email"}),
    )
    website = forms.CharField(required=False, max_length=200)

    def clean_email(self) -> str:
        """Of a mailbox somewhere else: no quoted names, no numbers, not this machine's own."""
        address = str(self.cleaned_data["email"])
        name, _at, domain = address.rpartition("@")
        if '"' in name or "." not in domain or domain.startswith("["):
            raise forms.ValidationError(_("Viết địa chỉ e-mail, ví dụ ten@example.vn."))
        return address

    def clean_website(self) -> str:
        """Filled in by a program."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Để trống ô này rồi gửi lại."))
        return ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What is followed is in the address. Raises as `choose`, TooManyFollows never: it is said."""
    chosen = choose(request.GET, timezone.now())
    wish = _wish(request.GET) if can_mail() else None
    form = AddressForm(request.POST if request.method == "POST" else None)
    status, is_sent = 200, False
    if request.method == "POST" and wish is not None:
        if form.is_valid():
            try:
                address = form.cleaned_data["email"]
                ask(wish, address, str(request.LANGUAGE_CODE), asker_of(request, _PURPOSE))
                # The next at this phone does not read who asked before.
                form, is_sent = AddressForm(), True
            except TooManyFollows as error:
                form.add_error("email", f"{error.title}. {error.hint}")
                status = error.status
        else:
            status = 422
    return render(
        request, "follow/new.html", _context(request, chosen, wish, form, is_sent), status=status
    )


def _context(
    request: HttpRequest, chosen: Chosen, wish: Wish | None, form: AddressForm, is_sent: bool
) -> dict[str, Any]:
    # Calendars and readers of news bring no cookie: the address says the language.
    language = str(request.LANGUAGE_CODE)
    spoken = "" if language == settings.LANGUAGE_CODE else f"lang={language}"
    said = "&".join(filter(None, (_without_language(chosen.query), spoken)))
    query = f"?{said}" if said else ""
    calendar = request.build_absolute_uri(f"{reverse('auctions-calendar')}{query}")
    return {
        "chosen": chosen,
        "count": len(chosen.lots),
        "wish": wish,
        "form": form,
        "is_sent": is_sent,
        "can_mail": can_mail(),
        "feed": request.build_absolute_uri(f"{reverse('auctions-feed')}{query}"),
        "calendar": calendar,
        # What phones open in their calendar.
        "webcal": calendar.replace("https://", "webcal://", 1).replace("http://", "webcal://", 1),
        # All of them: who waits for the first lot of a commune is told of it, too.
        "units": communes(),
        "radii": RADII,
        "asked": request.GET,
        "hours": settings.PORTAL_FOLLOW_CONFIRM_HOURS,
        "each": settings.PORTAL_FOLLOWS_EACH,
    }


def _without_language(query: str) -> str:
    return "&".join(part for part in query.split("&") if not part.startswith("lang="))


def _wish(query: QueryDict) -> Wish | None:
    """What a mail can tell of: one lot, one circle, one unit. Of more it is None."""
    uid, circle = read_uid(query), read_circle(query)
    asked = read(query)
    named = [uid, circle, asked.place]
    if sum(each is not None for each in named) != 1 or asked.values.keys() - _OF_UNITS:
        return None
    if asked.place is None:
        return Wish(uid=uid, circle=circle)
    code = asked.values.get("unit", "")
    if not code and len(asked.place.unit_ids) == 1:
        code = AdminUnit.objects.get(pk=min(asked.place.unit_ids)).code
    return Wish(unit_code=code) if code and len(code) <= 10 else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmed(request: HttpRequest, token: str) -> HttpResponse:
    """Raises LinkExpired."""
    follow_id = read_confirm(token)
    follow = confirm(follow_id) if request.method == "POST" else waiting(follow_id)
    context = {
        "what": follow_words(follow, public_lots()),
        "is_done": follow.confirmed_at is not None,
    }
    return _private(render(request, "follow/confirm.html", context))


# RFC 8058: mail programs post without a page of ours; the link's signature is what counts.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stopped(request: HttpRequest, token: str) -> HttpResponse:
    """Raises LinkExpired. Twice is as good as once."""
    what = read_stop(token)
    is_done = request.method == "POST"
    if is_done:
        stop(what)
    context = {
        "is_done": is_done,
        "is_all": what.follow_id is None,
        "peace_days": PEACE_DAYS if is_refused(what.reader) else 0,
    }
    return _private(render(request, "follow/stop.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """The address of the page is a key."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
