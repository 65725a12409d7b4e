"""A day of an officer: packs in the morning, no network until the evening, the phone killed while
it saves, then a line that drops, delays, doubles and cuts. Everything arrives exactly once.
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.officer_phone import LONG, Phone, enrol, switched_on, unlock
from tests.faulty_proxy import NONE, Faults, Line, faulty
from tests.running_portal import Portal

# The smallest of the demo officer's units.
UNIT = "Phường Vũng Tàu"
NOTES = ("Rào tôn dựng lấn ra mép nước.", "Nhà xưởng xây thêm một gian.", "Mốc số 3 còn đủ.")
# A cheap phone is longer about its storage than a line that is cut is about a refusal.
SLOW_COUNTING = """
const estimate = StorageManager.prototype.estimate;
StorageManager.prototype.estimate = async function () {
  await new Promise((done) => setTimeout(done, 700));
  return estimate.call(this);
};
"""
KINDS = ("Lấn, chiếm đất", "Xây dựng trái phép", "Ranh giới, mốc giới")


def snapshots(folder: Path, count: int) -> list[Path]:
    """Photos with a camera's own words in them, each different, of more than one piece."""
    found = []
    for n in range(count):
        exif = Image.Exif()
        exif[0x010F], exif[0x0132] = f"Máy ảnh {n}", "2026:11:22 09:30:00"
        path = folder / f"IMG_{n:04}.jpg"
        stream = io.BytesIO()
        Image.effect_noise((560, 420), 90).save(stream, "JPEG", quality=95, exif=exif)
        path.write_bytes(stream.getvalue() + b"\0" * (120_000 + n))
        found.append(path)
    return found


def take_pack(page: Page) -> None:
    """What the worker has made of the unit's pack by now; tiles may follow, the rows are enough."""
    card = page.locator(".officer-pack", has_text=UNIT)
    take = card.get_by_role("button", name="Tải về")
    for _ in range(40):
        expect(card).to_be_visible(timeout=LONG)
        if take.count():
            break
        page.wait_for_timeout(500)
        page.evaluate("location.hash = '#/more'")
        expect(card).to_be_hidden()
        page.evaluate("location.hash = '#/packs'")
    take.click()
    expect(card.get_by_text("Đã là bản mới nhất")).to_be_visible(timeout=LONG)


def rows_of(page: Page) -> list[dict[str, Any]]:
    """What the pack on the device says, read as the app reads it."""
    rows: list[dict[str, Any]] = page.evaluate(
        """async () => {
          const open = indexedDB.open("officer");
          const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
          const all = db.transaction("parts").objectStore("parts").getAll();
          const parts = await new Promise((done) => (all.onsuccess = () => done(all.result)));
          db.close();
          const part = parts.find(({ kind }) => kind === "parcels");
          const packed = part.data.stream().pipeThrough(new DecompressionStream("gzip"));
          const { rows } = await new Response(packed).json();
          return rows.map(({ uid, at, old }) => ({ uid, at, old }));
        }"""
    )
    return rows


def with_old_number(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in rows if any(one["sheet"] and one["number"] for one in row["old"]))


def find_by_old_number(page: Page, row: dict[str, Any]) -> None:
    old = next(one for one in row["old"] if one["sheet"] and one["number"])
    page.get_by_role("link", name="Tìm", exact=True).click()
    page.locator("#officer-q").fill(f"tờ {old['sheet']} thửa {old['number']}")
    page.locator(f'.officer-list a[href$="{row["uid"]}"]').first.click()
    expect(page.get_by_role("link", name="Ghi báo cáo")).to_be_visible()


def stake_out(phone: Phone, row: dict[str, Any]) -> None:
    """Far off it leads; within the errors it says that it cannot tell."""
    page, (lon, lat) = phone.page, row["at"]
    phone.context.set_geolocation({"longitude": lon + 0.01, "latitude": lat, "accuracy": 4})
    page.locator('a[href*="#/stakeout/"]').first.click()
    expect(page.locator(".officer-answer[data-state=go]")).to_be_visible(timeout=LONG)
    corner = page.evaluate("document.querySelector('.officer-answer').dataset.metres")
    assert 500 < float(corner) < 2500
    phone.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 60})
    expect(page.locator(".officer-answer[data-state=unknown]")).to_be_visible(timeout=LONG)


def write_report(page: Page, n: int, uid: str, photos: list[Path]) -> None:
    page.evaluate(f"location.hash = '#/report/parcel/{uid}'")
    page.get_by_label(KINDS[n]).check(timeout=LONG)
    page.get_by_label("Ghi chú").fill(NOTES[n])
    page.locator("input[type=file][multiple]").set_input_files(photos)
    expect(page.locator(".report-photos li")).to_have_count(len(photos), timeout=LONG)
    expect(page.get_by_text("Bản nháp đã lưu")).to_be_visible(timeout=LONG)


