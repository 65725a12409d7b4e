"""`docs/add-a-layer.md`, carried out: the texts on the page are the ones that run here."""

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from layers import catalogue
from layers.definition import parse_definition
from layers.models import Layer, LayerField, Sector

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "add-a-layer.md").read_text(encoding="utf-8")
DEVELOPER, PLANNER = PAGE.split("## A planner")
PERSONS = "09000000"


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def table(text: str, first: str) -> list[dict[str, str]]:
    """The rows of the table whose first column has this heading."""
    found = re.search(rf"\| {first} \|.*?(?=\n\n|\Z)", text, re.DOTALL)
    assert found
    head, _rule, *rows = [line.strip("|").split("|") for line in found[0].splitlines()]
    names = [cell.strip() for cell in head]
    return [dict(zip(names, (c.strip() for c in row), strict=True)) for row in rows]


def run_commands(text: str, folder: Path) -> None:
    """Every command of the page, with the data files taken from `folder`."""
    for line in "".join(blocks(text, "bash")).splitlines():
        _python, manage, name, *words = shlex.split(line)
        assert manage == "manage.py"
        here = [str(folder / w) if w.endswith(".csv") else w for w in words]
        call_command(name, *here, verbosity=0)


@pytest.fixture
def developer_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The TOML of the page in its place beside the shipped definitions, and the CSV."""
    definitions = tmp_path / "definitions"
    shutil.copytree(catalogue.DEFINITIONS, definitions)
    toml = blocks(DEVELOPER, "toml")[0]
    place = re.match(r"# layers/definitions/(\S+)", toml)
    assert place
    target = definitions / place[1]
    target.parent.mkdir(exist_ok=True)
    target.write_text(toml, encoding="utf-8")
    monkeypatch.setattr(catalogue, "DEFINITIONS", definitions)
    (tmp_path / f"{target.stem}.csv").write_text(blocks(DEVELOPER, "csv")[0], encoding="utf-8")
    return target.stem


@pytest.mark.django_db
def test_the_developers_way(developer_layer: str, tmp_path: Path, client: Client) -> None:
    run_commands(DEVELOPER, tmp_path)
    check_served(client, developer_layer, 3)


@pytest.mark.django_db
def test_the_planners_way(admin_client: Client, tmp_path: Path, client: Client) -> None:
    values = {row["ô"]: row["giá trị"] for row in table(PLANNER, "ô")}
    slug = values["slug"]
    values["sector"] = str(Sector.objects.get(slug=values["sector"]).pk)
    rows = table(PLANNER, "name")
    form = {**values, **formset(rows)}
    answer = admin_client.post(reverse("admin:layers_layer_add"), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert LayerField.objects.filter(layer__slug=slug).count() == len(rows)
    (tmp_path / f"{slug}.csv").write_text(blocks(PLANNER, "csv")[0], encoding="utf-8")
    run_commands(PLANNER, tmp_path)
    check_served(client, slug, 2)


def formset(rows: list[dict[str, str]]) -> dict[str, str]:
    """The inline rows as a browser sends them."""
    form = {"field_rows-TOTAL_FORMS": str(len(rows)), "field_rows-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        form[f"field_rows-{place}-position"] = str(place)
        form |= {f"field_rows-{place}-{name}": text for name, text in row.items() if text}
    return form


def check_served(client: Client, slug: str, count: int) -> None:
    """Live, in the API, in the tiles' description and in the style; persons in none of them."""
    layer = Layer.objects.select_related("live_version").get(slug=slug)
    assert layer.live_version is not None
    assert layer.live_version.feature_count == count
    answer = client.get(reverse("api-items", args=[slug]))
    assert len(answer.json()["features"]) == count
    tilejson = client.get(reverse("tilejson", args=[slug]))
    assert tilejson.json()["vector_layers"][0]["id"] == slug
    style = client.get(reverse("style"))
    assert slug in style.json()["sources"]
    for response in (answer, tilejson, style):
        assert PERSONS not in response.content.decode()
        assert "keeper_phone" not in response.content.decode()


def test_the_pages_definition_is_valid() -> None:
    raw = tomllib.loads(blocks(DEVELOPER, "toml")[0])
    definition = parse_definition(raw)
    assert {f.name for f in definition.fields if f.is_private} == {"keeper_phone"}
