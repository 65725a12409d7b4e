"""How often one address may ask the API: docker/nginx.conf with a real nginx. Skipped, loudly,
where there is none.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path

import pytest
from django.utils import translation

from layers.api.render import problem
from layers.errors import TooManyRequests
from tests.nginx_limits import defaults
from tests.tiles.test_nginx import Upstream, get, program, started, upstream

__all__ = ["program", "upstream"]
ITEMS = "/api/collections/x/items"
# Rates at which nothing comes back within a test: only the burst is left.
SLOW = {
    "PORTAL_ITEMS_RATE": "1r/m",
    "PORTAL_EXPORTS_RATE": "1r/m",
    "PORTAL_PAPER_RATE": "1r/m",
    "PORTAL_THEMES_RATE": "1r/m",
}
ITEMS_BURST, EXPORTS_BURST, PAPER_BURST, THEMES_BURST = 60, 3, 10, 200
PROXY = {"PORTAL_TRUSTED_PROXY": "127.0.0.1"}


@pytest.fixture
def nginx(program: str, upstream: tuple[Upstream, int], tmp_path: Path) -> Iterator[int]:
    """A fresh nginx: nobody has asked yet."""
    upstream[0].free.set()
    upstream[0].status = 200
    with started(program, upstream[1], tmp_path, **SLOW, **PROXY) as port:
        yield port


def statuses(port: int, target: str, times: int, **headers: str) -> list[int]:
    return [get(port, target, **headers).status for _ in range(times)]


def test_too_many_are_told_when_to_come_again(nginx: int) -> None:
    found = statuses(nginx, ITEMS, ITEMS_BURST + 2)
    assert found == [200] * (ITEMS_BURST + 1) + [429]
    answer = get(nginx, ITEMS)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert get(nginx, "/layers/").status == 200


@pytest.mark.parametrize("target", ["/api/collections/x/export.gpkg", "/api/collections/x/exports"])
def test_exports_are_counted_apart_and_sooner(nginx: int, target: str) -> None:
    found = statuses(nginx, target, EXPORTS_BURST + 2)
    assert found == [200] * (EXPORTS_BURST + 1) + [429]
    assert get(nginx, target).headers["retry-after"] == "5"
    assert get(nginx, ITEMS).status == 200


def test_paper_is_counted_apart(nginx: int) -> None:
    targets = (
        "/parcels/x/extract.pdf",
        "/cards/lots/x.png",
        "/planner/map/print/",
        "/planner/map/x/map.pdf",
        "/planner/runs/x/table.pdf",
    )
    found = [get(nginx, targets[turn % 5]).status for turn in range(PAPER_BURST + 2)]
    assert found == [200] * (PAPER_BURST + 1) + [429]
    assert get(nginx, "/parcels/x/").status == 200


def test_maps_of_planners_are_counted_with_room_for_a_whole_view(nginx: int) -> None:
    found = statuses(nginx, "/planner/map/tiles/x/1/1/0/0.mvt", THEMES_BURST + 1)
    assert set(found) == {200}
    assert get(nginx, "/planner/map/classes/").status == 429
    assert get(nginx, "/planner/map/").status == 200


def test_the_log_keeps_no_number_that_one_person_knows(
    program: str, upstream: tuple[Upstream, int], tmp_path: Path
) -> None:
    shared = "/planner/map/2f1c7a52-0b6e-4c1d-9d53-6f0a4f1f2b3c/"
    told = ("/reports/4831-0275-9163-8042/", "/follow/stop/WzEsImEiXQ:x7/", "/reports/new/", shared)
    secret = ("/planner/qgis/x7kQ/collections", "/planner/runs/1-2/ogc/by/x7kQ/collections")
    upstream[0].free.set()
    with started(program, upstream[1], tmp_path, **SLOW, **PROXY) as port:
        for target in (*told, *secret):
            get(port, target)
    log = (tmp_path / "access.log").read_text(encoding="utf-8")
    assert '"GET /reports/***"' in log
    assert '"GET /follow/stop/***"' in log
    assert '"GET /reports/new/"' in log
    assert '"GET /planner/map/***"' in log
    assert '"GET /planner/qgis/***"' in log
    assert '"GET /planner/runs/1-2/ogc/by/***"' in log
    assert "x7" not in log


@pytest.mark.long
@pytest.mark.parametrize(
    "target",
    [
        "/api/collections/x/tiles/WebMercatorQuad/1/0/0?f=mvt",
        "/tiles/x/1/1/0/0.mvt",
        "/imagery/x/1/2026-01-01/1/0/0.webp",
        "/",
    ],
)
def test_tiles_and_pages_are_not_counted(nginx: int, target: str) -> None:
    assert set(statuses(nginx, target, 2 * ITEMS_BURST)) == {200}


@pytest.mark.parametrize("lead", ["/x/..", "/%61pi/..", "//"])
def test_another_way_to_write_an_address_counts_alike(nginx: int, lead: str) -> None:
    statuses(nginx, ITEMS, ITEMS_BURST + 1)
    assert get(nginx, lead.rstrip("/") + ITEMS).status == 429


@pytest.mark.long
def test_callers_behind_a_known_proxy_are_told_apart(nginx: int) -> None:
    one = {"X_Forwarded_For": "203.0.113.7"}
    assert statuses(nginx, ITEMS, ITEMS_BURST + 2, **one)[-1] == 429
    assert get(nginx, ITEMS, X_Forwarded_For="203.0.113.8").status == 200
    # What the caller wrote himself stands before what the proxy added, and counts for nothing.
    assert get(nginx, ITEMS, X_Forwarded_For="203.0.113.9, 203.0.113.7").status == 429


@pytest.mark.long
@pytest.mark.parametrize("network", ["2001:db8:1:2:", "2001:db8:"])
def test_a_network_of_ipv6_counts_as_one_caller(nginx: int, network: str) -> None:
    def asked(last: str) -> int:
        return get(nginx, ITEMS, X_Forwarded_For=f"{network}{last}").status

    found = [asked(f":{number:x}") for number in range(1, ITEMS_BURST + 2)]
    assert set(found) == {200}
    # The same network, however its address is written.
    assert asked("a:b:c:d" if network.count(":") == 4 else "0:0:a:b:c:d") == 429
    assert get(nginx, ITEMS, X_Forwarded_For="2001:db8:1:3::1").status == 200


def test_a_filter_of_the_longest_comes_through_and_no_more(nginx: int) -> None:
    assert get(nginx, f"{ITEMS}?filter={'%C3%A1' * 5000}").status == 200
    answer = get(nginx, f"{ITEMS}?filter={'a' * 33_000}")
    assert answer.status == 414
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.body)["code"] == "unreadable-request"


@pytest.mark.long
def test_few_questions_of_one_caller_are_open_at_a_time(
    nginx: int, upstream: tuple[Upstream, int]
) -> None:
    upstream[0].free.clear()
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(get, nginx, ITEMS) for _ in range(20)]
        refused = [one.result().status for one in islice(as_completed(asked), 4)]
        assert refused == [429] * 4
        other = pool.submit(get, nginx, "/layers/")
        upstream[0].free.set()
        assert other.result().status == 200
        assert sorted(one.result().status for one in asked) == [200] * 16 + [429] * 4


@pytest.mark.long
@pytest.mark.parametrize("language", ["vi", "en"])
def test_nginx_says_it_in_the_portal_s_words(nginx: int, language: str) -> None:
    statuses(nginx, ITEMS, ITEMS_BURST + 1)
    said = json.loads(get(nginx, f"{ITEMS}?lang={language}").body)
    with translation.override(language):
        assert said == json.loads(problem(TooManyRequests()).content)


def test_the_shipped_rates_are_those_that_are_promised() -> None:
    found = defaults()
    assert (found["PORTAL_ITEMS_RATE"], found["PORTAL_EXPORTS_RATE"]) == ("30r/s", "1r/s")
    operations = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
    assert found["PORTAL_AT_ONCE"] == "16"
    for name in (
        "PORTAL_ITEMS_RATE",
        "PORTAL_EXPORTS_RATE",
        "PORTAL_PAPER_RATE",
        "PORTAL_THEMES_RATE",
        "PORTAL_AT_ONCE",
        "PORTAL_TRUSTED_PROXY",
    ):
        assert re.search(rf"`{name}`", operations), name
