"""Documents as they come: whatever is in them, the answer is a document or a refusal with a name
and a place.
"""

import copy
import json
import uuid
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gis_portal.planner.areas import keeping as areas
from gis_portal.planner.document import shape
from gis_portal.planner.document.errors import BadDocument
from gis_portal.planner.document.model import FieldGroup, Overlay
from gis_portal.planner.document.reading import read
from layers.models import AdminUnit, Layer
from layers.permissions import OFFICER, PLANNER, STEWARD

READY = sorted(
    (Path(__file__).parents[3] / "gis_portal/planner/templates_ready/questions").glob("*.json")
)
Json = Any
QUESTION: dict[str, Json] = {
    "analysis": "1.0",
    "title": {"vi": "Đất công trong hành lang đường", "en": "Public land by roads"},
    "inputs": {
        "parcels": {"layer": "public-land-parcels", "filter": "area_m2 > 100"},
        "roads": {"layer": "road-centrelines"},
    },
    "steps": [
        {"id": "corridor", "op": "buffer", "of": "roads", "width_m": 50},
        {"id": "pieces", "op": "overlay", "kind": "identity", "of": "parcels", "with": "corridor"},
    ],
    "result": {
        "of": "pieces",
        "group_by": [{"field": "parcels.land_use_current"}],
        "measures": ["area_m2"],
    },
    "slivers": {"area_m2": 1.0, "width_m": 0.2},
    "grid": "auto",
}
BOX = {"type": "Polygon", "coordinates": [[[107, 10], [107.1, 10], [107.1, 10.1], [107, 10]]]}


def planner(name: str = "p", role: str = PLANNER) -> User:
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


# --- Shape: without a database --------------------------------------------------------------------


def test_the_schema_is_one_and_takes_the_ready_questions() -> None:
    Draft202012Validator.check_schema(shape.schema())
    assert len(READY) == 6
    for file in READY:
        document = json.loads(file.read_text(encoding="utf-8"))["document"]
        shape.check(document)
        Draft202012Validator(shape.schema()).validate(document)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["roads", "overlay", "1.0", "\ud800", "\x00", 10**400, "a" * 3000]),
)
VALUES = st.recursive(
    LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3)
)


def places(value: Json, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    lists = enumerate(value) if isinstance(value, list) else ()
    parts: Iterable[tuple[Any, Json]] = value.items() if isinstance(value, dict) else lists
    return [path, *(found for key, part in parts for found in places(part, (*path, key)))]


def changed(path: tuple[Any, ...], new: Json, *, how: str) -> Json:
    document = copy.deepcopy(QUESTION)
    if not path:
        return new
    owner: Json = document
    for key in path[:-1]:
        owner = owner[key]
    if how == "delete":
        del owner[path[-1]]
    elif how == "add" and isinstance(owner, dict):
        owner[str(new)[:9]] = new
    else:
        owner[path[-1]] = new
    return document


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(places(QUESTION)), VALUES, st.sampled_from(["put", "delete", "add"]))
def test_any_change_is_taken_or_refused_by_name(path: tuple[Any, ...], new: Json, how: str) -> None:
    document = changed(path, new, how=how)
    refusal = None
    try:
        shape.check(document)
    except BadDocument as error:
        refusal = error
    if refusal is None:
        # Piece by piece it allows what the published schema allows, and no more.
        Draft202012Validator(shape.schema()).validate(document)
    else:
        assert isinstance(refusal.extra["at"], str)
        assert len(refusal.extra["at"]) <= shape.SHOWN


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(raw: bytes | str) -> None:
    with pytest.raises(BadDocument):
        read(raw, AnonymousUser())


def many_criteria() -> Json:
    part = {"id": "a", "weight": 1, "kind": "area", "best": 1, "worst": 0}
    score = {"id": "s", "op": "score", "of": "parcels", "criteria": [part] * 1_000_000}
    return QUESTION | {"steps": [score]}


def deep(levels: int) -> Json:
    found: Json = {}
    for _ in range(levels):
        found = {"op": "not", "args": [found]}
    return QUESTION | {"inputs": {"parcels": {"layer": "a", "filter": found}}}


def measured(names: Json) -> Json:
    return QUESTION | {"result": {"of": "pieces", "measures": names}}


