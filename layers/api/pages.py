"""What the pages of resources say: words, figures and addresses made of the JSON that they show.

Templates are `layers/templates/layers/api/`; they stand alone, and the portal puts its own frame
around them (`gis_portal/templates/layers/api/base.html`).
"""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from rest_framework.request import Request

from layers.api.page_filters import files_of, filters_in_words, form_of, without
from layers.api.people import Json, Page
from layers.api.resource import language, links_if_there
from layers.catalogue import layer_by_slug
from layers.definition import Field, LayerDefinition
from layers.durations import interval_text
from layers.models import Layer, VersionChange
from layers.search.results import title_of
from layers.values import LOCAL_TIME, group_digits

Context = dict[str, Any]
Facts = list[tuple[str, str]]
# Columns that a table shows beside name, unit and size; one feature's page shows all.
COLUMNS = 6
ROWS, MOST_ROWS = 25, 200


def landing(request: Request, body: Json) -> Context:
    """The service: its addresses by what people want of them."""
    return {
        "title": body["title"],
        "places": links_if_there(request, ("home", "home", "text/html")),
        "links": _shown(request, body["links"]),
    }


def _shown(request: Request, links: list[Json]) -> list[Json]:
    """Links for a narrow table: addresses of our own without the host, relations by their last
    word.
    """
    host = request.build_absolute_uri("/")[:-1]
    return [
        {**at, "rel": at["rel"].rpartition("/")[2], "path": at["href"].removeprefix(host)}
        for at in links
    ]


def conformance(_request: Request, body: Json) -> Context:
    """The classes, by their standard."""
    standards: dict[str, list[str]] = {}
    for name in body["conformsTo"]:
        standard, _conf, short = name.partition("/conf/")
        standards.setdefault(standard, []).append(short)
    return {"title": _("Chuẩn mà dịch vụ này theo"), "standards": standards}


def collections(_request: Request, body: Json) -> Context:
    """The layers, one a card."""
    return {
        "title": _("Các lớp dữ liệu mở"),
        "cards": [
            {
                **found,
                "address": reverse("api-collection", args=[found["id"]]),
                "figures": _size(found),
                "day": day(found["data_date"]),
            }
            for found in body["collections"]
        ],
    }


def collection(request: Request, body: Json) -> Context:
    """One layer: what, whose, how old, and all that can be asked of it."""
    shapes = {"point": _("điểm"), "line": _("đường"), "polygon": _("vùng")}
    facts: Facts = [
        (_("Số đối tượng"), number(body["feature_count"])),
        (_("Tổng diện tích"), _sized(body["area_ha"], 2, "ha")),
        (_("Tổng chiều dài"), _sized(body["length_km"], 2, "km")),
        (_("Kiểu hình"), shapes.get(body["geometry"], "")),
        (_("Ngày dữ liệu"), day(body["data_date"])),
        (_("Công bố lúc"), day(body["published_at"])),
        (_("Phiên bản"), str(body["version"])),
        (_("Số quyết định"), body["decision_no"]),
        (_("Cơ quan quản lý"), body["owner"]),
        (_("Nguồn"), body["source"]),
        (_("Giấy phép"), body["licence"]),
        (_("Ghi nguồn là"), body["attribution"]),
        (_("Chu kỳ cập nhật"), interval_text(body["update_interval"])),
    ]
    return {
        "title": body["title"],
        "slug": body["id"],
        "facts": [(name, value) for name, value in facts if value],
        "links": _shown(
            request, [at for at in body["links"] if at["rel"] not in ("self", "enclosure")]
        ),
        "files": [at for at in body["links"] if at["rel"] == "enclosure"],
        "crumbs": _crumbs(),
    }


def changes(request: Request, body: Json) -> Context:
    """What came, changed and went, one feature a row."""
    layer = _layer(request)
    words = dict(VersionChange._meta.get_field("what").flatchoices)
    links = {at["rel"]: at["href"] for at in body["links"]}
    return {
        "title": _("Những gì đã thay đổi"),
        "layer_title": layer.title(language()),
        "slug": layer.slug,
        "since": _published(body["since"]),
        "until": _published(body["until"]),
        "rows": [
            {
                "uid": found["uid"],
                "words": words.get(found.get("what", found["change"]), found["change"]),
                "is_there": found["change"] != VersionChange.REMOVED,
                "successors": found.get("successors", []),
            }
            for found in body["changes"]
        ],
        "next": links.get("next", ""),
        "crumbs": _crumbs(layer),
    }


