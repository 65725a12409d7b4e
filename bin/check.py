#!/usr/bin/env python3
"""Runs the tests from nothing: `python3 bin/check.py KIND …`, install among the kinds of KINDS.

Installs what is missing, starts the private cluster (and stops it again when it was not running),
finds or installs a browser, and says loudly when browser tests cannot run. Further arguments go to
pytest. Neighbours: `install.py`, `run.py` (the database for as long as it is needed).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from install import install, install_web_vitals, make_environment_apart
from postgres import ServerProblem
from run import database, listen_for_stop
from steps import PROJECT, PYTHON, StepFailed, fail
from system import (
    check_python,
    ensure_bench_programs,
    ensure_chromium,
    ensure_ogr2ogr,
    ensure_packages,
    ensure_qgis,
)

# Three processes on the usual two processors: a third of the time tests wait, for pages, confined
# children and servers. `tests/sharing.py` says what stays together, and what comes first.
PARALLEL = ["-n", "3", "--no-loadscope-reorder"]
# What takes too long for every commit: kills by the dozen, whole days in a browser.
SHORT = "not faults and not long"
KINDS = {
    "test": ["--ignore=tests/bench", "--ignore=tests/web_vitals", "-m", SHORT, *PARALLEL],
    "long": ["--ignore=tests/bench", "--ignore=tests/web_vitals", "-m", "long"],
    "e2e": ["tests/e2e"],
    "bench": ["tests/bench", "--ignore=tests/bench/test_bench_import.py", "-s"],
    "bench-import": ["tests/bench/test_bench_import.py", "-s"],
    "faults": ["tests/faults", "-s", "--tb=short"],
    "conformance": ["tests/conformance", "--deselect=tests/conformance/test_fuzz.py"],
    "fuzz": [
        "tests/tiles/test_front_fuzz.py",
        "tests/layers/cql2/test_fuzz.py",
        "tests/conformance/test_fuzz.py",
        "tests/gis_portal/officer/field/test_fuzz.py",
        "tests/gis_portal/planner/test_fuzz.py",
        "tests/e2e/test_no_scripts_from_data.py",
    ],
    "docs": ["tests/test_docs.py"],
    "web-vitals": ["tests/web_vitals", "-s"],
}
WITH_BROWSER = {"test", "long", "e2e", "fuzz", "bench", "web-vitals"}
# Other tile servers, in an environment of their own.
PEERS = "tests/bench/peers.lock"
LOUD = """
################################################################################
#  BROWSER TESTS DID NOT RUN: there is no Chromium and it cannot be installed. #
#  Install it, or name it: PORTAL_CHROMIUM=/path/to/chromium make test         #
################################################################################
"""


def _pytest(arguments: list[str], environment: Mapping[str, str]) -> int:
    command = [str(PYTHON), "-m", "pytest", *arguments]
    print(f"  {' '.join(command[1:])}", flush=True)
    # Tests start the portal's programs by the dozen: none should compile all its files anew.
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **compiled, **environment},
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return done.returncode


def _ensure_peers() -> None:
    """What the benchmark compares with; a peer that cannot be had is named in its table."""
    ensure_bench_programs()
    try:
        make_environment_apart(PEERS)
    except StepFailed as problem:
        print(f"  There will be fewer peers: {str(problem).splitlines()[0]}")


def check(kind: str, more: list[str]) -> int:
    """Everything that the tests need, then pytest; its exit status."""
    if kind == "bench" and not any((PROJECT / "tests" / "bench").glob("test_*.py")):
        print("There is no benchmark in tests/bench yet.")
        return 0
    ensure_packages(server="DATABASE_URL" not in os.environ)
    if kind in {"bench", "bench-import"}:
        ensure_ogr2ogr()
    if kind == "conformance":
        ensure_qgis()
    install("test")
    if kind == "bench":
        _ensure_peers()
    chromium = ensure_chromium() if kind in WITH_BROWSER else None
    environment = {"PORTAL_CHROMIUM": chromium} if chromium else {}
    if kind == "web-vitals":
        environment["PORTAL_NODE"] = install_web_vitals()
    with database():
        status = _pytest([*KINDS[kind], *more], environment)
    if kind in WITH_BROWSER - {"bench"} and not chromium:
        print(LOUD)
    return status


def main(arguments: list[str]) -> int:
    check_python()
    match arguments:
        case ["install"]:
            ensure_packages(server=False)
            install("test")
            return 0
        case [kind, *more] if kind in KINDS:
            return check(kind, more)
        case _:
            kinds = "|".join([*KINDS, "install"])
            print(f"Usage: python3 bin/check.py {kinds} …", file=sys.stderr)
            return 2


if __name__ == "__main__":
    listen_for_stop()
    try:
        sys.exit(main(sys.argv[1:]))
    except (StepFailed, ServerProblem) as problem:
        sys.exit(fail(problem))