@pytest.mark.parametrize(
    ("raw", "code", "at"),
    [
        (many_criteria, "document-too-large", "steps[0].criteria"),
        (lambda: deep(5000), "document-too-large", "inputs.parcels.filter"),
        (lambda: "[" * 100_000, "bad-document", ""),
        (lambda: " " * (50 * 2**20), "document-too-large", ""),
        (lambda: '{"analysis": NaN}', "bad-document", ""),
        (lambda: '{"a": 1, "a": 2}', "bad-document", ""),
        (lambda: QUESTION | {"sql": "SELECT"}, "bad-document", ""),
        (lambda: QUESTION | {"grid": 1e300}, "bad-document", "grid"),
        # Each compared with each would take minutes.
        (lambda: measured([{f"a{n}": n} for n in range(9000)]), "bad-document", "result.measures"),
        (lambda: inputs(area=f"{uuid.UUID(int=0)}\n"), "bad-document", "inputs.a.area"),
        (lambda: inputs(units="commune", on="2025-07-01\n"), "bad-document", "inputs.a.on"),
    ],
)
def test_size_and_depth_are_refused_before_anything_is_done(
    raw: Callable[[], Json], code: str, at: str
) -> None:
    with pytest.raises(BadDocument) as caught:
        read(raw(), AnonymousUser())
    assert caught.value.code == code
    assert str(caught.value.extra["at"]).startswith(at)


# --- What it names: with the layers of every installation -----------------------------------------


@pytest.mark.django_db
def test_a_document_becomes_what_engines_take() -> None:
    document = read(json.dumps(QUESTION), planner())
    assert [step.op for step in document.steps] == ["buffer", "overlay"]
    assert document.steps[1] == Overlay("pieces", "identity", "parcels", "corridor")
    assert document.result.group_by == (FieldGroup("parcels", "land_use_current"),)
    assert document.layer_of("pieces") == "public-land-parcels"
    turned = dict(reversed(QUESTION.items()))
    assert read(turned, AnonymousUser()).sha256 == document.sha256


@pytest.mark.django_db
def test_ready_questions_are_read() -> None:
    for level, code in (("commune", "90009"), ("district", "909"), ("province", "90")):
        more = {"level": level, "code": code, "name": code, "valid_from": "2000-01-01"}
        AdminUnit.objects.create(**more)
    for file in READY:
        read(json.loads(file.read_text(encoding="utf-8"))["document"], planner(file.stem))


def step(**members: Json) -> Json:
    return QUESTION | {"steps": [*QUESTION["steps"], {"id": "more", **members}]}


def grouped(field: str, of: str = "pieces") -> Json:
    return QUESTION | grouped_by(of, field)


def grouped_by(of: str, field: str) -> Json:
    return {"result": {"of": of, "group_by": [{"field": field}]}}


def filtered(text: Json) -> Json:
    return QUESTION | {
        "inputs": {**QUESTION["inputs"], "x": {"layer": "public-land-parcels", "filter": text}}
    }


def criterion(**more: Json) -> Json:
    part = {"id": "c", "weight": 1, "kind": "field", "best": 1, "worst": 0, **more}
    return step(op="score", of="parcels", criteria=[part])


def since(number: int) -> Json:
    return {"from": number, "to": "live"}


def inputs(**given: Json) -> Json:
    return QUESTION | {"inputs": {"a": given}}


def by_units(on: str) -> Json:
    return QUESTION | {"result": {"of": "pieces", "group_by": [{"units": "commune", "on": on}]}}


