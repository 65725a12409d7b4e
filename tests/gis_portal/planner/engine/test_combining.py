"""Layers of several sectors put together: sums add up, what lies in two layers counts in both."""

import copy
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from gis_portal.planner.document.errors import BadDocument
from gis_portal.planner.document.model import Combine, Group, Overlay, Select, UnitGroup
from gis_portal.planner.document.reading import read
from gis_portal.planner.engine.preview import preview
from gis_portal.planner.engine.run import run
from gis_portal.planner.engine.store import ResultStore
from gis_portal.planner.models import Run
from gis_portal.planner.results.told import told
from gis_portal.planner.workbench.sentence import sentence
from layers.models import Layer, LayerVersion, Sector
from tests.gis_portal.planner.engine.made import (
    Row,
    begun,
    box,
    commune,
    document,
    layer,
    version,
)

pytestmark = pytest.mark.django_db
INPUTS = {"fields": "engine-fields", "works": "engine-works"}
ASKED: dict[str, Any] = {
    "analysis": "1.0",
    "title": {"vi": "Diện tích mỗi lĩnh vực theo xã"},
    "inputs": {"fields": {"layer": "engine-fields"}, "works": {"layer": "engine-works"}},
    "steps": [{"id": "all", "op": "combine", "of": ["fields", "works"]}],
    "result": {
        "of": "all",
        "group_by": [
            {"units": "commune"}, {"field": "all.sector"}, {"field": "all.layer"},
            {"field": "all.kind"},
        ],
        "measures": ["count", "area_m2", "share"],
    },
}  # fmt: skip


@pytest.fixture
def world() -> dict[str, int]:
    """Two fields and two works, one of which lies on a field and in both communes."""
    west, _east = commune("90001", box(0, 0, 100, 100)), commune("90002", box(100, 0, 200, 100))
    sector, _new = Sector.objects.get_or_create(
        slug="mills", defaults={"title_vi": "Xay xát", "title_en": "Milling"}
    )
    works = layer("engine-works", "polygon", units=False)
    Layer.objects.filter(pk=works.pk).update(sector=sector)
    fields = [Row(box(10, 10, 40, 40), "rice", west.pk), Row(box(50, 10, 60, 20), None, west.pk)]
    return {
        "fields": version(layer("engine-fields", "polygon"), fields),
        "works": version(
            works, [Row(box(30, 30, 50, 50), "rice"), Row(box(90, 60, 110, 80), "mill")]
        ),
    }


def test_hectares_of_each_sector_by_commune(world: dict[str, int]) -> None:
    by: list[Group | str] = [UnitGroup("commune"), "all.sector", "all.layer", "all.kind"]
    asked = document(INPUTS, Combine("all", ("fields", "works")), of="all", by=by)
    summary, kept = _answered(asked, world)
    names = ("commune", "all.sector", "all.layer", "all.kind", "count")
    found = {tuple(r[n] for n in names): round(r["area_m2"], 3) for r in summary["rows"]}
    assert found == {
        ("90001", "land", "engine-fields", "rice", 1): 900.0,
        ("90001", "land", "engine-fields", None, 1): 100.0,
        ("90001", "mills", "engine-works", "rice", 1): 400.0,
        ("90001", "mills", "engine-works", "mill", 1): 200.0,
        ("90002", "mills", "engine-works", "mill", 1): 200.0,
    }
    # What lies on each other counts in both: the whole is the sum of the layers.
    assert summary["sums"]["input"] == pytest.approx(1000 + 800, rel=1e-9)
    assert abs(summary["sums"]["difference"]) < 1e-4
    for language, words in (
        ("vi", ("Xay xát", "engine-works", "Lĩnh vực", "Lớp dữ liệu", "Loại")),
        ("en", ("Milling", "engine-works", "Sector", "Layer", "Kind")),
    ):
        with translation.override(language):
            about = told(kept, language)
        labels = [value for line in about.lines for value in line.labels.values()]
        assert {words[0], words[1]} <= {*labels}
        assert [c.label for c in about.groups][1:] == [*words[2:]]
    again, _kept = _answered(asked, world)
    assert again["rows"] == summary["rows"]