def save(page: Page, count: int) -> None:
    """There is no network: sending begins, fails at once, and the page says so."""
    page.get_by_role("button", name="Lưu để gửi").click()
    expect(page.locator(".outbox-item")).to_have_count(count, timeout=LONG)
    expect(page.locator(".outbox-item[data-state=waiting]")).to_have_count(count)


@pytest.mark.long
def test_everything_arrives_exactly_once(browser: Browser, portal: Portal, tmp_path: Path) -> None:
    photos = snapshots(tmp_path, 12)
    profile = tmp_path / "profile"
    profile.mkdir()
    with faulty(portal.url, NONE, seed=7) as line:
        with switched_on(browser, profile) as phone:
            row = morning(phone, portal, line)
            phone.close()
        with switched_on(browser, profile) as phone:
            phone.page.add_init_script(SLOW_COUNTING)
            by_day(phone, line, row, photos)
            # Saving has begun when the battery goes: no word of it had come yet.
            phone.page.evaluate(
                "setTimeout(() => document.querySelector('.report-finish').click(), 0)"
            )
            phone.kill()
        with switched_on(browser, profile) as phone:
            evening(phone, line)
            assert phone.errors == []
    arrived(portal, photos)
    assert sum(line.happened.values()) >= 4, line.happened


def morning(phone: Phone, portal: Portal, line: Line) -> dict[str, Any]:
    """In the office: the pack, and the parcel that is to be looked at."""
    enrol(phone.page, portal, line.url)
    take_pack(phone.page)
    return with_old_number(rows_of(phone.page))


def by_day(phone: Phone, line: Line, row: dict[str, Any], photos: list[Path]) -> None:
    """Without a network from the start: two reports, and a third up to its last button."""
    page = phone.page
    line.cut = True
    phone.context.set_offline(True)
    unlock(page, line.url)
    find_by_old_number(page, row)
    stake_out(phone, row)
    for n in range(2):
        write_report(page, n, row["uid"], photos[4 * n : 4 * n + 4])
        save(page, n + 1)
    write_report(page, 2, row["uid"], photos[8:])
    assert phone.errors == []


def evening(phone: Phone, line: Line) -> None:
    """Nothing is gone: what was not saved is a draft. Then the network, such as it is."""
    page = phone.page
    phone.context.set_offline(True)
    unlock(page, line.url, "#/outbox")
    expect(page.locator(".outbox-item").nth(1)).to_be_visible(timeout=LONG)
    drafts = page.locator(".outbox-draft")
    if drafts.count():
        expect(drafts).to_have_count(1)
        drafts.click()
        expect(page.get_by_label("Ghi chú")).to_have_value(NOTES[2])
        expect(page.locator(".report-photos li")).to_have_count(4)
        save(page, 3)
    expect(page.locator(".outbox-item")).to_have_count(3)
    expect(page.locator(".outbox-item[data-state=waiting]")).to_have_count(3)
    line.faults = Faults(share=0.3, only=("/officer/api/",), late_seconds=0.2)
    line.cut = False
    phone.context.set_offline(False)
    expect(page.get_by_text("Mọi báo cáo đã được máy chủ nhận")).to_be_visible(timeout=60_000)
    expect(page.locator(".outbox-item[data-state=received]")).to_have_count(3)
    expect(page.get_by_text("Ảnh 4/4")).to_have_count(3)
    line.faults = NONE
    page.evaluate("location.hash = '#/device'")
    page.get_by_role("button", name="Đăng xuất").click(timeout=LONG)
    page.get_by_role("button", name="Đăng xuất").click(timeout=LONG)
    expect(page.get_by_text("Đã đăng xuất: dữ liệu tải về đã bị xóa")).to_be_visible(timeout=LONG)


def arrived(portal: Portal, photos: list[Path]) -> None:
    """The server has each once, byte for byte, with the words that were typed."""
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id, payload_bytes, state FROM officer_field_operation")
        told = [(key, json.loads(bytes(text)), state) for key, text, state in cursor.fetchall()]
        # Other tests of this portal send reports, too.
        mine = {key: (said, state) for key, said, state in told if said.get("note") in NOTES}
        cursor.execute(
            "SELECT sha256 FROM officer_field_photo WHERE operation_id::text = ANY(%s)",
            ([str(key) for key in mine],),
        )
        hashes = [sha256 for (sha256,) in cursor.fetchall()]
    assert sorted(said["note"] for said, _state in mine.values()) == sorted(NOTES)
    assert {state for _said, state in mine.values()} == {"received"}
    wanted = [hashlib.sha256(path.read_bytes()).hexdigest() for path in photos]
    assert sorted(hashes) == sorted(wanted)