def _published(version: Json | None) -> str:
    if version is None:
        return _("trước lần công bố đầu tiên")
    return _("phiên bản {number}, công bố ngày {day}").format(
        number=version["version"], day=day(version["published_at"])
    )


def queryables(request: Request, body: Json) -> Context:
    """The fields that items can be filtered by, one a row."""
    layer = _layer(request)
    return {
        "title": _("Các trường lọc được"),
        "layer_title": layer.title(language()),
        "rows": [
            {
                "name": name,
                "title": schema.get("title", ""),
                "kind": _kind(schema),
                "choices": [
                    (one["const"], one["title"])
                    for one in schema.get("oneOf", schema.get("x-labels", []))
                ],
            }
            for name, schema in body["properties"].items()
        ],
        "items_address": reverse("api-items", args=[layer.slug]),
        "crumbs": _crumbs(layer),
    }


def sortables(request: Request, body: Json) -> Context:
    """The fields that items can be sorted by, one a row."""
    return {**queryables(request, body), "title": _("Các trường xếp được")}


def items(request: Request, body: Json) -> Context:
    """A page of features: what was asked in words, a map, a table, the way on."""
    layer = _layer(request)
    definition = layer.parsed
    columns = columns_of(definition, body["features"])
    links = {at["rel"]: at["href"] for at in body["links"]}
    return {
        "title": body["title"],
        "slug": layer.slug,
        "day": day(body.get("data_date")),
        "words": filters_in_words(request.GET, definition),
        "form": form_of(request.GET, definition),
        "columns": [field.label(language()) for field in columns],
        "rows": [_row(layer, feature, columns) for feature in body["features"]],
        "has_area": definition.geometry == "polygon",
        "has_length": definition.geometry == "line",
        "matched": _whole(body.get("numberMatched")),
        "returned": number(body["numberReturned"]),
        "first": without(request, "after") if "after" in request.GET else "",
        "next": links.get("next", ""),
        "files": files_of(request, layer, body.get("numberMatched")),
        "all_files": links_if_there(request, ("", "layer-exports", ""), args=[layer.slug]),
        "features_address": _shown_features(request),
        "crumbs": _crumbs(layer),
    }


def _shown_features(request: Request) -> str:
    """The features of this page and no more, for its map."""
    query = request.GET.copy()
    query["f"] = "json"
    return f"{request.path}?{query.urlencode(safe=',')}"


def item(request: Request, body: Json) -> Context:
    """One feature: map and facts."""
    layer = _layer(request)
    definition, values = layer.parsed, body["properties"]
    facts = [
        (field.label(language()), field.type.format(values[field.name], language()))
        for field in definition.public_fields
        if values.get(field.name) not in (None, "", [])
    ]
    version = layer.live_version
    assert version is not None
    added: Facts = [
        (_("Đơn vị hành chính"), _unit(values)),
        (_("Diện tích tính từ ranh"), _sized(values.get("area_m2"), 1, "m²")),
        (_("Chiều dài"), _sized(values.get("length_m"), 1, "m")),
        (_("Ngày dữ liệu"), day(version.data_date)),
        (_("Nguồn"), layer.attribution(language())),
        (_("Giấy phép"), definition.licence),
        (_("Mã bền"), str(body["id"])),
    ]
    return {
        "title": title_of(definition, values, language()),
        "illustrative": version.is_illustrative,
        "slug": layer.slug,
        "facts": [*facts, *((name, value) for name, value in added if value)],
        "places": links_if_there(request, ("panel", "panel", ""), args=[layer.slug, body["id"]]),
        "crumbs": [*_crumbs(layer), (_("Các đối tượng"), reverse("api-items", args=[layer.slug]))],
    }


