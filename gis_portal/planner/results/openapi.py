"""The OpenAPI 3.0 document of a result's address: what readers of the standard look for first."""

from typing import Any

Json = dict[str, Any]
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def document(title: str, base: str, usual: int, most: int) -> Json:
    """`base`: the landing page's address; `usual`, `most`: pieces of a page."""
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1.0.0"},
        "servers": [{"url": base.rstrip("/")}],
        "paths": {
            "/": _get("getLandingPage"),
            "/conformance": _get("getConformanceDeclaration"),
            "/collections": _get("getCollections"),
            "/collections/result": _get("describeCollection"),
            "/collections/result/items": _get(
                "getFeatures",
                [
                    _query(
                        "limit",
                        {"type": "integer", "minimum": 1, "maximum": most, "default": usual},
                    ),
                    _query(
                        "bbox",
                        {
                            "type": "array",
                            "items": {"type": "number"},
                            "minItems": 4,
                            "maxItems": 6,
                        },
                        explode=False,
                    ),
                    _query("after", {"type": "integer", "minimum": 0}),
                ],
                "application/geo+json",
            ),
            "/collections/result/items/{featureId}": _get(
                "getFeature",
                [
                    {
                        "name": "featureId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer"},
                    }
                ],
                "application/geo+json",
            ),
        },
    }


def _get(name: str, parameters: Any = (), kind: str = "application/json") -> Json:
    answer = {"description": "OK", "content": {kind: {"schema": {"type": "object"}}}}
    return {
        "get": {
            "operationId": name,
            "parameters": list(parameters),
            "responses": {"200": answer},
        }
    }


def _query(name: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema, **more}
