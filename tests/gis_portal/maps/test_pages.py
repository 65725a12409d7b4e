"""Home, catalogue, layer page, panels, embed: what they say, and what they must never say."""

import re
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from gis_portal.maps import views
from layers.models import Layer
from tests.layers.rows import plots_layer, published

pytestmark = pytest.mark.django_db
SECRET = {"restricted": {"owner": "Nguyễn Văn Kín"}, "officer": {"paper": "BA 123456"}}
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def layer() -> Layer:
    """A published layer of three plots with private values; one code is hostile."""
    layer = plots_layer()
    published(layer, ["A1", "A2", HOSTILE], private=SECRET)
    layer.refresh_from_db()
    return layer


def uid_of(layer: Layer, code: str) -> uuid.UUID:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uid FROM layers_feature WHERE version_id = %s AND key = %s",
            [layer.live_version_id, code],
        )
        (uid,) = cursor.fetchone()
    return uuid.UUID(str(uid))


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.status_code
    return response.content.decode()


def test_home_lists_layers_without_javascript(client: Client, layer: Layer) -> None:
    page = text(client, "/")
    assert "Lô thử" in page
    assert 'data-layer="test-plots"' in page
    assert "Bản đồ đất đai và hạ tầng" in page
    assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", page)
    assert not re.search(r"\sstyle=|\son[a-z]+=\"", page)


def test_home_renders_the_selected_feature(client: Client, layer: Layer) -> None:
    page = text(client, f"/?sel=test-plots/{uid_of(layer, 'A1')}")
    assert "<h2>Lô A1</h2>" in page


@pytest.mark.parametrize("sel", ["", "x", "test-plots/", "test-plots/1", "no-such/" + "0" * 32])
def test_a_selection_that_cannot_be_read_leaves_the_map(client: Client, sel: str) -> None:
    assert "Chưa chọn đối tượng nào" in text(client, f"/?sel={sel}")


def test_home_speaks_english_by_switch_only(client: Client, layer: Layer) -> None:
    assert "Lớp bản đồ" in client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "Test plots" in text(client, "/?lang=en")


def test_panel_is_a_fragment_or_a_page(client: Client, layer: Layer) -> None:
    address = f"/panel/test-plots/{uid_of(layer, 'A1')}/"
    fragment, page = text(client, f"{address}?fragment=1"), text(client, address)
    assert fragment.lstrip().startswith("<article")
    assert "<html" not in fragment
    assert "<html" in page
    assert "<article" in page
    for words in ("Lô A1", "X (Bắc)", "Y (Đông)", "Số điểm góc", "Bản tham khảo"):
        assert words in fragment


def test_panel_position_is_the_pinned_grid(client: Client, layer: Layer) -> None:
    page = text(client, f"/panel/test-plots/{uid_of(layer, 'A1')}/")
    north = re.search(r"X \(Bắc\)</dt><dd>([\d.,]+) m", page)
    assert north
    assert north[1].startswith("1.161.")


def test_private_values_are_nowhere(client: Client, layer: Layer) -> None:
    uid = uid_of(layer, "A1")
    for path in (
        "/",
        f"/panel/test-plots/{uid}/",
        "/layers/test-plots/",
        "/layers/test-plots/embed/",
        "/panel/place/?lon=107.1005&lat=10.5005",
    ):
        page = text(client, path)
        for value in ("Nguyễn Văn Kín", "BA 123456", ">Chủ<", ">Giấy tờ<"):
            assert value not in page, (path, value)


def test_hostile_values_stay_text(client: Client, layer: Layer) -> None:
    page = text(client, f"/panel/test-plots/{uid_of(layer, HOSTILE)}/?fragment=1")
    assert HOSTILE not in page
    assert "&lt;img" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/panel/test-plots/00000000-0000-0000-0000-000000000000/", 404),
        ("/panel/no-such-layer/00000000-0000-0000-0000-000000000000/", 404),
        ("/layers/no-such-layer/", 404),
        ("/layers/no-such-layer/embed/", 404),
        ("/no-such-page", 404),
        ("/panel/place/", 400),
        ("/panel/place/?lon=x&lat=1", 400),
        ("/panel/place/?lon=nan&lat=1", 400),
        ("/panel/place/?lon=inf&lat=1", 400),
        ("/panel/place/?lon=107&lat=91", 400),
    ],
)
def test_failures_are_pages_in_plain_words(
    client: Client, layer: Layer, path: str, status: int
) -> None:
    page = text(client, path, status)
    assert "Về bản đồ" in page
    assert "Traceback" not in page


