"""The small map of one layer on pages whose views are below the portal (`layers.api.pages`)."""

from typing import Any

from django import template
from django.template.context import Context

from gis_portal.maps.client import client_config
from layers.catalogue import layer_by_slug

register = template.Library()


@register.simple_tag(takes_context=True)
def layer_map(context: Context, slug: str) -> dict[str, Any]:
    """What the map's script needs to know of the layer. Raises UnknownLayer."""
    request = context["request"]
    layer = layer_by_slug(slug, request.user)
    return client_config([layer], str(context["language"]), only=slug)
