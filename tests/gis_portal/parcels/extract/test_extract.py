"""The extract of a parcel: what stands on it, and what its QR code answers in the years after."""

import base64
import hashlib
import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from gis_portal.parcels.extract.content import content_of
from gis_portal.parcels.facts import parcel_facts
from gis_portal.typesetting import sheet
from layers.models import Layer
from tests.gis_portal.parcels.extract import reading
from tests.gis_portal.parcels.extract.register import Parcel, published, rectangle, register, uid_of

pytestmark = pytest.mark.django_db
KEY, NEXT = "26560/5/12", "26560/5/13"
VALUES: dict[str, Any] = {
    "sheet_no_old": "46",
    "parcel_no_old": "247",
    "old_commune": "Phường Phước Trung",
    "name": "Trường Tiểu học Nguyễn Bỉnh Khiêm",
    "address": "đường Võ Thị Sáu, khu phố Hải Tân, ấp Giữa Ễnh Ương",
    "area_measured": 400.2,
    "land_use_current": "DGD",
    "managing_org": "Uỷ ban nhân dân phường Bà Rịa",
    "status": "in_use",
}
PATH = [(0, 0), (20, 0), (21.5, 9.25), (20, 20), (0, 20)]


def parcels(**values: Any) -> dict[str, Parcel]:
    return {
        KEY: Parcel(PATH, {**VALUES, **values}),
        NEXT: Parcel(rectangle(-15, 0, 0, 20), {"land_use_current": "CLN"}),
    }


def pdf_of(client: Client, uid: object, lang: str = "vi") -> bytes:
    answer = client.get(reverse("parcel-extract", args=[uid]), {"lang": lang})
    assert answer.status_code == 200, answer.content[:400]
    assert answer.headers["Content-Type"] == "application/pdf"
    return answer.content


def shown(client: Client, path: str) -> str:
    """A page's words, markup taken off."""
    answer = client.get(path)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_says_what_the_portal_knows(client: Client, lang: str) -> None:
    version = published(parcels())
    uid = uid_of(version, KEY)
    pdf = pdf_of(client, uid, lang)
    with override(lang):
        facts = parcel_facts(uid, user=None, lang=lang)
        content = content_of(facts)
    words = reading.words(pdf)
    for text in texts(content.parts):
        assert reading.squeezed(text) in words, text
    for text in (VALUES["name"], VALUES["address"], "12/QĐ-UBND", content.sha256.hex(), "1:500"):
        assert reading.squeezed(str(text)) in words
    said = {"vi": "Bản tham khảo, không thay thế trích lục", "en": "does not replace an official"}
    assert reading.squeezed(said[lang]) in words
    document = reading.opened(pdf)
    assert len(document.pages) == 1
    root: Any = document.trailer["/Root"]
    assert root["/Lang"] == lang
    assert root["/MarkInfo"]["/Marked"]
    assert document.metadata is not None
    assert document.metadata.title == facts.identity.title
    assert reading.fonts_without_file(pdf) == []
    assert {"BeVietnamPro-Regular", "BeVietnamPro-SemiBold"} <= reading.fonts(pdf)
    assert len(pdf) < 120_000


