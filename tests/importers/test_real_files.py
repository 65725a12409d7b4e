"""Files of other countries' agencies: with a key of their own, and with a system that cannot be.

The outcome of every sample file is in `test_formats`.
"""

from pathlib import Path

import pytest

from importers.run import run_import
from tests.importers.made import planner_layer

pytestmark = [pytest.mark.django_db, pytest.mark.shared]


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
    layer = planner_layer("polygons", [{"name": "any", "type": "text"}], key=())
    run = run_import(shared / "data/formats/poly.zip", layer)
    assert run.error_code == "outside-crs-area"
