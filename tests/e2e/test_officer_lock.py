"""A locked phone in the wrong hands: nothing personal lies readable in the browser's profile,
neither of the register nor of what the officer wrote; and nothing written is lost by that.
"""

import io
import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.officer_phone import LONG, Phone, enrol, sign_in, switched_on, type_pin, unlock
from tests.e2e.profile_search import found_in
from tests.e2e.test_officer_day import KINDS, take_pack
from tests.running_portal import Portal, owner_connection

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
HOURS_80 = 80 * 3600 * 1000


def canary() -> str:
    """Letters that no packing makes shorter."""
    return "".join(secrets.choice(ALPHABET) for _ in range(24))


# What the officer writes: note, names and phones of people, what the camera wrote, the PIN itself.
WRITTEN = {name: canary() for name in ("note", "person", "phone", "camera", "draft")}
PIN = "".join(secrets.choice("0123456789") for _ in range(12))
CONTROL = canary()


def may_read_personal_data(portal: Portal) -> None:
    with owner_connection(portal.owner_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO auth_user_groups (user_id, group_id) SELECT u.id, g.id "
            "FROM auth_user u, auth_group g WHERE u.username = 'officer' "
            "AND g.name = 'restricted-reader' ON CONFLICT DO NOTHING"
        )


def revoke_newest(portal: Portal) -> None:
    """This test's own: other tests have devices, too."""
    with owner_connection(portal.owner_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE officer_devices_device SET revoked_at = now() WHERE id = "
            "(SELECT id FROM officer_devices_device ORDER BY created_at DESC LIMIT 1)"
        )


def personal_values(page: Page) -> dict[str, dict[str, str]]:
    """The private part as the server hands it out: uid → values."""
    found: dict[str, dict[str, str]] = page.evaluate(
        """async () => {
          const asked = { headers: { "X-Officer": "1" }, cache: "no-store" };
          const { packs } = await (await fetch("/officer/api/packs", asked)).json();
          const pack = packs.find(({ unit }) => unit.name === "Phường Vũng Tàu");
          const { url } = pack.parts.find(({ kind }) => kind === "private");
          const { body } = await fetch(url, asked);
          const unpacked = body.pipeThrough(new DecompressionStream("gzip"));
          return (await new Response(unpacked).json()).rows;
        }"""
    )
    return found


def photo(folder: Path) -> Path:
    exif = Image.Exif()
    exif[0x010F] = WRITTEN["camera"]
    path = folder / "IMG_1.jpg"
    stream = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(stream, "JPEG", quality=90, exif=exif)
    path.write_bytes(stream.getvalue())
    return path


def write(page: Page, uid: str, note: str) -> None:
    page.evaluate(f"location.hash = '#/report/parcel/{uid}'")
    page.get_by_label(KINDS[0]).check(timeout=LONG)
    page.get_by_label("Ghi chú").fill(note)
    expect(page.get_by_text("Bản nháp đã lưu")).to_be_visible(timeout=LONG)


def morning(phone: Phone, portal: Portal, folder: Path) -> tuple[str, list[str]]:
    """Personal fields looked at, a report saved, another begun, the handbook locked."""
    page = phone.page
    enrol(page, portal, portal.url, PIN)
    take_pack(page)
    rows = personal_values(page)
    uid = next(uid for uid, values in rows.items() if "occupier_phone" in values)
    page.evaluate(f"location.hash = '#/parcel/{uid}'")
    page.get_by_role("button", name="Xem thông tin cá nhân").click(timeout=LONG)
    expect(page.get_by_text(rows[uid]["occupier_phone"])).to_be_visible()
    phone.context.set_offline(True)
    write(page, uid, WRITTEN["note"])
    page.locator("input[type=file][multiple]").set_input_files(photo(folder))
    expect(page.locator(".report-photos li")).to_have_count(1, timeout=LONG)
    page.get_by_role("button", name="Thêm người").click()
    page.get_by_label("Họ tên").fill(WRITTEN["person"])
    page.get_by_label("Điện thoại").fill(WRITTEN["phone"])
    page.get_by_role("button", name="Lưu để gửi").click()
    expect(page.locator(".outbox-item")).to_have_count(1, timeout=LONG)
    write(page, uid, WRITTEN["draft"])
    page.evaluate("location.hash = '#/device'")
    page.get_by_role("button", name="Khóa ngay").click(timeout=LONG)
    expect(page.get_by_role("heading", name="Nhập mã PIN")).to_be_visible(timeout=LONG)
    assert phone.errors == []
    phone.close()
    return uid, [values["occupier_phone"] for values in rows.values() if "occupier_phone" in values]


