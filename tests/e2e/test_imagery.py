"""Pictures under the map: a citizen sees what stood there before, by finger and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watched, open_map, until
from tests.running_portal import Portal

SLUG = "aerial-imagery"
NEWER, OLDER = "2026-03-05", "2024-02-20"
THERE = "at=16/10.36/107.085"
BOTH = f"/?{THERE}&img={SLUG}/{NEWER}&vs={SLUG}/{OLDER}"


def choose(page: Page, date: str) -> None:
    page.locator("#imagery-tool").click()
    page.locator(f'.imagery-row:has(input[value="{SLUG}/{date}"])').click()


def asked_dates(page: Page) -> set[str]:
    """Whose tiles the page has fetched."""
    names = page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    return set(re.findall(rf"/imagery/{SLUG}/\d+/(\d{{4}}-\d\d-\d\d)/\d+/", " ".join(names)))


def assert_clean(watched: Watched) -> None:
    assert watched.errors == []
    assert watched.foreign == set()


@pytest.mark.long
def test_no_picture_is_fetched_until_somebody_wants_one(phone: Watched) -> None:
    with phone.page.expect_response(lambda answer: ".mvt" in answer.url):
        open_map(phone.page, f"/?{THERE}")
    expect(phone.page.locator("#imagery-tool")).to_be_visible()
    names = phone.page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert not [name for name in names if "/imagery/" in name]


def test_choosing_a_date_lays_its_picture_under_the_lots(phone: Watched) -> None:
    page = phone.page
    open_map(page, f"/?{THERE}")
    page.locator("#imagery-tool").click()
    rows = page.locator(".imagery-row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("05/03/2026")
    expect(rows.nth(1)).to_contain_text("1 điểm ảnh = 2 m")
    expect(rows.nth(1)).to_contain_text("Dữ liệu minh họa")
    with page.expect_response(lambda answer: f"/{NEWER}/" in answer.url and answer.ok):
        rows.nth(1).click()
    assert f"img={SLUG}/{NEWER}" in page.url
    label = page.locator("#swipe-right")
    expect(label).to_contain_text("05/03/2026")
    expect(label).to_contain_text("Minh họa")
    rows.nth(0).click()
    expect(label).to_be_hidden()
    assert "img=" not in page.url
    assert_clean(phone)


@pytest.mark.long
@pytest.mark.parametrize(
    ("address", "words"),
    [("/?at=9/10.36/107.085", "chấm nhỏ"), ("/?at=15/10.6/107.3", "chụp nơi khác")],
)
def test_a_picture_that_cannot_be_made_out_is_offered(
    phone: Watched, address: str, words: str
) -> None:
    page = phone.page
    open_map(page, address)
    choose(page, NEWER)
    note = page.locator("#swipe-note")
    expect(note).to_contain_text(words)
    note.get_by_role("button", name="Đến nơi có ảnh").click()
    expect(note).to_be_hidden()
    until(page, "Number(location.href.match(/at=([\\d.]+)/)[1]) > 11")
    assert_clean(phone)


@pytest.mark.long
def test_a_link_to_a_picture_elsewhere_says_so_on_the_map(phone: Watched) -> None:
    open_map(phone.page, f"/?at=15/10.6/107.3&img={SLUG}/{NEWER}")
    expect(phone.page.locator("#swipe-note")).to_contain_text("chụp nơi khác")


@pytest.mark.long
@pytest.mark.parametrize("cut", [5, 50, 95])
def test_each_label_stays_on_its_side_of_the_line(phone: Watched, cut: int) -> None:
    page = phone.page
    open_map(page, f"{BOTH}&cut={cut}&lang=en")
    expect(page.locator("#swipe-left b")).to_have_text("20 February 2024")
    line = page.locator(".swipe-line").bounding_box()
    assert line
    for side in ("left", "right"):
        label = page.locator(f"#swipe-{side}")
        box = label.bounding_box()
        if not label.is_visible() or box is None:
            continue
        assert box["x"] + box["width"] <= line["x"] if side == "left" else box["x"] >= line["x"]
    assert page.locator("#swipe-left").is_visible() == (cut > 5)
    assert page.locator("#swipe-right").is_visible() == (cut < 95)


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_two_dates_side_by_side(device: str, request: pytest.FixtureRequest) -> None:
    watched: Watched = request.getfixturevalue(device)
    page = watched.page
    open_map(page, f"/?{THERE}")
    choose(page, NEWER)
    page.locator('[data-part="compare"]').check()
    expect(page.locator("#swipe-left")).to_contain_text("20/02/2024")
    expect(page.locator("#swipe-right")).to_contain_text("05/03/2026")
    until(page, f"new URLSearchParams(location.search).get('vs') === '{SLUG}/{OLDER}'")
    page.locator('[data-part="against"]').select_option("")
    expect(page.locator("#swipe-left")).to_contain_text("Bản đồ")
    until(page, "location.search.includes('vs=map')")
    page.locator('[data-part="compare"]').uncheck()
    expect(page.locator("#swipe-input")).to_be_hidden()
    assert "vs=" not in page.url
    assert_clean(watched)


@pytest.mark.long
def test_a_link_reproduces_both_pictures_and_the_slider(phone: Watched) -> None:
    page = phone.page
    open_map(page, f"{BOTH}&cut=30")
    slider = page.locator("#swipe-input")
    expect(slider).to_have_value("30")
    until(page, "document.querySelector('#swipe-left b').textContent === '20/02/2024'")
    # Not "networkidle": it may have been reached before the first tile was asked for.
    for date in (NEWER, OLDER):
        asked = f"name.includes('/{date}/')"
        until(page, f"performance.getEntriesByType('resource').some(({{ name }}) => {asked})")
    assert asked_dates(page) == {NEWER, OLDER}
    assert "cut=30" in page.url
    assert_clean(phone)


@pytest.mark.long
def test_the_slider_moves_by_keyboard(desktop: Watched) -> None:
    page = desktop.page
    open_map(page, BOTH)
    slider = page.locator("#swipe-input")
    expect(slider).to_be_visible()
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute(
        "aria-valuetext", "Bên trái 20/02/2024, bên phải 05/03/2026, vạch ở 55 %"
    )
    until(page, "location.search.includes('cut=55')")
    page.keyboard.press("Home")
    until(page, "location.search.includes('cut=0')")
    assert_clean(desktop)


def test_the_slider_moves_by_finger_and_is_large_enough(phone: Watched) -> None:
    page = phone.page
    open_map(page, BOTH)
    slider = page.locator("#swipe-input")
    expect(slider).to_be_visible()
    box = slider.bounding_box()
    assert box
    assert box["height"] >= 44
    y = box["y"] + box["height"] / 2
    page.mouse.move(180, y)
    page.mouse.down()
    page.mouse.move(270, y, steps=6)
    page.mouse.up()
    until(page, "Number(document.querySelector('#swipe-input').value) > 65")
    until(page, "Number(new URLSearchParams(location.search).get('cut')) > 65")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # Beside the thumb the map is moved, not the slider.
    there = page.evaluate(f"document.elementFromPoint(60, {y}).className")
    assert "maplibregl" in there


@pytest.mark.long
def test_each_side_shows_its_own_date(desktop: Watched) -> None:
    """Pixels left of the line change with the left date alone."""
    page = desktop.page

    def halves(address: str) -> tuple[bytes, bytes]:
        open_map(page, address)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(600)  # the last tile's fading in
        left, right = ({"x": x, "y": 150, "width": 250, "height": 150} for x in (450, 900))
        return page.screenshot(clip=left), page.screenshot(clip=right)  # type: ignore[arg-type]

    both = halves(f"{BOTH}&layers=")
    newer = halves(f"/?{THERE}&layers=&img={SLUG}/{NEWER}")
    older = halves(f"/?{THERE}&layers=&img={SLUG}/{OLDER}")
    assert both == (older[0], newer[1])
    assert older[0] != newer[0]
    assert older[1] != newer[1]


def test_without_scripts_the_page_of_the_layer_shows_dates_and_pictures(portal: Portal) -> None:
    status, _headers, body = portal.get(f"/layers/{SLUG}/")
    text = body.decode()
    assert status == 200
    assert "05/03/2026" in text
    assert "20/02/2024" in text
    for address in re.findall(rf'src="(/imagery/{SLUG}/[^"]+)"', text):
        status, headers, picture = portal.get(address.replace("&amp;", "&"))
        assert (status, headers["content-type"]) == (200, "image/webp")
        assert len(picture) > 1000
    assert text.count("/overview.webp") == 2