def texts(value: Any) -> list[str]:
    """Everything that is to be read; keys and signs of the program are no words."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        found = [text for part in value for text in texts(part)]
        # [key, text] of a fact, and [slug, title, answer, reason, …] of an overlay.
        if len(value) == 2 and all(isinstance(part, str) for part in value):
            return [value[1]]
        if len(value) == 9 and value[2] in ("concerned", "clear", "not_published"):
            return [value[1]]
        return found
    return [value] if isinstance(value, str) else []


def test_the_same_content_gives_the_same_bytes(client: Client) -> None:
    uid = uid_of(published(parcels()), KEY)
    address = reverse("parcel-extract", args=[uid])
    first = client.get(address)
    sheet.kept.forget()
    assert client.get(address).content == first.content
    digest = base64.b64encode(hashlib.sha256(first.content).digest()).decode()
    assert first.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    unchanged = client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    # A browser's own page for PDFs takes over the policy: it must be able to draw.
    assert "default-src" not in first.headers["Content-Security-Policy"]


def test_its_code_follows_the_parcel_through_the_years(client: Client) -> None:
    first = published(parcels())
    uid = uid_of(first, KEY)
    path = reading.qr_path(pdf_of(client, uid))
    assert path.startswith("/check/")
    page = shown(client, path)
    assert "Bản in này còn hiện hành" in page
    assert content_of(parcel_facts(uid, user=None, lang="vi")).sha256.hex() in page
    assert "This print is current" in shown(client, f"{path}?lang=en")

    published(parcels())
    page = shown(client, path)
    assert "đã được thay bằng phiên bản 2" in page
    assert "Những điều ghi về thửa này không đổi" in page

    published(parcels(managing_org="Trung tâm Phát triển quỹ đất", area_measured=401))
    page = shown(client, path)
    assert "đã được thay bằng phiên bản 3" in page
    assert "Uỷ ban nhân dân phường Bà Rịa Trung tâm Phát triển quỹ đất" in page
    assert "400,2" in page
    assert "Ranh giới, tọa độ góc" not in page
    assert "Bản in này còn hiện hành" in shown(client, reading.qr_path(pdf_of(client, uid)))

    halves = {
        "26560/5/40": Parcel(rectangle(0, 0, 10, 20)),
        "26560/5/41": Parcel([(10, 0), (20, 0), (21.5, 9.25), (20, 20), (10, 20)]),
        NEXT: parcels()[NEXT],
    }
    published(halves)
    page = shown(client, path)
    assert "không còn trong dữ liệu đang công bố" in page
    assert "Tách thửa" in page
    assert "Thửa 40, tờ 5" in page
    assert "Thửa 41, tờ 5" in page
    gone = client.get(reverse("parcel-extract", args=[uid]))
    assert gone.status_code == 410


def test_a_neighbour_that_changed_is_told_apart(client: Client) -> None:
    version = published(parcels())
    path = reading.qr_path(pdf_of(client, uid_of(version, KEY)))
    changed = parcels() | {NEXT: Parcel(rectangle(-15, 0, 0, 20), {"land_use_current": "ONT"})}
    published(changed)
    page = shown(client, path)
    assert "Điều đã đổi Thửa liền kề và nơi gần nhất" in page


def test_what_lies_on_it_may_change_alone(client: Client) -> None:
    path = reading.qr_path(pdf_of(client, uid_of(published(parcels()), KEY)))
    plan = Layer.objects.get(slug="land-use-plan")
    published({"zone/1/2": Parcel(rectangle(-50, -50, 50, 50), {"land_use": "ODT"})}, plan)
    page = shown(client, path)
    assert "Dữ liệu của thửa vẫn là phiên bản đang công bố" in page
    assert "Điều đã đổi Điều nằm trên thửa (quy hoạch, hành lang, khu vực) Lấy bản mới" in page


def test_only_our_own_codes_are_believed(client: Client) -> None:
    path = reading.qr_path(pdf_of(client, uid_of(published(parcels()), KEY)))
    code = path.split("/")[2]
    for place in (0, 1, 20, 30, 60, 80, 99):
        forged = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]
        assert client.get(f"/check/{forged}/").status_code == 404
    for other in ("x", code[:-1], code + "A", "ắ" * 100, "%00" * 100):
        assert client.get(f"/check/{other}/").status_code == 404
    answer = client.get("/check/nothing/")
    assert "không phải do cổng thông tin này cấp" in answer.content.decode()


def test_what_staff_alone_see_is_theirs(client: Client, admin_client: Client) -> None:
    layer = register()
    uid = uid_of(published(parcels(), layer), KEY)
    path = reading.qr_path(pdf_of(client, uid))
    Layer.objects.filter(pk=layer.pk).update(visibility=Layer.INTERNAL)
    address = reverse("parcel-extract", args=[uid])
    assert client.get(address).status_code == 404
    assert client.get(path).status_code == 404
    answer = admin_client.get(address)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert admin_client.get(path).status_code == 200


def test_texts_are_never_code(client: Client) -> None:
    hostile = '#panic("x") $1/0$ [*_`<b>\\ ]#read("/etc/passwd") <script>alert(1)</script>'
    uid = uid_of(published(parcels(name=hostile, address=hostile)), KEY)
    assert reading.words(pdf_of(client, uid)).count(reading.squeezed(hostile)) == 2


def test_who_finds_the_press_taken_is_told_to_come_again(client: Client) -> None:
    uid = uid_of(published(parcels()), KEY)
    sheet.kept.forget()
    places = 1 + sheet.MOST_WAITING
    for _place in range(places):
        sheet._places.acquire()
    try:
        answer = client.get(reverse("parcel-extract", args=[uid]))
    finally:
        for _place in range(places):
            sheet._places.release()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert pdf_of(client, uid)