def _answered(asked: Any, world: dict[str, int]) -> tuple[dict[str, Any], Run]:
    kept = begun()
    kept.summary = run(asked, world, store=ResultStore(kept.pk)).as_json()
    kept.document, kept.versions = ASKED, world
    return kept.summary, kept


def test_sides_may_be_steps_and_units_stay_declared(world: dict[str, int]) -> None:
    """Both sides name their communes, also where shapes lie elsewhere; then all of it is cut."""
    steps = (
        Select("rice", "fields", "kind = 'rice'"),
        Select("bare", "fields", "kind IS NULL"),
        Combine("all", ("rice", "bare")),
        Overlay("cut", "intersection", "all", "works"),
    )
    asked = document(INPUTS, *steps, of="all", by=[UnitGroup("commune"), "all.kind"])
    summary, _kept = _answered(asked, world)
    assert [(r["commune"], r["all.kind"], r["count"]) for r in summary["rows"]] == [
        ("90001", "rice", 1), ("90001", None, 1)
    ]  # fmt: skip
    asked = document(INPUTS, *steps, of="cut", by=["all.kind", "works.kind"])
    summary, _kept = _answered(asked, world)
    [row] = summary["rows"]
    assert (row["all.kind"], row["works.kind"]) == ("rice", "rice")
    assert row["area_m2"] == pytest.approx(100)


def test_a_preview_draws_from_all_sides(world: dict[str, int]) -> None:
    asked = document(INPUTS, Combine("all", ("fields", "works")), of="all", by=["all.sector"])
    found = {r["all.sector"]: r["area_m2"] for r in preview(asked, None, world).rows}
    assert found == {"land": pytest.approx(1000), "mills": pytest.approx(800)}


def _published(world: dict[str, int]) -> None:
    for pk in world.values():
        kept = LayerVersion.objects.get(pk=pk)
        kept.state = LayerVersion.PUBLISHED
        kept.save()
        Layer.objects.filter(pk=kept.layer_id).update(live_version=kept)


def test_it_is_read_or_refused_by_name_and_place(world: dict[str, int]) -> None:
    _published(world)
    lines = layer("engine-lines", "line")
    _published({"lines": version(lines, [])})
    reader = AnonymousUser()
    assert read(ASKED, reader).steps == (Combine("all", ("fields", "works")),)
    for change, code, at in (
        ({"of": ["fields", "lines"]}, "document-mixed", "steps[0].of[1]"),
        ({"of": ["fields", "communes"]}, "document-mixed", "steps[0].of[1]"),
        ({"of": ["fields", "all"]}, "document-name", "steps[0].of[1]"),
        ({"of": ["fields"]}, "bad-document", "steps[0].of"),
        ({"of": ["fields", "fields"]}, "bad-document", "steps[0].of"),
        ({"of": [f"n{n}" for n in range(99)]}, "document-too-large", "steps[0].of"),
        ({"field": "all.commune"}, "document-field", "result.group_by[0].field"),
        ({"field": "fields.kind"}, "document-field", "result.group_by[0].field"),
    ):
        asked = copy.deepcopy(ASKED)
        asked["inputs"] |= {"lines": {"layer": "engine-lines"}, "communes": {"units": "commune"}}
        if "of" in change:
            asked["steps"][0]["of"] = change["of"]
        else:
            asked["result"]["group_by"] = [change]
        with pytest.raises(BadDocument) as caught:
            read(asked, reader)
        assert (caught.value.code, caught.value.extra["at"]) == (code, at), change


def test_it_has_words_in_both_languages(world: dict[str, int]) -> None:
    definitions = {one.slug: one.parsed for one in Layer.objects.all()}
    with translation.override("vi"):
        said = sentence(ASKED, definitions, "vi")
    assert "Gộp chung “engine-fields”, “engine-works”" in said.lines[0]
    assert "lĩnh vực" in said.result
    with translation.override("en"):
        said = sentence(ASKED, definitions, "en")
    assert "Put “engine-fields”, “engine-works” together" in said.lines[0]
    assert "sector" in said.result
