"""Every resource of the API as a page for people: who gets it, what it says, the way back."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client

from layers.models import LayerVersion
from tests.layers.api.conftest import plot

COLLECTION = "/api/collections/test-plots"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
RESOURCES = (
    "/api/",
    "/api/conformance",
    "/api/collections",
    COLLECTION,
    f"{COLLECTION}/queryables",
    f"{COLLECTION}/sortables",
    f"{COLLECTION}/changes?since=2020-01-01",
    f"{COLLECTION}/items",
    "item",
)
pytestmark = pytest.mark.django_db


class Reader(HTMLParser):
    """Links, visible words and what the policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "a" and named.get("href"):
            self.links.append(str(named["href"]))
        inline_script = tag == "script" and not named.get("src")
        if inline_script and named.get("type") != "application/json":
            self.forbidden.append(tag)
        if tag == "style" or any(name == "style" or name.startswith("on") for name in named):
            self.forbidden.append(f"{tag} {attrs}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(content: bytes) -> Reader:
    reader = Reader()
    reader.feed(content.decode())
    return reader


def address_of(client: Client, resource: str) -> str:
    if resource != "item":
        return resource
    found = json.loads(client.get(f"{COLLECTION}/items", {"limit": "1"}).content)
    return f"{COLLECTION}/items/{found['features'][0]['id']}"


def with_form(address: str, form: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}f={form}"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("resource", RESOURCES)
def test_browsers_get_a_page_and_programs_the_same_as_json(
    client: Client, plots: LayerVersion, resource: str, language: str
) -> None:
    address = address_of(client, resource)
    address += f"{'&' if '?' in address else '?'}lang={language}"
    page = client.get(address, headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Accept" in page.headers["Vary"]
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    assert "set-cookie" not in {name.lower() for name in page.headers}
    assert f'<html lang="{language}">' in page.content.decode()
    assert not read(page.content).forbidden
    asked = client.get(with_form(address, "html"))
    assert asked.headers["Content-Type"] == "text/html; charset=utf-8"
    for accept in ("*/*", "application/json", "application/geo+json, */*;q=0.1"):
        answer = client.get(address, headers={"Accept": accept})
        assert "json" in answer.headers["Content-Type"], accept
        assert "Accept" in answer.headers["Vary"]
        json.loads(answer.content)
    explicit = client.get(with_form(address, "json"), headers={"Accept": BROWSER})
    assert "json" in explicit.headers["Content-Type"]


@pytest.mark.parametrize("resource", RESOURCES)
def test_each_form_leads_to_the_other(client: Client, plots: LayerVersion, resource: str) -> None:
    answer = client.get(address_of(client, resource))
    there = re.search(r'<([^>]+)>; rel="alternate"; type="text/html"', answer.headers["Link"])
    assert there
    links = json.loads(answer.content).get("links")
    if links is not None:
        found = [at["href"] for at in links if at["rel"] == "alternate"]
        # The page of a layer on the portal is another form of it too.
        assert there[1] in found
    page = client.get(there[1])
    assert page.headers["Content-Type"].startswith("text/html")
    back = re.search(
        r'<link rel="alternate" type="application/json" href="([^"]+)"', page.content.decode()
    )
    assert back
    again = client.get(back[1].replace("&amp;", "&"))
    assert again.headers["Content-Type"] == answer.headers["Content-Type"]


@pytest.mark.parametrize("resource", RESOURCES)
def test_pages_are_not_sent_twice_nor_mixed_with_json(
    client: Client, plots: LayerVersion, resource: str
) -> None:
    address = address_of(client, resource)
    tag = client.get(address).headers["ETag"]
    page = client.get(address, headers={"Accept": BROWSER, "If-None-Match": tag})
    assert page.status_code == 200
    assert page.headers["ETag"] != tag
    again = client.get(address, headers={"Accept": BROWSER, "If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


def test_every_link_on_the_pages_leads_somewhere(client: Client, plots: LayerVersion) -> None:
    seen: set[str] = set()
    for resource in RESOURCES:
        page = client.get(address_of(client, resource), headers={"Accept": BROWSER})
        seen |= {link.partition("#")[0] for link in read(page.content).links}
    own = {
        link.removeprefix("http://testserver")
        for link in seen
        if link.startswith(("http://testserver/", "/"))
    }
    assert len(own) > 15
    for link in sorted(own):
        assert client.get(link, follow=True).status_code == 200, link


def test_a_table_is_read_page_by_page(client: Client, plots: LayerVersion) -> None:
    titles, address = [], f"{COLLECTION}/items?limit=100"
    pages = 0
    while address:
        page = client.get(address, headers={"Accept": BROWSER}).content.decode()
        titles += re.findall(r'<th scope="row"><a href="[^"]+"[^>]*>([^<]+)<', page)
        there = re.search(r'<a class="button" href="([^"]+)" rel="next"', page)
        address = there[1].replace("&amp;", "&") if there else ""
        pages += 1
    assert (pages, len(titles), len(set(titles))) == (3, 250, 250)
    assert "Hết danh sách." in page


def test_filters_are_said_in_words_and_can_be_taken_away(
    client: Client, plots: LayerVersion
) -> None:
    query = {"status": "leased", "bbox": "107,10.4,107.02,10.5", "uses": "", "area_measured": ""}
    page = client.get(f"{COLLECTION}/items", query, headers={"Accept": BROWSER})
    words = " ".join(" ".join(read(page.content).words).split())
    assert "Trạng thái: Đang cho thuê" in words
    assert "trong khung (tây, nam, đông, bắc) 107,10.4,107.02,10.5" in words
    assert "đối tượng trên trang này, trong" in words
    without = [link for link in read(page.content).links if link.startswith("?bbox=")]
    assert len(without) == 1
    assert "status" not in without[0]
    assert '<option value="leased" selected>' in page.content.decode()


def test_an_empty_page_teaches(client: Client, plots: LayerVersion) -> None:
    page = client.get(
        f"{COLLECTION}/items", {"bbox": "1,1,2,2"}, headers={"Accept": BROWSER}
    ).content.decode()
    assert "Không có nghĩa là ngoài thực địa không có" in page


def test_values_of_the_data_are_text(
    client: Client, publish_plots: Callable[..., LayerVersion]
) -> None:
    evil = "<script>alert(1)</script>"
    publish_plots([plot(1, name=evil)])
    for address in (f"{COLLECTION}/items", address_of(client, "item")):
        page = client.get(address, headers={"Accept": BROWSER})
        assert not read(page.content).forbidden
        assert evil in "".join(read(page.content).words)


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/collections/nowhere", 404, "unknown-layer"),
        (f"{COLLECTION}/items?limit=0", 400, "bad-limit"),
        (f"{COLLECTION}/items?khong_co=1", 400, "bad-filter"),
        (f"{COLLECTION}/items/x", 404, "unknown-item"),
    ],
)
def test_failures_are_pages_for_browsers_and_problems_for_all_others(
    client: Client, plots: LayerVersion, address: str, status: int, code: str
) -> None:
    page = client.get(address, headers={"Accept": BROWSER})
    assert page.status_code == status
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Cache-Control"] == "no-store"
    assert f'/api/docs/errors#{code}"' in page.content.decode()
    for other in (client.get(address), client.get(with_form(address, "html"))):
        assert other.status_code == status
        assert other.headers["Content-Type"] == "application/problem+json"
        assert json.loads(other.content)["code"] == code


def test_nothing_of_the_reader_is_on_a_page(
    admin_client: Client, client: Client, plots: LayerVersion
) -> None:
    """Pages of public layers may be kept by caches on the way."""
    for address in (COLLECTION, f"{COLLECTION}/items"):
        signed_in = admin_client.get(address, headers={"Accept": BROWSER})
        assert signed_in.content == client.get(address, headers={"Accept": BROWSER}).content


def test_what_was_selected_can_be_had_as_a_file(client: Client, plots: LayerVersion) -> None:
    query = {"status": "leased", "sortby": "area_measured", "lang": "vi"}
    page = client.get(f"{COLLECTION}/items", query, headers={"Accept": BROWSER})
    address = f"{COLLECTION}/export.csv?status=leased"
    assert address in read(page.content).links
    assert client.get(address).status_code == 200


def test_failures_at_addresses_without_a_page_are_pages_for_people(
    client: Client, plots: LayerVersion
) -> None:
    for address in (f"{COLLECTION}/export.shp", "/api/search", "/api/nothing"):
        assert client.get(address).headers["Content-Type"] == "application/problem+json"
        page = client.get(address, headers={"Accept": BROWSER})
        assert page.status_code in (400, 404)
        assert page.headers["Content-Type"].startswith("text/html")


def test_slips_are_told_what_was_meant(client: Client, plots: LayerVersion) -> None:
    for query, words in (
        ({"offset": "100"}, "“next”"),
        ({"unit_code": "26560"}, "Có phải “unit”?"),
        ({"statsu": "leased"}, "Có phải “status”?"),
        ({"status": "let"}, "leased (Đang cho thuê)"),
        ({"crs": "5899"}, "EPSG:5899"),
        ({"bbox": "426000,1143000,427000,1144000"}, "bbox-crs="),
        ({"filter": 'status = "leased"'}, "'leased'"),
        ({"f": "csv"}, f"{COLLECTION}/exports"),
    ):
        told = client.get(f"{COLLECTION}/items", query).json()
        assert words in told["detail"] + told["hint"], query
    page = client.get(f"{COLLECTION}/items", {"x": "1"}, headers={"Accept": BROWSER})
    assert f"{COLLECTION}/queryables" in read(page.content).links


def test_the_address_may_end_without_a_slash(client: Client) -> None:
    """QGIS 3.22 does not go on from a redirection."""
    assert client.get("/api").json()["title"] == client.get("/api/").json()["title"]


def test_an_unknown_form_is_refused(client: Client, plots: LayerVersion) -> None:
    for address in ("/api/", f"{COLLECTION}/items"):
        answer = client.get(address, {"f": "xml"})
        assert (answer.status_code, json.loads(answer.content)["code"]) == (406, "not-acceptable")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_other_sites_may_read_what_is_public_and_never_with_cookies(
    client: Client, plots: LayerVersion, method: str
) -> None:
    for address in (*RESOURCES[:-1], "/api/openapi.json", "/api/search?q=a", "/api/nowhere"):
        answer = client.generic(method, address, headers={"Origin": "https://example.org"})
        assert answer.headers.get("Access-Control-Allow-Origin") == "*", address
        assert "Access-Control-Allow-Credentials" not in answer.headers, address


def test_other_sites_may_not_send(client: Client, db: None) -> None:
    """Neither files with a key nor the pages of stewards."""
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    for address in ("/api/imports", "/steward/keys/"):
        answer = client.options(address, headers=asked)
        told = {name for name in answer.headers if name.startswith("Access-Control-Allow-")}
        # A refusal may be read; nothing allows to send.
        assert told <= {"Access-Control-Allow-Origin"}, address


def test_the_document_speaks_english(client: Client, db: None) -> None:
    """Texts of operations are translated by their Vietnamese: one without English stays so."""
    found = json.loads(client.get("/api/openapi.json", {"lang": "en"}).content)
    same = json.loads(client.get("/api/openapi.json").content)
    assert found["paths"].keys() == same["paths"].keys()
    letters = re.compile("[ăâđêôơưáàảãạếềệốồộớờợứừựíìịóòọúùụ]", re.IGNORECASE)
    left = {text for text in texts(found["paths"]) if letters.search(re.sub(r"`[^`]*`", "", text))}
    assert not left, "add to gis_portal/locale/en:\n" + "\n".join(sorted(left))


def texts(found: object) -> set[str]:
    """Summaries and descriptions of a document."""
    if isinstance(found, list):
        return {text for one in found for text in texts(one)}
    if not isinstance(found, dict):
        return set()
    own = {
        text
        for name in ("summary", "description")
        if isinstance(text := found.get(name), str) and text
    }
    return own | {text for value in found.values() for text in texts(value)}
