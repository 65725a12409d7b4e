"""`/officer/desk/packs/`: what the office has in its packs, what they weigh, who holds them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis_portal.officer.jurisdiction import may_supervise
from gis_portal.officer.packs.chosen import choosable, chosen_layers
from gis_portal.officer.packs.making import call_for, units_with_officers
from gis_portal.officer.packs.models import IMAGERY, LABELS, Choice, Handout
from gis_portal.officer.packs.parts import Office, packs_of
from gis_portal.steward.access import only
from layers.models import AdminUnit


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@only(may_supervise)
def packs_page(request: HttpRequest) -> HttpResponseBase:
    """The choice; a POST makes a new one, and has the packs made of it."""
    if request.method == "POST":
        known = [layer.slug for layer in choosable()]
        Choice.objects.create(
            slugs=[slug for slug in known if slug in request.POST.getlist("layers")],
            imagery="imagery" in request.POST,
            by=request.user,  # type: ignore[misc]  # `only` lets nobody else in
        )
        call_for(units_with_officers())
        messages.success(request, _("Đã lưu. Các gói đang được làm lại."))
        return redirect("officer-desk-packs")
    return _page(request)


def _page(request: HttpRequest) -> HttpResponse:
    language, choice = str(get_language()), Choice.objects.select_related("by").first()
    chosen = {layer.slug for layer in chosen_layers()}
    office = Office.now()
    context = {
        "choices": [
            {"slug": one.slug, "title": one.title(language), "is_chosen": one.slug in chosen}
            for one in choosable()
        ],
        "imagery": choice is None or choice.imagery,
        "choice": choice,
        "office": office,
        "packs": _weights(office) if office is not None else [],
    }
    return render(request, "packs/packs.html", context)


def _weights(office: Office) -> list[dict[str, Any]]:
    """The packs of units that officers have: bytes by part, what is being made, who has it."""
    units = AdminUnit.objects.filter(pk__in=units_with_officers()).order_by("name", "code")
    holders = dict(
        Handout.objects.filter(unit__in=units)
        .values_list("unit")
        .annotate(Count("device", distinct=True))
    )
    return [
        {
            "unit": pack.unit,
            "parts": [(LABELS[kind], part.size) for kind, part in pack.parts.items()],
            "total": sum(part.size for kind, part in pack.parts.items() if kind != IMAGERY),
            "missing": [LABELS[kind] for kind in pack.missing],
            "devices": holders.get(pack.unit.pk, 0),
        }
        for pack in packs_of(office, list(units.defer("geom")), private=False)
    ]
