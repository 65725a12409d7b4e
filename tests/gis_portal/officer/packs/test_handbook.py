"""The handbook: written by the office, read on the desk and on the phone; what the packs hold is
chosen there.
"""

import json
from typing import Any

import pytest
from django.test import Client

from gis_portal.officer.packs.handbook.markdown import as_blocks, as_page
from gis_portal.officer.packs.handbook.pages import SHIPPED, all_pages
from gis_portal.officer.packs.models import HandbookPage
from layers.permissions import OFFICER, STEWARD
from tests.gis_portal.officer.field.sending import account
from tests.gis_portal.officer.packs.made_register import made_register
from tests.gis_portal.officer.packs.test_packs import document, packs, parts
from tests.gis_portal.officer.test_devices import signs_in
from tests.gis_portal.officer.test_jurisdiction import unit

HANDBOOK = "/officer/desk/handbook/"
HOSTILE = """# Tên\n\n<script>alert(1)</script> **đậm <img src=x onerror=alert(2)>**

[bấm](javascript:alert(3)) [luật](https://example.org/a?b=1) ![x](https://example.org/x.png)

| a | b |\n|---|---|\n| `c` | <b>d</b> |

<iframe src="//evil"></iframe>
"""


def signed_in(*roles: str, units: Any = ()) -> Client:
    client = Client()
    client.force_login(account("-".join(roles) or "nobody", *roles, units=units))
    return client


def test_what_is_typed_is_text() -> None:
    page = str(as_page(HOSTILE))
    for trap in ("<script", "<img", "<iframe", 'href="javascript', 'onerror="'):
        assert trap not in page, trap
    assert "<h2>Tên</h2>" in page
    assert "&lt;script&gt;" in page
    assert 'href="https://example.org/a?b=1"' in page
    heading, text, links, table, frame = as_blocks(HOSTILE)
    assert heading == {"t": "h", "l": 2, "c": ["Tên"]}
    assert text["c"][0] == "<script>alert(1)</script> "
    assert text["c"][1]["t"] == "b"
    hrefs = [each["href"] for each in links["c"] if isinstance(each, dict) and each["t"] == "a"]
    # A picture is no picture: its address can be followed, nothing is loaded.
    assert hrefs == ["https://example.org/a?b=1", "https://example.org/x.png"]
    assert table["rows"] == [[[{"t": "code", "c": ["c"]}], ["<b>d</b>"]]]
    assert frame["t"] == "p"


@pytest.mark.django_db
def test_shipped_pages_are_whole_in_both_languages() -> None:
    pages = all_pages()
    assert {page.slug for page in pages} == set(SHIPPED)
    for page in pages:
        assert page.title_vi
        assert page.title_en
        assert page.title_vi != page.title_en
        vi, en = as_blocks(page.body_vi), as_blocks(page.body_en)
        assert [block["t"] for block in vi] == [block["t"] for block in en], page.slug


@pytest.mark.django_db
def test_a_steward_writes_what_officers_read() -> None:
    here = unit("91001")
    steward, officer = signed_in(STEWARD), signed_in(OFFICER, units=(here,))
    assert "Xử lý lấn, chiếm đất công" in officer.get(HANDBOOK).content.decode()
    assert officer.get(f"{HANDBOOK}encroachment/edit/").status_code == 404
    assert signed_in().get(HANDBOOK).status_code == 404
    found = officer.get(f"{HANDBOOK}land-codes/?q=lua").content.decode()
    assert "LUA" in found
    assert "SKC" not in found
    assert "Luật Đất đai" in officer.get(f"{HANDBOOK}legal-texts/?q=31/2024").content.decode()
    said = {
        "title_vi": "Đường dây nóng", "body_vi": HOSTILE, "title_en": "", "body_en": "",
        "section": "procedure", "position": "5",
    }  # fmt: skip
    tried = steward.post(f"{HANDBOOK}new/", {**said, "what": "preview"})
    assert "Chưa lưu." in tried.content.decode()
    assert not HandbookPage.objects.exists()
    made = steward.post(f"{HANDBOOK}new/", {**said, "what": "save"})
    assert made.headers["Location"] == f"{HANDBOOK}duong-day-nong/"
    page = officer.get(f"{HANDBOOK}duong-day-nong/").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    # Two at a time: the second is told, and what they typed is still there.
    edit = f"{HANDBOOK}duong-day-nong/edit/"
    newest = steward.get(edit).context["form"].initial["newest"]
    other = {**said, "body_vi": "Gọi 024.", "newest": newest}
    assert steward.post(edit, other).status_code == 302
    late = steward.post(edit, {**other, "body_vi": "Gọi 113."})
    assert late.status_code == 200
    assert "Gọi 113." in late.content.decode()
    assert "Gọi 024." in officer.get(f"{HANDBOOK}duong-day-nong/").content.decode()
    steward.post(edit, {"what": "hide"})
    assert officer.get(f"{HANDBOOK}duong-day-nong/").status_code == 404
    assert steward.get(f"{HANDBOOK}duong-day-nong/").status_code == 200


@pytest.mark.django_db
def test_pages_and_choices_are_in_the_next_pack() -> None:
    register = made_register(6, across=3)
    register.publish()
    phone = signs_in(account("officer", OFFICER, units=tuple(register.units)))
    (before,) = packs(phone)
    steward = signed_in(STEWARD)
    edit = f"{HANDBOOK}encroachment/edit/"
    said = {
        **steward.get(edit).context["form"].initial,
        "body_vi": "Gọi **công an**.",
        "newest": "",
    }
    assert steward.post(edit, said).status_code == 302
    assert steward.post("/officer/desk/packs/", {"layers": ["no-such"]}).status_code == 302
    assert "Xã Thử 1" in steward.get("/officer/desk/packs/").content.decode()
    (after,) = packs(phone)
    assert parts(before)["handbook"]["sha256"] != parts(after)["handbook"]["sha256"]
    found = document(phone, parts(after)["handbook"])
    page = next(each for each in found["pages"] if each["slug"] == "encroachment")
    assert page["blocks"]["vi"] == [{"t": "p", "c": ["Gọi ", {"t": "b", "c": ["công an"]}, "."]}]
    assert {"LUC", "CGT"} <= {code["code"] for code in found["codes"]}
    assert any(law["number"] == "31/2024/QH15" for law in found["laws"])
    # Back to the portal's own text.
    steward.post(edit, {"what": "shipped"})
    found = document(phone, parts(packs(phone)[0])["handbook"])
    page = next(each for each in found["pages"] if each["slug"] == "encroachment")
    assert "Ở hiện trường" in json.dumps(page["blocks"], ensure_ascii=False)
