"""One result as its reader gets it: table, tiles, files, paper; two runs compared; nobody else."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import openpyxl
import pyogrio
import pypdf
import pytest
from django.test import Client

from gis_portal.planner.models import Analysis, Run
from gis_portal.planner.printing.sheet import map_pdf
from gis_portal.planner.results import tiles
from gis_portal.planner.results.overview import overview_of
from gis_portal.planner.results.rounding import rounded
from gis_portal.planner.results.told import told
from gis_portal.planner.workbench.shown_numbers import shown
from layers.models import Layer, LayerVersion
from tests.gis_portal.planner.engine.made import box, commune, version
from tests.gis_portal.planner.results.made import FORMULA, SIDE, done, layers, planner, zones
from tiles.grid import covering

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "table.json", "table.csv", "table.xlsx", "table.gpkg", "table.pdf", "map.pdf", "tiles.json",
    "tiles/14/13000/7700.pbf", "qgis/", "ogc/", "ogc/collections/result/items",
)  # fmt: skip
# 144 parcels of 100 m², of which the edge at 105 m halves twelve; one of 10,000 m² outside.
WHOLE = SIDE * SIDE * 100 + 10_000


@pytest.fixture
def run(db: None) -> Run:
    unit = commune("90111", box(0, 0, 400, 400)).pk
    commune("90116", box(5000, 0, 5400, 400))
    return done(layers(unit, 105.0), planner("results-owner"))


def reader(run: Run) -> Client:
    client = Client()
    client.force_login(run.analysis.owner)
    return client


def address(run: Run, rest: str) -> str:
    return f"/planner/runs/{run.pk}/{rest}"


def test_table_csv_and_workbook_say_the_same_to_the_last_digit(run: Run) -> None:
    told = reader(run).get(address(run, "table.json")).json()
    rows = {(r["commune"], r["zones.kind"]): (r["count"], r["area_m2"]) for r in told["rows"]}
    assert rows[("90111", "A")] == (SIDE * 6, pytest.approx(SIDE * 5 * 100 + SIDE * 50))
    assert rows[("90111", FORMULA)][0] == SIDE * 7
    unknown = next(r for r in told["rows"] if r["zones.kind"] is None)
    assert unknown["labels"]["zones.kind"] == "Không có hoặc không rõ"
    assert told["sums"]["parts"] == pytest.approx(WHOLE, rel=1e-9)
    assert sum(bar["amount"] for bar in told["chart"]["bars"]) == pytest.approx(WHOLE)

    text = reader(run).get(address(run, "table.csv")).content
    page = reader(run).get(address(run, "")).content.decode()
    again = done(run.versions, run.analysis.owner)
    assert reader(again).get(address(again, "table.csv")).content == text
    written = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    for measure in ("count", "area_m2"):
        *lines, total = (Decimal(line[measure]) for line in written)
        assert sum(lines) == total == rounded(told["totals"][measure], 2), measure
    assert f"{shown('area_m2', float(written[-1]['area_m2']))}</td>" in page
    assert "các phần và mảnh vụn cộng lại đúng bằng thế" in page
    assert "1 xã, phường không có phần nào: Xã 90116." in page
    assert "'=HYPERLINK" in text.decode()
    assert ",=HYPERLINK" not in text.decode()

    book = openpyxl.load_workbook(io.BytesIO(reader(run).get(address(run, "table.xlsx")).content))
    assert book.sheetnames == [
        "Câu hỏi", "Dữ liệu vào", "Kết quả", "Các phần", "Mảnh vụn", "Ghi chú",
    ]  # fmt: skip
    result = list(book["Kết quả"].iter_rows(values_only=True))
    assert result[-1][-1] == pytest.approx(WHOLE)
    parts = list(book["Các phần"].iter_rows(min_row=2, values_only=True))
    assert len(parts) == told["totals"]["count"]
    cells = [cell for row in book["Kết quả"].iter_rows() for cell in row if cell.value == FORMULA]
    assert {cell.data_type for cell in cells} == {"s"}


def test_every_piece_is_in_one_square_or_shape_at_every_zoom(run: Run) -> None:
    west, south, east, north = run.summary["extent"]  # type: ignore[index]
    overview = overview_of(run)
    total = run.summary["totals"]["count"]  # type: ignore[index]
    assert overview.working_zoom == 0
    for zoom in (6, 10, 11, 13):
        far = (lambda t: tiles._far(run, overview, t)) if zoom < 12 else _between(run)
        assert _counted(far, zoom, (west, south, east, north)) == total
    shown = mapbox_vector_tile.decode(
        tiles.make_tile(run, covering(14, west, south, west + 1e-4, south + 1e-4)[-1])
    )
    assert {"A"} <= {f["properties"].get("class") for f in shown["result"]["features"]}


def _between(run: Run) -> Any:
    return lambda tile: tiles._summed(run, tile)


def _counted(make: Any, zoom: int, box: tuple[float, float, float, float]) -> int:
    """Pieces of all squares and shapes of a zoom; shapes cross tiles, so they count by number."""
    shapes, summed = set(), 0
    for tile in covering(zoom, *box):
        found = mapbox_vector_tile.decode(make(tile))
        shapes |= {f["id"] for f in found.get(tiles.LAYER, {"features": []})["features"]}
        squares = found.get(tiles.CELLS, {"features": []})["features"]
        summed += sum(square["properties"]["n"] for square in squares)
    return summed + len(shapes)


def test_files_with_shapes_and_paper(run: Run, tmp_path: Path) -> None:
    client = reader(run)
    path = tmp_path / "result.gpkg"
    path.write_bytes(client.get(address(run, "table.gpkg")).content)
    pieces = pyogrio.read_dataframe(path, layer="result")
    assert pieces.area.sum() == pytest.approx(pieces.area_m2.sum(), rel=1e-9)
    assert pieces.area_m2.sum() == pytest.approx(WHOLE, rel=1e-9)
    # People know a parcel by its name, not by its number in the database.
    page = client.get(address(run, "parts/")).content.decode()
    assert set(pieces.feature_name) == {"result-parcels"}
    assert all(name in page for name in (*pieces.feature_name, *pieces.other_name.dropna()))
    about = pyogrio.read_dataframe(path, layer="about")
    assert "document" in set(about["name"])
    assert len(pyogrio.read_dataframe(path, layer="inputs")) == 2

    seen, page = [], address(run, "ogc/collections/result/items?limit=100")
    while page:
        body = client.get(page).json()
        seen += [feature["id"] for feature in body["features"]]
        page = next((link["href"] for link in body["links"] if link["rel"] == "next"), "")
    assert len(seen) == len(set(seen)) == len(pieces)

    for name in ("table.pdf", "map.pdf?paper=a4", "map.pdf?paper=a3"):
        assert client.get(address(run, name)).content.startswith(b"%PDF"), name
    assert client.get(address(run, "map.pdf?paper=a9")).status_code == 400

    # A sheet states the whole question: what has no room beside the map stands on the next one.
    LayerVersion.objects.filter(pk=run.versions["zones"]).update(
        source_srid=4326, source_org="Bộ dữ liệu minh họa", is_illustrative=True
    )
    english = told(run, "en")
    assert english.moved.startswith("Lớp result-zones được chuyển từ ")
    assert english.stands[1].source == "Illustrative data"
    long = [{"id": f"s{n}", "op": "select", "of": "parcels"} for n in range(70)]
    run.document = run.document | {"steps": [*run.document["steps"], *long]}
    run.document["title"] = {"vi": "Nhiều bước"}
    sheets = pypdf.PdfReader(io.BytesIO(map_pdf(told(run, "vi"), "a4", ""))).pages
    assert "Các bước ở trang sau" in sheets[0].extract_text()
    assert all(f"{n}. " in sheets[1].extract_text() for n in (1, 30, 71))


def test_nobody_else_sees_it_until_it_is_shared(run: Run) -> None:
    other, stranger = Client(), Client()
    other.force_login(planner("results-other"))
    for name in ADDRESSES:
        answer = reader(run).get(address(run, name))
        assert answer.status_code in (200, 204), name
        assert answer.headers["Cache-Control"] == "private, no-store", name
        assert {c.get(address(run, name)).status_code for c in (other, stranger)} == {404}, name
    Analysis.objects.filter(pk=run.analysis_id).update(shared=Analysis.PUBLIC)
    answer = stranger.get(address(run, "table.csv"))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=300")
    # The shapes of whole pieces are the version's: its table stays readable without them.
    LayerVersion.objects.filter(pk=run.versions["parcels"]).update(state=LayerVersion.DISCARDED)
    assert stranger.get(address(run, "tiles.json")).status_code == 410
    assert stranger.get(address(run, "table.json")).status_code == 200
    Run.objects.filter(pk=run.pk).update(state=Run.RUNNING)
    assert reader(run).get(address(run, "table.json")).status_code == 409


def test_difference_after_a_new_version(run: Run) -> None:
    moved = version(Layer.objects.get(slug="result-zones"), zones(125.0))
    after = done({**run.versions, "zones": moved}, run.analysis.owner, run.analysis)
    found = reader(run).get(f"/planner/runs/{run.pk}/difference/{after.pk}/table.json").json()
    rows = {row["values"]["zones.kind"]: row for row in found["rows"]}
    # Twelve parcels of 100 m² and as many half ones went over the edge that moved by 20 m.
    assert rows["A"]["change"]["area_m2"] == pytest.approx(SIDE * 100)
    assert rows[FORMULA]["change"]["area_m2"] == pytest.approx(-SIDE * 100)
    assert (rows["A"]["state"], rows[None]["state"]) == ("changed", "same")
    assert found["total"]["change"]["area_m2"] == pytest.approx(0, abs=1e-6)
    page = reader(run).get(f"/planner/runs/{run.pk}/difference/{after.pk}/")
    assert "Có thay đổi" in page.content.decode()
