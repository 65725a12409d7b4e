"""Anything at all for the addresses of planners: never an answer of 5xx, every refusal with a name
and a place, and not one word of what others keep.

`make fuzz` sends 2,400 questions, maps and drawings; `make test` some of them.
"""

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker

from gis_portal.planner.areas.keeping import drawn
from gis_portal.planner.asking import computing, keeping, queue
from gis_portal.planner.models import Analysis, Run
from layers import publish
from layers.models import Layer, LayerVersion
from tests.gis_portal.leak_reading import body_of
from tests.gis_portal.officer.packs.made_register import made_register
from tests.gis_portal.planner import hostile
from tests.gis_portal.planner.engine import made
from tests.gis_portal.planner.test_document import BOX, planner

pytestmark = pytest.mark.django_db
Json = Any
COUNT = int(os.environ.get("PORTAL_FUZZ_ANALYSES", "8"))
many = examples(
    max_examples=COUNT, deadline=None, database=None, derandomize=COUNT < 100,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
few = examples(many, max_examples=max(5, COUNT // 10))
SECRET = b"KANARI"


class World:
    """Two planners, one of whom keeps everything to themselves."""

    def __init__(self) -> None:
        register = made_register(6, 2, across=3)
        for row in register.rows.values():
            row["officer"]["lease_no"] = row["restricted"]["occupier"] = "KANARI"
        register.publish()
        register.survey_again([1, 2])
        register.publish()
        line = "LINESTRING(436000 1161000, 436500 1161400)"
        published("road-centrelines", [made.Row(line)])
        published("land-use-plan", [made.Row(made.box(0, 0, 400, 400))])
        self.user, other = planner("asks"), planner("keeps")
        area = drawn(other, "KANARI", BOX)
        secret = hostile.question(
            {"op": "overlay", "kind": "identity", "of": "parcels", "with": "x"}, []
        )
        secret["inputs"] = {"parcels": {"layer": hostile.PARCELS}, "x": {"area": str(area.pk)}}
        secret["title"] = {"vi": "KANARI"}
        self.secret = keeping.keep(secret, other)
        self.run = Run.objects.create(
            analysis=self.secret, document=secret, asked_by=other, state=Run.DONE, progress=1,
            summary={"rows": [{"a": "KANARI"}], "notes": ["KANARI"]},
        )  # fmt: skip
        self.own = str(drawn(self.user, "của tôi", BOX).pk)
        self.area = str(area.pk)
        self.others = (
            self.area,
            f"{self.area}\n",
            str(self.secret.pk),
            str(self.run.pk),
            {"area": self.area},
        )


def published(slug: str, rows: list[made.Row]) -> None:
    layer = Layer.objects.get(slug=slug)
    version = LayerVersion.objects.get(pk=made.version(layer, rows))
    publish.publish(version, as_operator=True)


@pytest.fixture(scope="module")
def world(db_of_the_file: DjangoDbBlocker) -> Iterator[World]:
    with db_of_the_file.unblock():
        yield World()


@pytest.fixture
def client(world: World, monkeypatch: pytest.MonkeyPatch) -> Client:
    # Those limits have tests of their own.
    for limit in ("PORTAL_PREVIEWS_A_MINUTE", "PORTAL_AREAS_EACH"):
        monkeypatch.setattr(settings, limit, 10**6)
    found = Client(raise_request_exception=True)
    found.force_login(world.user)
    return found


def sent(client: Client, method: str, address: str, body: Json) -> Any:
    """As JSON; what comes back is no failure of ours, and tells of nobody else."""
    answer = client.generic(method, address, json.dumps(body), "application/json")
    return checked(answer, address)


def checked(answer: Any, address: str) -> Any:
    body = body_of(answer)
    assert answer.status_code < 500, (address, body[:300])
    assert SECRET not in body, address
    return answer


def refused(answer: Any, document: Json) -> None:
    """By name, and where."""
    told = answer.json()
    assert told["code"].partition("-")[0] in ("document", "bad", "analysis", "area", "layer"), told
    if told["code"].startswith(("document", "bad-document")):
        assert hostile.is_there(document, told["at"]), (told, document)
    assert told["title"]
    assert told["code"] not in ("internal", "bad-filter")


def test_any_question_is_answered_or_refused_by_name(world: World, client: Client) -> None:
    own = {"area": world.own}
    rights = hostile.right_questions()

    @many
    @given(hostile.bent(rights, (*world.others, own)), st.sampled_from(WAYS))
    def asked(document: Json, way: str) -> None:
        answer = sent(client, "POST", "/api/analyses", {"document": document})
        if answer.status_code == 201:
            computed(client, answer.json()["id"], way)
        else:
            refused(answer, document)
            elsewhere(client, document, way)

    asked()
    assert Analysis.objects.filter(owner=world.user).count() == 0


WAYS = ("words", "page", "preview")
AFTER = ("table.json", "table.csv", "tiles.json", "ogc/collections/result/items?limit=5", "")


def computed(client: Client, analysis: str, way: str) -> None:
    """A question that was taken: seen on a sample or computed, read everywhere, forgotten."""
    here = f"/api/analyses/{analysis}"
    document = client.get(here).json()["document"]
    if way == "page":
        answer = sent(client, "POST", f"{here}/runs", {})
        if answer.status_code == 202:
            run = answer.json()["id"]
            outcome = computing.compute_one()
            assert outcome not in ("run-not-computed", "nothing to do"), document
            for address in (f"/api/runs/{run}", *(f"/planner/runs/{run}/{end}" for end in AFTER)):
                checked(client.get(address), address)
        else:
            refused(answer, document)
    else:
        answer = sent(client, "POST", "/api/analyses/preview", {"document": document})
        if answer.status_code != 200:
            refused(answer, document)
    checked(client.get(f"/planner/analyses/{analysis}/"), "page")
    assert client.delete(here).status_code == 204


def elsewhere(client: Client, document: Json, way: str) -> None:
    """The same by the pages, which show it again with what is wrong."""
    if way == "words":
        answer = sent(client, "POST", "/planner/words/", document)
        assert answer.json()["error"]["title"]
    elif way == "page":
        text = json.dumps(document)
        answer = client.post("/planner/new/", {"document": text, "ready": ""})
        assert checked(answer, "new").status_code in (400, 413), document
    else:
        refused(sent(client, "POST", "/api/analyses/preview", {"document": document}), document)


MAP: Json = {
    "title": "Bản đồ", "shared": "private",
    "document": {
        "mode": "swipe", "cut": 0.5, "view": {"lon": 107, "lat": 10.5, "zoom": 11},
        "sides": [[{
            "layer": hostile.PARCELS, "on": True, "opacity": 1, "group": "a",
            "filter": {"op": "=", "args": [{"property": "status"}, "in_use"]},
            "theme": {"field": "area_m2", "method": "quantile", "palette": "sea", "n": 5},
        }], [{"layer": hostile.ROADS}]],
    },
}  # fmt: skip


def test_any_map_is_kept_or_refused(world: World, client: Client) -> None:
    @few
    @given(hostile.bent([MAP], world.others))
    def saved(document: Json) -> None:
        answer = sent(client, "POST", "/planner/map/", document)
        if answer.status_code == 200:
            address = answer.json()["address"]
            checked(client.get(address), address)
            assert client.post(f"{address}delete/").status_code == 302
        else:
            assert answer.json()["title"]

    saved()


DRAWN: Json = [
    {"name": "khu A", "geometry": BOX},
    {"type": "Feature", "properties": {"name": "a"}, "geometry": BOX},
    {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": BOX}] * 2},
    {"geometry": {"type": "MultiPolygon", "coordinates": [BOX["coordinates"]] * 2}},
]


def test_any_drawing_is_an_area_or_refused(world: World, client: Client) -> None:
    @few
    @given(hostile.bent(DRAWN, world.others), st.booleans())
    def drew(shape: Json, by_page: bool) -> None:
        if by_page:
            checked(client.post("/planner/my-areas/", {"geometry": json.dumps(shape)}), "page")
        else:
            answer = sent(client, "POST", "/api/areas", shape)
            if answer.status_code == 201:
                assert client.delete(answer.headers["Location"]).status_code == 204
            else:
                refused(answer, shape)

    drew()


def test_pages_show_any_text_again(world: World, client: Client) -> None:
    """Whatever was sent is read back in words as far as it has a sense, never with a failure."""
    kept = keeping.keep(hostile.question(*hostile.LAST[0]), world.user)
    for text in hostile.RAW if COUNT > 100 else hostile.RAW[3::9]:
        answer = client.post("/planner/words/", text, "application/json")
        assert "error" in checked(answer, text[:90]).json(), text[:90]
        for address in ("/planner/new/", f"/planner/analyses/{kept.pk}/"):
            answer = client.post(address, {"document": text})
            assert checked(answer, text[:90]).status_code in (400, 413), (address, text[:90])
        for address in ("/planner/map/", "/api/areas", "/api/analyses/preview"):
            answer = client.post(address, text, "application/json")
            assert checked(answer, address).status_code in (400, 413, 422), text[:90]
        assert checked(client.post("/planner/my-areas/", {"geometry": text}), text[:90])
    kept.delete()


@pytest.mark.long
def test_any_word_in_an_address_is_answered(world: World, client: Client) -> None:
    analysis = keeping.keep(hostile.question(*hostile.LAST[2]), world.user)
    queue.ask(analysis, world.user)
    assert computing.compute_one() == "done"
    run = str(analysis.runs.get().pk)
    whole = COUNT > 100
    for number, (address, names) in enumerate(hostile.ASKED.items()):
        there = address.format(run=run)
        checked(client.get(there), there)
        for value in hostile.VALUES if whole else hostile.VALUES[number::9]:
            for name in names if whole or value.isdecimal() else names[:1]:
                written = value.encode("utf-8", "surrogatepass")
                asked = f"{there}?{urlencode({name: written})}"
                checked(client.get(asked), asked[:200])
    queue.forget(analysis.runs.get())
    analysis.delete()
