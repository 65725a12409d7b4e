"""Real files of other offices, each as a layer that a planner makes in the admin: imported,
served, on the map.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import mapbox_vector_tile
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from shapely.geometry import shape

from layers.models import Layer, Sector
from tests.portal.test_every_layer import tile_of

pytestmark = [pytest.mark.django_db, pytest.mark.shared]


@dataclass(frozen=True)
class RealFile:
    """A file, the columns that the planner declares as fields, and what must come in."""

    slug: str
    path: str
    fields: dict[str, str]
    key: str
    count: int


FILES = [
    RealFile(
        "french-cadastre",
        "parcels/fr_cadastre_91216.geojson",
        {
            "id": "text",
            "commune": "text",
            "section": "text",
            "numero": "text",
            "contenance": "integer",
        },
        "id",
        4241,
    ),
    RealFile(
        "wards-of-2025",
        "vn-admin/wards2025_BRVT.geojson",
        {"code": "text", "name": "text", "fullName": "text", "areaKm2": "decimal"},
        "code",
        30,
    ),
    RealFile(
        "survey-adjustments",
        "parcels/nz-waca-adjustments.gpkg",
        {"date_adjusted": "datetime", "survey_reference": "text", "adjusted_nodes": "integer"},
        "",
        228,
    ),
    RealFile(
        "field-parcels",
        "parcels/fiboa_de_bb_antrag.zip",
        {"ref_ident": "text", "groesse": "decimal", "code_bez": "text"},
        "",
        100,
    ),
]


def declare(client: Client, real: RealFile) -> None:
    """Fill the admin's form as a planner does: names of our own, the file's columns as aliases."""
    form: dict[str, str | int] = {
        "title_vi": f"Thử {real.slug}",
        "slug": real.slug,
        "sector": Sector.objects.get(slug="land").pk,
        "geometry_kind": "polygon",
        "visibility": "public",
        "position": 500,
        "colour": "#336699",
        "field_rows-TOTAL_FORMS": len(real.fields),
        "field_rows-INITIAL_FORMS": 0,
    }
    for place, (column, kind) in enumerate(real.fields.items()):
        row: dict[str, str | int] = {
            "position": place,
            "name": f"f_{column.lower()}",
            "type": kind,
            "label_vi": column,
            "aliases": column,
            "visibility": "public",
            **({"is_key": "on"} if column == real.key else {}),
            **({"filterable": "on"} if kind == "text" else {}),
        }
        form |= {f"field_rows-{place}-{name}": value for name, value in row.items()}
    answer = client.post(reverse("admin:layers_layer_add"), form)
    assert answer.status_code == 302, answer.context["errors"]


@pytest.mark.parametrize("real", FILES, ids=lambda f: f.slug)
def test_a_planners_layer_takes_a_real_file(
    admin_client: Client, client: Client, shared: Path, real: RealFile
) -> None:
    declare(admin_client, real)
    file = str(shared / "data" / real.path)
    call_command("import_layer", file, layer=real.slug, publish=True, verbosity=0)

    collection = client.get(reverse("api-collection", args=[real.slug])).json()
    assert collection["feature_count"] == real.count
    items = client.get(reverse("api-items", args=[real.slug]), {"limit": 1}).json()
    feature = items["features"][0]

    zoom = Layer.objects.get(slug=real.slug).parsed.style.working_zoom
    place = shape(feature["geometry"]).representative_point()
    x, y = tile_of(place.x, place.y, zoom)
    tilejson = client.get(reverse("tilejson", args=[real.slug])).json()
    version = tilejson["portal"]["version_id"]
    tile = client.get(reverse("tile", args=[real.slug, version, zoom, x, y]))
    uids = {
        f["properties"]["uid"]
        for f in mapbox_vector_tile.decode(tile.content)[real.slug]["features"]
    }
    assert feature["id"] in uids

    style = client.get(reverse("style")).json()
    assert real.slug in style["sources"]
    assert f"Thử {real.slug}" in client.get(reverse("home")).content.decode()
    panel = client.get(reverse("panel", args=[real.slug, feature["id"]]))
    assert panel.status_code == 200
    assert json.dumps(real.slug)[1:-1] in panel.content.decode()


def test_the_same_real_file_twice_changes_nothing(
    admin_client: Client, client: Client, shared: Path
) -> None:
    real = FILES[0]
    declare(admin_client, real)
    file = str(shared / "data" / real.path)
    seen = []
    for _time in range(2):
        call_command("import_layer", file, layer=real.slug, publish=True, verbosity=0)
        answer = client.get(reverse("api-items", args=[real.slug]), {"limit": 5000}).json()
        seen.append([feature["id"] for feature in answer["features"]])
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == real.count


def test_a_thousand_polygons_cost_three_queries_and_a_tile_one(
    admin_client: Client, client: Client, shared: Path, django_assert_max_num_queries: object
) -> None:
    real = FILES[0]
    declare(admin_client, real)
    file = str(shared / "data" / real.path)
    call_command("import_layer", file, layer=real.slug, publish=True, verbosity=0)
    address = reverse("api-items", args=[real.slug])
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        page = client.get(address, {"limit": 1000}).json()
    assert len(page["features"]) == 1000
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{address}?limit=1000&bbox=2.2,48.6,2.4,48.8")
    # Savepoints are the test's: without a transaction around it a count needs none.
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 3

    place = shape(page["features"][0]["geometry"]).representative_point()
    version = client.get(reverse("tilejson", args=[real.slug])).json()["portal"]["version_id"]
    tile = reverse("tile", args=[real.slug, version, 14, *tile_of(place.x, place.y, 14)])
    client.get(tile)  # the definition of a version is read once for a process
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        answer = client.get(tile)
    assert answer.status_code == 200