def columns_of(definition: LayerDefinition, features: list[Json]) -> list[Field]:
    """The first public fields of which a feature of this page says something."""
    said = {
        name
        for feature in features
        for name, value in feature["properties"].items()
        if value not in (None, "", [])
    }
    return [field for field in definition.public_fields if field.name in said][:COLUMNS]


def _row(layer: Layer, feature: Json, columns: list[Field]) -> Json:
    values = feature["properties"]
    return {
        "title": title_of(layer.parsed, values, language()),
        "uid": feature["id"],
        "address": reverse("api-item", args=[layer.slug, feature["id"]]),
        "cells": [field.type.brief(values.get(field.name), language()) for field in columns],
        "unit": values.get("unit_name") or "",
        "area": _sized(values.get("area_m2"), 1, "m²"),
        "length": _sized(values.get("length_m"), 1, "m"),
    }


def _layer(request: Request) -> Layer:
    """The layer that the address names; it was found a moment ago."""
    match = request._request.resolver_match
    slug = str(match.kwargs["slug"]) if match else ""
    return layer_by_slug(slug, request.user)


def _crumbs(layer: Layer | None = None) -> list[tuple[str, str]]:
    trail = [(_("Dữ liệu mở (API)"), reverse("api-landing"))]
    if layer is None:
        return [*trail, (_("Các lớp dữ liệu mở"), reverse("api-collections"))]
    here = (layer.title(language()), reverse("api-collection", args=[layer.slug]))
    return [*_crumbs(), here]


def _unit(values: Json) -> str:
    name, code = values.get("unit_name"), values.get("unit_code")
    return f"{name} ({code})" if name and code else ""


def _kind(schema: Json) -> str:
    """A type of JSON Schema in words."""
    if "x-ogc-role" in schema:
        return _("hình: lọc bằng bbox")
    known = {
        "string": _("chữ"), "number": _("số"), "integer": _("số nguyên"),
        "boolean": _("có hoặc không"), "array": _("danh sách"),
    }  # fmt: skip
    format_words = {"date": _("ngày"), "date-time": _("thời điểm"), "uri": _("địa chỉ web")}
    kind = format_words.get(schema.get("format", "")) or known.get(schema.get("type", ""), "")
    return f"{kind}, {schema['x-unit']}" if "x-unit" in schema else kind


def _size(found: Json) -> str:
    parts = (
        number(found["feature_count"]) + " " + _("đối tượng"),
        _sized(found["area_ha"], 1, "ha") if found["geometry"] == "polygon" else "",
        _sized(found["length_km"], 1, "km") if found["geometry"] == "line" else "",
    )
    return " · ".join(part for part in parts if part)


def number(value: float | int, digits: int = 0) -> str:
    """2159.6 → `2.160`, in English `2,160`."""
    return group_digits(value, digits, language())


def _whole(value: int | None) -> str:
    return "" if value is None else number(value)


def _sized(value: float | None, digits: int, unit: str) -> str:
    return "" if value is None else f"{number(value, digits)} {unit}"


def day(text: str | dt.date | None) -> str:
    """An ISO day or moment as people write days, in local time; "" for nothing."""
    found: dt.date | None = text if isinstance(text, dt.date) else None
    if isinstance(text, str):
        found = parse_date(text) if len(text) == len("2026-06-30") else parse_datetime(text)
    if isinstance(found, dt.datetime):
        found = found.astimezone(LOCAL_TIME)
    if found is None:
        return ""
    return date_format(found, "j F Y") if language() == "en" else found.strftime("%d/%m/%Y")


LANDING = Page("layers/api/landing.html", landing)
CONFORMANCE = Page("layers/api/conformance.html", conformance)
COLLECTIONS = Page("layers/api/collections.html", collections)
COLLECTION = Page("layers/api/collection.html", collection)
QUERYABLES = Page("layers/api/queryables.html", queryables)
SORTABLES = Page("layers/api/sortables.html", sortables)
ITEMS = Page("layers/api/items.html", items, rows=ROWS, most=MOST_ROWS)
ITEM = Page("layers/api/item.html", item)
CHANGES = Page("layers/api/changes.html", changes, rows=100, most=1000)
