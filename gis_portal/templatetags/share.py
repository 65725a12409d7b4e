"""What messengers and social networks read of a page: title, picture, its own address."""

from typing import Any
from uuid import UUID

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

register = template.Library()


@register.inclusion_tag("components/opengraph.html", takes_context=True)
def share_card(
    context: dict[str, Any], card: str, uid: UUID, title: str, place: str = "", *state: object
) -> dict[str, str]:
    """`card` names the address of the picture. `state`: what the card changes with (version,
    stage), so that those who keep pictures for ever ask for the next one.
    """
    request: HttpRequest = context["request"]
    language = str(context.get("language", "vi"))
    asked = urlencode({"lang": language, "v": "-".join(map(str, state))})
    return {
        "title": ", ".join(filter(None, (str(title), place))),
        "address": request.build_absolute_uri(request.path),
        "picture": request.build_absolute_uri(f"{reverse(card, args=[uid])}?{asked}"),
        "locale": "en_GB" if language == "en" else "vi_VN",
    }
