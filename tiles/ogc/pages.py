"""The resources of OGC API – Tiles for people (`layers.api.people`). One template shows facts, rows
and links; addresses are filled in for a first look, so that a reader can follow them.
"""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from layers.api.people import Page
from layers.api.resource import language
from layers.catalogue import layer_by_slug

Json = dict[str, Any]
Rows = list[tuple[object, ...]]
TEMPLATE = "tiles/ogc/page.html"


def matrix_sets(_request: Request, body: Json) -> Json:
    """The list of grids."""
    return _page(
        title=_("Lưới mảnh bản đồ"),
        links=[(found["id"], _html(found["links"][0]["href"])) for found in body["tileMatrixSets"]],
    )


def matrix_set(_request: Request, body: Json) -> Json:
    """One grid: a row for each zoom."""
    return _page(
        title=_("Lưới mảnh bản đồ") + f" {body['id']}",
        facts=[(_("Hệ tọa độ"), body["crs"]), (_("Định nghĩa gốc"), body["uri"])],
        heads=[_("Mức phóng"), _("Mẫu số tỷ lệ"), _("Mét một điểm ảnh"), _("Số mảnh mỗi chiều")],
        rows=[
            (m["id"], round(m["scaleDenominator"]), round(m["cellSize"], 3), m["matrixWidth"])
            for m in body["tileMatrices"]
        ],
    )


def tilesets(request: Request, body: Json) -> Json:
    """The tilesets of a layer."""
    return _page(
        title=_title(request),
        links=[
            (found["tileMatrixSetURI"].rpartition("/")[2], _html(found["links"][0]["href"]))
            for found in body["tilesets"]
        ],
    )


def tileset(request: Request, body: Json) -> Json:
    """One tileset: what its tiles hold, and where they are."""
    template = next(at["href"] for at in body["links"] if at.get("templated"))
    return _page(
        title=_title(request),
        facts=[
            (_("Mô tả"), body["description"]),
            (_("Phiên bản"), body["version"]),
            (_("Nguồn"), body["attribution"]),
            (_("Giấy phép"), body.get("license", "")),
            (_("Phạm vi"), ", ".join(map(str, _corners(body)))),
            (_("Mức phóng"), _zooms(body)),
            (_("Địa chỉ mẫu"), template),
        ],
        heads=[_("Lớp bên trong"), _("Trường"), _("Kiểu")],
        rows=[
            (found["id"], f"{field['title']} ({name})", field["type"])
            for found in body["layers"]
            for name, field in found["propertiesSchema"]["properties"].items()
        ],
        links=[
            (at.get("title") or at["rel"], at["href"])
            for at in (*body["links"], *body.get("style", {}).get("links", ()))
            if not at.get("templated")
        ],
    )


def _corners(body: Json) -> list[float]:
    box = body["boundingBox"]
    return [*box["lowerLeft"], *box["upperRight"]]


def _zooms(body: Json) -> str:
    limits = body["tileMatrixSetLimits"]
    return f"{limits[0]['tileMatrix']}–{limits[-1]['tileMatrix']}"


def _html(address: str) -> str:
    return f"{address}?f=html"


def _title(request: Request) -> str:
    """Of the layer that the address names; it was found a moment ago."""
    match = request._request.resolver_match
    slug = str(match.kwargs["slug"]) if match else ""
    layer = layer_by_slug(slug, request.user)
    return _("Mảnh bản đồ véc-tơ") + f": {layer.title(language())}"


def _page(
    *,
    title: str,
    facts: list[tuple[str, object]] | None = None,
    heads: list[str] | None = None,
    rows: Rows | None = None,
    links: list[tuple[str, str]] | None = None,
) -> Json:
    return {
        "title": title,
        "facts": [fact for fact in facts or [] if fact[1]],
        "heads": heads or [],
        "rows": rows or [],
        "links": links or [],
    }


MATRIX_SETS = Page(TEMPLATE, matrix_sets)
MATRIX_SET = Page(TEMPLATE, matrix_set)
TILESETS = Page(TEMPLATE, tilesets)
TILESET = Page(TEMPLATE, tileset)
