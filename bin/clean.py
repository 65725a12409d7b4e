"""Removes everything that was generated, the private database included, after stopping it.

Neighbour: `cluster.py` knows where the data is when it is outside the checkout.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import cluster
from postgres import ServerProblem
from steps import PROJECT, StepFailed, step

GENERATED = (
    ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis",
    ".coverage", "gis_portal/frontend/node_modules", "gis_portal/frontend/dist",
    "gis_portal/frontend/coverage", "gis_portal/static/gis_portal/dist",
    "gis_portal/typesetting/fonts", "tests/web_vitals/node_modules",
)  # fmt: skip
PACKAGES = ("bin", "gis_portal", "importers", "layers", "tiles", "tests")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_cluster() -> None:
    """Stop and delete our own cluster; `.local` goes only when nothing runs in it any more."""
    try:
        found = cluster.load(PROJECT)
        cluster.stop(PROJECT)
    except ServerProblem as problem:
        raise StepFailed(f"{problem}\nNothing was removed.") from problem
    if found is not None:
        _remove(found.home)
    _remove(PROJECT / ".local")


def clean() -> None:
    with step("Stopping and removing the private database"):
        _remove_cluster()
    with step("Removing generated files"):
        for name in GENERATED:
            _remove(PROJECT / name)
        for package in PACKAGES:
            for folder in (PROJECT / package).rglob("__pycache__"):
                _remove(folder)
        for compiled in (PROJECT / "gis_portal" / "locale").rglob("*.mo"):
            _remove(compiled)
