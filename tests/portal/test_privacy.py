"""Private fields of every layer, by name and stored value: in nothing that the public gets."""

import json
import urllib.parse
from typing import Any

import pytest
from shapely.geometry import shape

from layers.catalogue import shipped_definitions
from layers.values import fold
from tests.portal.test_every_layer import pages, tile_of
from tests.running_portal import Portal

PRIVATE = {
    definition.slug: [field.name for field in definition.fields if field.is_private]
    for _raw, definition in shipped_definitions()
    if any(field.is_private for field in definition.fields)
}
SAMPLE = 40
# Notes of the search box: the words as typed stand nowhere.
LOOSE = {"some-words", "spelling-corrected"}


def stored_values(portal: Portal, slug: str) -> dict[str, dict[str, Any]]:
    """uid → restricted values of some features, read as a steward with every right would."""
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('portal.all_units', 'on', true),"
            " set_config('portal.restricted', 'on', true)"
        )
        cursor.execute(
            "SELECT p.uid::text, p.values FROM layers_privatevalue p "
            "JOIN layers_layer l ON l.live_version_id = p.version_id "
            "WHERE l.slug = %s AND p.visibility = 'restricted' ORDER BY p.id LIMIT %s",
            [slug, SAMPLE],
        )
        return dict(cursor.fetchall())


def test_the_app_role_reads_nothing_without_a_context(portal: Portal) -> None:
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM layers_privatevalue")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("slug", sorted(PRIVATE))
def test_neither_name_nor_value_is_shown(portal: Portal, slug: str) -> None:
    stored = stored_values(portal, slug)
    values = {
        str(value) for row in stored.values() for value in row.values() if len(str(value)) > 7
    }
    feature = next(pages(portal, slug))
    place = shape(feature["geometry"]).representative_point()
    x, y = tile_of(place.x, place.y, 14)
    tilejson = json.loads(portal.get(f"/tiles/{slug}/tilejson.json")[2])
    tile = tilejson["tiles"][0].removeprefix(portal.url)
    addresses = [
        f"/api/collections/{slug}/items?limit=10000",
        f"/api/collections/{slug}/queryables",
        f"/api/collections/{slug}",
        f"/layers/{slug}/",
        f"/layers/{slug}/embed/",
        f"/panel/place/?lon={place.x}&lat={place.y}",
        tile.replace("{z}", "14").replace("{x}", str(x)).replace("{y}", str(y)),
        *(f"/panel/{slug}/{uid}/" for uid in list(stored)[:5]),
        *(f"/api/collections/{slug}/items/{uid}" for uid in list(stored)[:5]),
    ]
    for address in addresses:
        status, _headers, body = portal.get(address)
        assert status in (200, 204), address
        text = body.decode(errors="replace")
        assert not {name for name in PRIVATE[slug] if f'"{name}"' in text}, address
        assert not {value for value in values if value in text}, address


@pytest.mark.parametrize("slug", sorted(PRIVATE))
def test_no_value_is_among_the_words_that_are_searched(portal: Portal, slug: str) -> None:
    values = {str(value) for row in stored_values(portal, slug).values() for value in row.values()}
    with portal.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.search FROM layers_feature f JOIN layers_layer l"
            " ON l.live_version_id = f.version_id WHERE l.slug = %s",
            [slug],
        )
        texts = [f" {search} " for (search,) in cursor.fetchall()]
    assert any(text.strip() for text in texts)
    for value in values:
        if len(value) > 7:
            assert not [text for text in texts if f" {fold(value)} " in text], value


@pytest.mark.parametrize("slug", sorted(PRIVATE))
def test_a_value_finds_nothing_and_a_field_cannot_be_filtered_by(portal: Portal, slug: str) -> None:
    stored = stored_values(portal, slug)
    for uid, row in list(stored.items())[:3]:
        for value in (str(v) for v in row.values() if len(str(v)) > 7):
            query = urllib.parse.quote(value)
            answer = json.loads(portal.get(f"/api/search?q={query}")[2])
            if uid in {result.get("uid") for result in answer["results"]}:
                # By a word of its public name, as who owns "Long" is found near Long Hải.
                assert LOOSE & {note["code"] for note in answer["notes"]}, value
    for name in PRIVATE[slug]:
        status, _headers, body = portal.get(f"/api/collections/{slug}/items?{name}=1")
        unknown = portal.get(f"/api/collections/{slug}/items?khong_co=1")[2]
        assert status == 400
        assert json.loads(body)["code"] == json.loads(unknown)["code"]