TOUCHES = {"relation": "touches", "with": "roads"}
BY, X, W = "result.group_by[0]", "inputs.x.filter", "steps[2].width.field"
ROADS = "road-centrelines"
HOSTILE: list[tuple[Callable[[], Json], str, str]] = [
    (lambda: inputs(layer="no-such"), "layer", "inputs.a.layer"),
    (lambda: inputs(layer="hidden-one"), "layer", "inputs.a.layer"),
    (lambda: step(op="buffer", of="later", width_m=1), "name", "steps[2].of"),
    (lambda: step(op="dissolve", of="more"), "name", "steps[2].of"),
    (lambda: step(id="parcels", op="dissolve", of="roads"), "name", "steps[2].id"),
    (lambda: step(op="buffer", of="roads", width_m=1e9), "too-large", "steps[2].width_m"),
    (lambda: step(op="buffer", of="roads", width_m=-5), "bad", "steps[2].width_m"),
    (lambda: step(op="buffer", of="roads", width_m=True), "bad", "steps[2].width_m"),
    (lambda: step(op="buffer", of="roads"), "bad", "steps[2]"),
    (lambda: step(op="buffer", of="roads", width={"field": "nope"}), "field", W),
    (lambda: step(op="buffer", of="roads", width={"field": "name"}), "field", W),
    (lambda: step(op="nearest", of="roads", to="roads", k=10**9), "too-large", "steps[2].k"),
    (lambda: step(op="drop table", of="roads"), "bad", "steps[2].op"),
    (lambda: step(op="changes", layer="hidden-one", **since(1)), "layer", "steps[2].layer"),
    (lambda: step(op="changes", layer=ROADS, **since(99)), "layer", "steps[2].from"),
    (lambda: step(op="changes", layer=ROADS, **since(2**52)), "layer", "steps[2].from"),
    # Fields of officers and personal ones answer as those that do not exist.
    (lambda: grouped("parcels.lease_no"), "field", f"{BY}.field"),
    (lambda: grouped("parcels.occupier"), "field", f"{BY}.field"),
    (lambda: grouped("parcels.no_such"), "field", f"{BY}.field"),
    (lambda: grouped("roads.name", "parcels"), "field", f"{BY}.field"),
    (lambda: step(op="dissolve", of="parcels", by=["occupier"]), "field", "steps[2].by[0]"),
    (lambda: criterion(field="lease_no"), "field", "steps[2].criteria[0].field"),
    (lambda: criterion(field="occupier"), "field", "steps[2].criteria[0].field"),
    (lambda: filtered("occupier = 'x'"), "filter", X),
    (lambda: filtered("lease_no LIKE 'A%'"), "filter", X),
    (lambda: filtered("1=1); DROP TABLE planner_run; --"), "filter", X),
    (lambda: filtered(""), "filter", X),
    # A name where a code stands would find nothing, and say nothing.
    (lambda: filtered("status IN ('managed_vacant', 'Đang cho thuê')"), "value", X),
    (lambda: filtered("NOT ('vacant' = status) AND area_m2 > 1"), "value", X),
    (lambda: filtered({"op": "=", "args": [{"property": "land_use_current"}, "Ở"]}), "value", X),
    (lambda: filtered({"op": "isNull", "args": [{"property": "occupier"}]}), "filter", X),
    (lambda: filtered({"op": "pg_sleep", "args": [9]}), "filter", X),
    (lambda: filtered("a " * 9000), "filter", X),
    (lambda: step(op="select", of="roads", where=TOUCHES), "bad", "steps[2].where.relation"),
    (lambda: QUESTION | {"grid": 3857}, "bad", "grid"),
    (lambda: QUESTION | {"grid": 123}, "bad", "grid"),
    (lambda: by_units("2025-02-30"), "bad", f"{BY}.on"),
    (lambda: by_units("0001-01-01"), "units", f"{BY}.units"),
    (lambda: inputs(area="x"), "bad", "inputs.a.area"),
]  # fmt: skip


@pytest.mark.django_db
def test_hostile_documents_are_refused_by_name_and_place() -> None:
    hidden = Layer.objects.get(slug="road-centrelines")
    definition = {**hidden.definition, "slug": "hidden-one", "visibility": "internal"}
    Layer.objects.create(
        slug="hidden-one", sector=hidden.sector, definition=definition, visibility=Layer.INTERNAL
    )
    for make, code, at in HOSTILE:
        with pytest.raises(BadDocument) as caught:
            # Nobody has a right that makes fields readable here, but an internal layer is not
            # shown to who has not signed in.
            read(make(), AnonymousUser())
        said = (caught.value.code, caught.value.extra["at"])
        whole = "bad-document" if code == "bad" else f"document-{code}"
        assert said == (whole, at), make()
    for role in (PLANNER, OFFICER, STEWARD, "restricted-reader"):
        for field in ("lease_no", "occupier"):
            with pytest.raises(BadDocument):
                read(grouped(f"parcels.{field}"), planner(f"{role}-{field}", role))


@pytest.mark.django_db
def test_a_long_question_costs_what_it_is_long(django_assert_max_num_queries: Any) -> None:
    """A path for every choice of `of` and `with` would be sixteen million; every field of a layer
    that is named asks for the layer once.
    """
    names = ["parcels", *(f"s{number}" for number in range(23))]
    steps: list[Json] = [
        {"id": after, "op": "overlay", "kind": "identity", "of": before, "with": before}
        for before, after in pairwise(names)
    ]
    part = {"weight": 1, "kind": "field", "field": "area_measured", "best": 1, "worst": 0}
    criteria = [{"id": f"c{number}", **part} for number in range(20)]
    steps.append({"id": "last", "op": "score", "of": names[-1], "criteria": criteria})
    asked = QUESTION | {"steps": steps} | grouped_by("last", "parcels.land_use_current")
    user = planner()
    with django_assert_max_num_queries(9):
        assert len(read(asked, user).steps) == 24


@pytest.mark.django_db
def test_a_private_area_is_its_planners_alone() -> None:
    mine, other = planner("mine"), planner("other")
    area = areas.drawn(mine, "khu A", BOX)
    asked = QUESTION | {"inputs": {**QUESTION["inputs"], "here": {"area": str(area.pk)}}}
    assert "here" in read(asked, mine).inputs
    for user in (other, AnonymousUser(), planner("steward", STEWARD)):
        with pytest.raises(BadDocument) as caught:
            read(asked, user)
        assert caught.value.code == "document-area"
    type(area).objects.update(expires_at="2020-01-01T00:00Z")
    with pytest.raises(BadDocument):
        read(asked, mine)
    areas.forget_expired()
    assert not type(area).objects.exists()
