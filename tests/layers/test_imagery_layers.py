"""Layers of scenes: what a declaration must hold, and where a picture is kept."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from layers.definition import parse_definition
from layers.errors import DefinitionError
from layers.imagery import SCENE_FIELDS, missing_fields, scene_path

SHIPPED = Path("layers/definitions/imagery/aerial-imagery.toml")
SHA = "ab" * 32


def raw() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def test_a_layer_of_scenes_declares_the_fields_of_scenes() -> None:
    declared = {f.name: f.type.name for f in parse_definition(raw()).public_fields}
    assert declared.items() >= SCENE_FIELDS.items()


def test_a_missing_field_is_named() -> None:
    without = raw()
    without["field"] = [f for f in without["field"] if f["name"] != "stretch"]
    with pytest.raises(DefinitionError, match="stretch"):
        parse_definition(without)


def test_scenes_are_polygons_with_the_key_of_scenes() -> None:
    assert missing_fields(SCENE_FIELDS, ("acquired", "scene"), "polygon") == []
    assert missing_fields(SCENE_FIELDS, ("scene",), "polygon")
    assert missing_fields(SCENE_FIELDS, ("acquired", "scene"), "point")


def test_a_picture_is_kept_under_its_digest(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    assert scene_path(SHA) == tmp_path / "imagery" / "ab" / f"{SHA}.tif"


@pytest.mark.parametrize("name", ["", "../" + SHA, SHA.upper(), SHA + "\n", "a" * 63])
def test_no_other_name_leads_anywhere(name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        scene_path(name)