def test_place_tells_none_from_not_known(client: Client, layer: Layer) -> None:
    here = text(client, "/panel/place/?lon=107.1005&lat=10.5005&fragment=1")
    assert "Lô A1" in here
    assert "VN-2000 107°45′" in here
    assert "VN-2000 105°45′" in here
    # The shipped layers have no data in tests: that is not the same as nothing here.
    assert "Chưa công bố dữ liệu nên chưa biết" in here
    assert 'href="geo:10.5005,107.1005?q=10.5005,107.1005"' in here
    elsewhere = text(client, "/panel/place/?lon=107.3&lat=10.6&fragment=1")
    assert "Đã xem, không có đối tượng ở đây" in elsewhere
    assert "Lô A1" not in elsewhere


def test_catalogue_and_layer_page(client: Client, layer: Layer) -> None:
    assert "Lô thử" in text(client, "/layers/")
    page = text(client, "/layers/test-plots/")
    for words in ("Chú giải", "Các trường thông tin", "Nhúng vào trang web khác", "<iframe"):
        assert words.replace("<", "&lt;") in page
    assert "/api/collections/test-plots/items" in page
    assert "tilejson.json" in page
    assert "/api/collections/test-plots/items?limit=10000&amp;f=json" in page


def test_layer_without_data_says_so(client: Client) -> None:
    plots_layer()
    assert "chưa có dữ liệu công bố" in text(client, "/layers/test-plots/")
    assert "chưa có dữ liệu công bố" in text(client, "/layers/test-plots/embed/", 404)


def test_embed_has_its_own_policy_and_no_other_host(client: Client, layer: Layer) -> None:
    response = client.get("/layers/test-plots/embed/")
    page, policy = response.content.decode(), response["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in response
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
    blocks = re.findall(r"<(?:script|style)(?![^>]*\bsrc=)([^>]*)>", page)
    assert blocks
    assert all(f'nonce="{nonce}"' in attributes for attributes in blocks)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "Ho\\u00e0ng Sa" in page
    assert "Tr\\u01b0\\u1eddng Sa" in page


def test_embed_nonce_is_fresh_each_time(client: Client, layer: Layer) -> None:
    first, second = (client.get("/layers/test-plots/embed/") for _ in range(2))
    assert first["Content-Security-Policy"] != second["Content-Security-Policy"]


def test_pages_keep_the_portal_policy(client: Client, layer: Layer) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_browser_grids_come_from_the_one_source(client: Client) -> None:
    grids = client.get("/crs.json").json()["grids"]
    assert [grid["code"] for grid in grids] == ["EPSG:5899", "EPSG:9210"]
    assert all("+towgs84=-191.90441429" in grid["proj4"] for grid in grids)


def test_design_page_shows_both_themes(client: Client) -> None:
    page = text(client, "/design/")
    assert 'data-theme="light"' in page
    assert 'data-theme="dark"' in page
    assert "--primary" in page


def test_search_form_works_without_javascript(client: Client, layer: Layer) -> None:
    page = text(client, "/?q=10.346,%20107.0843")
    assert "/panel/place/?lon=107.0843" in page
    assert "Không tìm thấy" in text(client, "/?q=zzzzzz")


@pytest.mark.parametrize("query", ["1%001", "%00", "t%E1%BB%9D%001%20th%E1%BB%ADa%002", "a%00b"])
def test_a_zero_byte_in_the_search_form_does_no_harm(
    client: Client, layer: Layer, query: str
) -> None:
    assert "\x00" not in text(client, f"/?q={query}")


@pytest.mark.parametrize("kind", ["integer", "decimal", "money", "boolean", "date", "datetime"])
def test_a_selection_whose_fields_changed_type_is_shown_as_it_is(
    client: Client, layer: Layer, kind: str
) -> None:
    uid = uid_of(layer, "A1")
    plots_layer(field=[{"name": "code", "type": kind, "label": {"vi": "Mã", "en": "Code"}}])
    assert "<h2>Lô A1</h2>" in text(client, f"/?sel=test-plots/{uid}")


def test_a_selection_that_cannot_be_shown_leaves_the_map(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise TypeError

    monkeypatch.setattr(views, "feature_panel", fail)
    assert "Chưa chọn đối tượng nào" in text(client, f"/?sel=test-plots/{uid_of(layer, 'A1')}")


def test_a_title_cannot_leave_its_attribute_in_the_embed_code(client: Client, layer: Layer) -> None:
    Layer.objects.filter(pk=layer.pk).update(title_vi='Đất "A" <b>')
    page = text(client, "/layers/test-plots/")
    code = re.search(r'<code id="embed-code" tabindex="0">(.*?)</code>', page)
    assert code
    assert unescape(code[1]).endswith('title="Đất &quot;A&quot; &lt;b&gt;"></iframe>')