def stored(page: Page, store: str) -> int:
    found: int = page.evaluate(
        """async (store) => {
          const open = indexedDB.open("officer");
          const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
          const all = db.transaction(store).objectStore(store).count();
          return new Promise((done) => (all.onsuccess = () => (db.close(), done(all.result))));
        }""",
        store,
    )
    return found


def after_80_hours(phone: Phone, portal: Portal, uid: str) -> None:
    """Longer than the limit without the server: what was written opens, the register does not."""
    page = phone.page
    phone.context.set_offline(True)
    page.add_init_script(f"{{ const now = Date.now; Date.now = () => now() + {HOURS_80}; }}")
    unlock(page, portal.url, "#/outbox", PIN)
    expect(page.get_by_text(WRITTEN["note"])).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Đã quá 72 giờ")).to_be_visible()
    assert stored(page, "privates") == 0
    page.evaluate(f"location.hash = '#/parcel/{uid}'")
    expect(page.get_by_role("link", name="Ghi báo cáo")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="Xem thông tin cá nhân")).to_have_count(0)
    phone.close()


def revoked_and_back(phone: Phone, portal: Portal) -> None:
    """The office ends the device; the same person signs in again and finds what they wrote."""
    page = phone.page
    revoke_newest(portal)
    unlock(page, portal.url, "", PIN)
    expect(page.get_by_text("Cơ quan đã thu hồi máy này")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("2 báo cáo, bản nháp chưa gửi")).to_be_visible()
    assert (stored(page, "rows"), stored(page, "parts"), stored(page, "privates")) == (0, 0, 0)
    sign_in(page, portal)
    type_pin(page, "808172")
    expect(page.get_by_role("heading", name="Nhập lại mã PIN")).to_be_visible()
    type_pin(page, "808172")
    expect(page.locator("body[data-state=ready]")).to_be_attached(timeout=LONG)
    page.evaluate("location.hash = '#/outbox'")
    expect(page.locator(".outbox-item[data-state=received]")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(WRITTEN["note"])).to_be_visible()
    page.locator(".outbox-draft").click()
    expect(page.get_by_label("Ghi chú")).to_have_value(WRITTEN["draft"])
    # In the open on purpose: does the search find it where the browser puts it?
    page.evaluate(
        """async (word) => {
          const open = indexedDB.open("officer");
          const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
          const tx = db.transaction("meta", "readwrite", { durability: "strict" });
          const value = { text: `${word} and ữ`, more: "x".repeat(200000) };
          tx.objectStore("meta").put(value, "control");
          await new Promise((done) => (tx.oncomplete = done));
          db.close();
        }""",
        CONTROL,
    )
    assert phone.errors == []
    phone.close()


def arrived(portal: Portal) -> list[Any]:
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT payload_bytes FROM officer_field_operation")
        notes = [json.loads(bytes(text)).get("note") for (text,) in cursor.fetchall()]
    return [note for note in notes if note == WRITTEN["note"]]


@pytest.mark.long
def test_nothing_personal_lies_in_the_profile(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    may_read_personal_data(portal)
    with switched_on(browser, profile) as phone:
        uid, register = morning(phone, portal, tmp_path)
    canaries = [*WRITTEN.values(), PIN, *register]
    assert len(register) > 20
    assert found_in(profile, canaries) == {}, "after locking"
    with switched_on(browser, profile) as phone:
        after_80_hours(phone, portal, uid)
    assert found_in(profile, canaries) == {}, "after the time limit"
    with switched_on(browser, profile) as phone:
        revoked_and_back(phone, portal)
    found = found_in(profile, [*canaries, CONTROL])
    assert found.keys() == {CONTROL}, "after revocation, and the search works"
    assert arrived(portal) == [WRITTEN["note"]]
