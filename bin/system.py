"""Makes sure that the machine has what no Python package brings: PostGIS, venv, bubblewrap,
Chromium.

Debian and Ubuntu: apt-get, through sudo when not root. Elsewhere: a message that names what to
install. Neighbours: `postgres.py` knows what a usable server is; `install.py` goes on from here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from postgres import ServerProblem, find_server
from steps import StepFailed, call, step

OLDEST_PYTHON = (3, 11)
SANDBOX_PROGRAM, SANDBOX_PACKAGE = "bwrap", "bubblewrap"
CHROMIUM_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise StepFailed(
            f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is "
            f"{sys.version.split()[0]}. Say which one to use: make run PYTHON3=python3.11"
        )


def _as_root(command: list[str]) -> list[str]:
    if os.geteuid() == 0:
        return command
    if not shutil.which("sudo"):
        raise StepFailed(f"Please run this as root, then start again: {' '.join(command)}")
    # CI and scripts have nobody to type a password: fail at once instead of waiting for one.
    options = [] if sys.stdin.isatty() else ["-n"]
    return ["sudo", *options, *command]


def _apt_install(packages: list[str]) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    if os.geteuid() != 0 and sys.stdin.isatty():
        subprocess.run(["sudo", "-v"], check=False)  # asks for the password, visibly
    install = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q",
               "--no-install-recommends", *packages]  # fmt: skip
    call(_as_root(install), environment=quiet)


def _server_packages() -> list[str]:
    """The newest PostgreSQL that this system packages together with PostGIS."""
    names = call(["apt-cache", "search", "--names-only", "^postgresql-[0-9]+-postgis-3$"])
    majors = [int(found) for found in re.findall(r"^postgresql-(\d+)-postgis-3\b", names, re.M)]
    if not majors:
        raise StepFailed("apt knows no postgresql-NN-postgis-3. Install PostGIS, then start again.")
    major = max(majors)
    return [f"postgresql-{major}", f"postgresql-{major}-postgis-3"]


def _venv_works() -> bool:
    # Debian splits ensurepip out of Python; the module venv alone makes no pip.
    test = "import venv, ensurepip"
    return (
        subprocess.run([sys.executable, "-c", test], capture_output=True, check=False).returncode
        == 0
    )


def _server_missing() -> ServerProblem | None:
    try:
        find_server()
    except ServerProblem as problem:
        return problem
    return None


def ensure_packages(*, server: bool) -> None:
    """Install PostGIS (unless a database was named), venv and bubblewrap where they are missing."""
    problem = _server_missing() if server else None
    venv = _venv_works()
    if venv and problem is None:
        _ensure_bubblewrap()
        return
    if not shutil.which("apt-get"):
        wanted = "" if venv else " Python's venv module with pip is needed as well."
        raise StepFailed(f"{problem or ''}{wanted}")
    with step("Asking Debian's packages"):
        call(_as_root(["apt-get", "update", "-q"]))
    packages = [] if venv else [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]
    packages += _server_packages() if problem else []
    packages += [] if shutil.which(SANDBOX_PROGRAM) else [SANDBOX_PACKAGE]
    with step(f"Installing {', '.join(packages)}"):
        _apt_install(packages)


def _ensure_bubblewrap() -> None:
    """What confines the readers of uploaded files. The portal runs without it, uploads are off."""
    if shutil.which(SANDBOX_PROGRAM) or not shutil.which("apt-get"):
        return
    try:
        with step(f"Installing {SANDBOX_PACKAGE}"):
            call(_as_root(["apt-get", "update", "-q"]))
            _apt_install([SANDBOX_PACKAGE])
    except StepFailed as problem:
        print(f"  Uploading files stays off without it: {str(problem).splitlines()[0]}")


def find_chromium() -> str | None:
    """The browser for tests: the one that PORTAL_CHROMIUM names, or the first on PATH."""
    named = os.environ.get("PORTAL_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_PROGRAMS)), None)


def ensure_chromium() -> str | None:
    """Chromium's path, installing Debian's package where that is possible; None when it is not."""
    found = find_chromium()
    if found or not shutil.which("apt-get"):
        return found
    try:
        with step("Installing chromium for the browser tests"):
            call(_as_root(["apt-get", "update", "-q"]))
            _apt_install(["chromium"])
    except StepFailed as problem:
        print(f"  Chromium could not be installed: {str(problem).splitlines()[0]}")
    return find_chromium()


def ensure_ogr2ogr() -> None:
    """GDAL's own converter, which the import benchmark compares with; it says so where it is
    missing.
    """
    if shutil.which("ogr2ogr") or not shutil.which("apt-get"):
        return
    try:
        with step("Installing gdal-bin for the comparison with ogr2ogr"):
            call(_as_root(["apt-get", "update", "-q"]))
            _apt_install(["gdal-bin"])
    except StepFailed as problem:
        print(f"  There will be no comparison with ogr2ogr: {str(problem).splitlines()[0]}")


def ensure_qgis() -> None:
    """PyQGIS for the system's own Python: the tests say what they could not try without it."""
    system_python = "/usr/bin/python3"
    test = [system_python, "-c", "import qgis.core"]
    if not shutil.which("apt-get"):
        return
    if subprocess.run(test, capture_output=True, check=False).returncode == 0:
        return
    try:
        with step("Installing python3-qgis, to try the API with QGIS"):
            call(_as_root(["apt-get", "update", "-q"]))
            _apt_install(["python3-qgis"])
    except StepFailed as problem:
        print(f"  QGIS will not be tried: {str(problem).splitlines()[0]}")


# Program → Debian's package: what `make bench` measures with, and what it compares with.
BENCH_PROGRAMS = {
    "wrk": "wrk",
    "nginx": "nginx",
    "/usr/lib/cgi-bin/mapserv": "cgi-mapserver",
}


def ensure_bench_programs() -> None:
    """Load generator, nginx and MapServer. Without one, the benchmark says what it lacks."""
    missing = [package for name, package in BENCH_PROGRAMS.items() if not shutil.which(name)]
    if not missing or not shutil.which("apt-get"):
        return
    try:
        with step(f"Installing {', '.join(missing)} for the benchmark"):
            call(_as_root(["apt-get", "update", "-q"]))
            _apt_install(missing)
            if "nginx" in missing and shutil.which("systemctl"):
                # Debian starts what it installs; the machine may have its own use for port 80.
                subprocess.run(
                    _as_root(["systemctl", "disable", "--now", "nginx"]),
                    check=False, capture_output=True,
                )  # fmt: skip
    except StepFailed as problem:
        print(f"  The benchmark will say what it lacks: {str(problem).splitlines()[0]}")
