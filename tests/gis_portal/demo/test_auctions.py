"""The auction lots' workbook: every stage, dates that fit it, shapes on public parcels."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import shapely
from openpyxl import load_workbook

from gis_portal.demo.auctions import STAGES
from importers.columns import map_columns
from layers.fieldtypes import LOCAL_TIME
from tests.gis_portal.demo.conftest import TODAY, ReadBack

NOW = dt.datetime.combine(TODAY, dt.time(10), LOCAL_TIME)


@pytest.fixture(scope="session")
def lots(files: dict[str, ReadBack]) -> list[dict[str, Any]]:
    """One dict a lot: declared field name → stored value."""
    read = files["auction-lots"]
    mapping = map_columns(read.definition, read.source.fields).source
    fields = {name: read.definition.by_name[name].type for name in mapping}
    return [
        {name: fields[name].coerce(read.columns[column][i]) for name, column in mapping.items()}
        for i in range(len(read.shapes))
    ]


def moment(lot: dict[str, Any], name: str) -> dt.datetime:
    return dt.datetime.fromisoformat(lot[name])


def test_every_stage_has_four_lots(lots: list[dict[str, Any]]) -> None:
    stages = [lot["status"] for lot in lots]
    assert {stage: stages.count(stage) for stage in STAGES} == dict.fromkeys(STAGES, 4)
    assert len(STAGES) == 15


def test_dates_fit_the_stage(lots: list[dict[str, Any]]) -> None:
    for lot in lots:
        stage = lot["status"]
        if stage in ("planned", "decided", "org_selected"):
            assert lot["reg_start"] is None
            continue
        starts, ends = moment(lot, "reg_start"), moment(lot, "reg_end")
        session = moment(lot, "auction_time")
        published = moment(lot, "published_1_at")
        assert published < moment(lot, "published_2_at") < starts < ends < session
        assert (session - published).days >= 15
        if stage == "announced":
            assert published < NOW < starts
        if stage == "registration":
            assert starts <= NOW <= ends
        if stage == "closed":
            assert ends < NOW < session
        if stage == "live":
            assert session.date() == TODAY
            assert session <= NOW
        if stage in ("won", "recognised", "paid", "handed_over", "failed", "result_cancelled"):
            assert session < NOW


def test_decisions_and_prices_fit_the_stage(lots: list[dict[str, Any]]) -> None:
    for lot in lots:
        stage = lot["status"]
        over = stage in ("won", "recognised", "paid", "handed_over", "result_cancelled")
        assert (lot["winning_price"] is not None) == over
        assert (lot["decision_auction"] is None) == (stage == "planned")
        if over:
            assert lot["winning_price"] > lot["start_price"]
        for name in ("decision_plan_date", "decision_auction_date", "decision_result_date"):
            if lot[name]:
                assert dt.date.fromisoformat(lot[name]) <= TODAY, (stage, name)
        stopped = stage in ("failed", "suspended", "cancelled", "result_cancelled")
        assert bool(lot["stop_reason"]) == stopped


def test_lots_of_one_auction_share_its_notice(lots: list[dict[str, Any]]) -> None:
    auctions = {lot["auction_code"] for lot in lots}
    for code in auctions:
        members = [lot for lot in lots if lot["auction_code"] == code]
        assert len(members) == 2
        for name in ("auction_time", "place", "status", "auction_org", "title", "notice_id"):
            assert len({lot[name] for lot in members}) == 1, name
    assert len({(lot["auction_code"], lot["lot_code"]) for lot in lots}) == 60


def test_lots_lie_on_public_parcels(files: dict[str, ReadBack]) -> None:
    lots, parcels = files["auction-lots"].shapes, files["public-land-parcels"].shapes
    tree = shapely.STRtree(parcels)
    inside, host = tree.query(shapely.point_on_surface(lots), predicate="within")
    assert sorted(inside) == list(range(60))
    covered = shapely.area(shapely.intersection(lots[inside], parcels[host]))
    assert (covered / shapely.area(lots[inside])).min() > 0.9999
    same = shapely.area(lots[inside]) / shapely.area(parcels[host]) > 0.9999
    assert 40 < same.sum() < 60


def test_one_row_a_corner_with_x_north_and_attributes_on_the_first_row(folder: Path) -> None:
    sheet = load_workbook(folder / "lo-dau-gia.xlsx").active
    assert sheet is not None
    header, *rows = sheet.iter_rows(values_only=True)
    assert header[:4] == ("Mã lô", "Điểm", "X(m)", "Y(m)")
    first, second = rows[0], rows[1]
    assert (first[1], second[1]) == (1, 2)
    assert 950_000 < float(str(first[2])) < 1_210_000
    assert 300_000 < float(str(first[3])) < 500_000
    assert any(first[4:])
    assert not any(second[4:])


def test_building_rules_and_deposits_agree(lots: list[dict[str, Any]]) -> None:
    for lot in lots:
        assert lot["far"] <= lot["density"] / 100 * lot["floors"] + 0.005
        share = lot["start_price"] * lot["deposit_percent"] / 100
        assert lot["deposit"] == pytest.approx(share, abs=1)
