"""Files as agencies and programs write them: imported with the right count, or refused by name.

Every file of the sample folders is tried; one that is not listed here must end in a named error.
"""

from pathlib import Path

import pytest

from importers.models import ImportRun
from importers.run import run_import
from layers.errors import PortalError, every_error
from layers.models import Layer
from tests.importers.made import planner_layer

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
FOLDERS = ("parcels", "formats", "geojson-bad", "vn-admin")
NOT_DATA = (".result", ".result-object", ".cli-output-json", ".cli-output-pretty")
# File → features loaded into a layer of polygons without declared fields.
POLYGONS = {
    "parcels/fr_cadastre_91216.geojson": 4241,
    "parcels/fr_cadastre_75118.geojson": 6821,
    "parcels/nz-waca-adjustments.gpkg": 228,
    "parcels/fiboa_de_bb_antrag.zip": 100,
    "parcels/fiboa_at_block_inspire_referenzen_2021_polygon.gpkg.zip": 100,
    "parcels/fiboa_ch_lwb_nutzungsflaechen_v2_0_lv95.gpkg": 100,
    "parcels/fiboa_nl_block_referentiepercelen.gpkg": 100,
    "parcels/fiboa_jecam/BD_JECAM_CIRAD_2023_feb.shp": 100,
    "parcels/fiboa_ai4sf_1_vietnam_areas.gpkg": 100,
    "vn-admin/wards2025_BRVT.geojson": 30,
    "vn-admin/wards2025_BinhDuong.geojson": 36,
    "vn-admin/wards2025_TienGiang.geojson": 57,
    "formats/grenada.geojson": 1,
}


def polygons() -> Layer:
    return planner_layer("polygons", [{"name": "any", "type": "text"}], key=())


@pytest.mark.parametrize("name", POLYGONS)
def test_real_polygons_are_published(name: str, shared: Path) -> None:
    run = run_import(shared / "data" / name, polygons(), publish=True)
    assert run.error_code == ""
    assert (run.state, run.rows_loaded) == (ImportRun.PUBLISHED, POLYGONS[name])


def test_a_planners_layer_of_the_french_cadastre(shared: Path) -> None:
    """With its key: the same uids in a second import, no duplicates, codes keep their zeros."""
    names = ("commune", "prefixe", "section", "numero")
    fields = [{"name": name, "type": "text", "required": True} for name in names]
    fields += [{"name": "contenance", "type": "integer", "role": "area", "unit": "m²"}]
    layer = planner_layer("cadastre", fields, key=names)
    file = shared / "data/parcels/fr_cadastre_91216.geojson"
    run_import(file, layer, publish=True)
    again = run_import(file, layer, publish=True)
    assert again.diff["unchanged"] == again.rows_loaded == 4241
    assert not again.issues.filter(code="duplicate-key").exists()


def test_a_file_whose_prj_cannot_be_true(shared: Path) -> None:
    """GDAL's sample says British National Grid and lies 4,000 km north of Britain."""
    run = run_import(shared / "data/formats/poly.zip", polygons())
    assert run.error_code == "outside-crs-area"


def test_no_sample_file_crashes(shared: Path) -> None:
    layer = polygons()
    known = {error.code for error in every_error(PortalError)} - {"internal"}
    for path in sorted(p for folder in FOLDERS for p in (shared / "data" / folder).rglob("*")):
        if path.is_dir() or path.name.endswith(NOT_DATA):
            continue
        run = run_import(path, layer)
        accepted = run.state == ImportRun.CHECKED and run.rows_loaded > 0
        assert accepted or run.error_code in known, path
