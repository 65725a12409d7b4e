"""Share cards: pictures of lots and parcels, and the lines of a page that lead to them."""

import io
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from gis_portal.cards import parcel_card
from gis_portal.typesetting import sheet
from layers.models import Layer
from tests.gis_portal.parcels.extract.register import Parcel, published, rectangle, uid_of

pytestmark = pytest.mark.django_db
KEY = "26560/5/12"


def parcels(**values: Any) -> dict[str, Parcel]:
    return {KEY: Parcel(rectangle(0, 0, 20, 30), {"land_use_current": "DGD", **values})}


def lots(**values: Any) -> dict[str, Parcel]:
    said: dict[str, Any] = {
        "auction_code": "DG1",
        "lot_code": "LK-01",
        "status": "announced",
        "area": 600.0,
    }
    return {
        "a/b/c": Parcel(rectangle(0, 0, 20, 30), {**said, "start_price": 614_000_000, **values})
    }


def lot_layer() -> Layer:
    return Layer.objects.get(slug="auction-lots")


def picture(client: Client, address: str) -> Image.Image:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert len(answer.content) <= 100_000
    found = Image.open(io.BytesIO(answer.content))
    assert found.size == (1200, 630)
    return found


def test_a_page_leads_to_the_picture_of_its_parcel(client: Client) -> None:
    uid = uid_of(published(parcels()), KEY)
    page = client.get(reverse("parcel", args=[uid])).content.decode()
    (found,) = re.findall(r'property="og:image" content="([^"]+)"', page)
    assert found.startswith("http://testserver/cards/parcels/")
    address = urlsplit(found.replace("&amp;", "&"))
    shown = picture(client, f"{address.path}?{address.query}").convert("RGB")
    # The parcel in the standard's colour for schools, half through; beside it the ground.
    red, green, blue = list(shown.tobytes()[3 * (315 * 1200 + 280) :][:3])
    assert red > green + 30
    assert red > blue + 30
    assert 'content="Thửa 12, tờ 5"' in page


def test_a_lot_shows_its_price_and_goes_with_its_stage(client: Client) -> None:
    version = published(lots(), lot_layer())
    uid = uid_of(version, "a/b/c")
    page = client.get(reverse("lot", args=[uid])).content.decode()
    assert f"{reverse('lot-card', args=[uid])}?lang=vi&amp;v=1-announced" in page
    address = reverse("lot-card", args=[uid])
    first = client.get(address)
    picture(client, address)
    assert client.get(address, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    published(lots(status="cancelled"), lot_layer())
    assert client.get(address).headers["ETag"] != first.headers["ETag"]


def test_it_is_set_once_while_it_is_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = uid_of(published(parcels()), KEY)
    address = reverse("parcel-card", args=[uid])
    first = client.get(address)

    def no_press(*_asked: object) -> bytes:
        raise AssertionError("it was set again")

    monkeypatch.setattr(sheet, "_compile", no_press)
    assert client.get(address).content == first.content


def test_what_is_not_public_has_no_picture(client: Client, admin_client: Client) -> None:
    version = published(parcels())
    uid = uid_of(version, KEY)
    Layer.objects.filter(pk=version.layer_id).update(visibility=Layer.INTERNAL)
    # Messengers ask without an account, and keep what they get.
    for reader in (client, admin_client):
        assert reader.get(reverse("parcel-card", args=[uid])).status_code == 404
        assert reader.get(reverse("lot-card", args=[uid])).status_code == 404


def test_long_words_and_none_at_all_find_room(client: Client) -> None:
    values = {"land_use_current": "ONT+CLN+NTS", "name": "Đường Nguyễn Thị Minh Khai " * 20}
    uid = uid_of(published(parcels(**values)), KEY)
    card = parcel_card.card_of_parcel(uid, "vi")
    assert card.badge == ""
    picture(client, reverse("parcel-card", args=[uid]))
