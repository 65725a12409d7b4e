"""The demo's files, written once a session; read back as an importer reads them."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from gis_portal.demo.province import FILES, SEED, Province, build, write_province
from importers.columns import names_of
from importers.georeference import georeference
from importers.readers.opening import open_source
from importers.readers.source import Source, Wanted
from layers.catalogue import shipped_definitions
from layers.definition import LayerDefinition

TODAY = dt.date(2026, 11, 22)
DEFINITIONS = {parsed.slug: parsed for _, parsed in shipped_definitions()}


@dataclass(frozen=True)
class ReadBack:
    """One file as the importer's reader gives it: columns (each (n,)) and shapes (n,)."""

    source: Source
    definition: LayerDefinition
    columns: dict[str, np.ndarray]
    shapes: np.ndarray


@pytest.fixture(scope="session")
def province() -> Province:
    return build(SEED)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every file, as of TODAY."""
    path = tmp_path_factory.mktemp("demo")
    write_province(path, SEED, TODAY)
    return path


@pytest.fixture(scope="session")
def files(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ReadBack]:
    """Slug → the file as read back."""
    return {f.slug: _read(folder / f.name, f.slug, f.crs, tmp_path_factory) for f in FILES}


def _read(path: Path, slug: str, crs: str | None, factory: pytest.TempPathFactory) -> ReadBack:
    definition = DEFINITIONS[slug]
    keys = tuple(names_of(definition.by_name[name]) for name in definition.key)
    source = open_source(path, Wanted(definition.geometry, keys), factory.mktemp("read"))
    batches, issues = zip(*source.read(georeference(source, crs).crs), strict=True)
    assert not any(issues)
    columns = {
        name: np.concatenate([batch.columns[name] for batch in batches])
        for name in batches[0].columns
    }
    shapes = np.concatenate([batch.geometry for batch in batches])
    return ReadBack(source, definition, columns, shapes)
