"""Shows the steps of a start one line each, keeps their output, and remembers what is done.

Neighbours: `install.py` and `run.py` are made of these steps. Standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCAL = PROJECT / ".local"
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
SHOWN_LINES = 40


class StepFailed(Exception):
    """A step that cannot be completed; the text says what happened and what to do."""


def local_folder() -> Path:
    """`.local` holds secrets: nobody else may list it (the server's account passes through)."""
    if not LOCAL.exists():
        LOCAL.mkdir(mode=0o700)
    return LOCAL


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """One line: the title at once, the seconds when it is done."""
    print(f"  {title} … ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"stopped after {time.monotonic() - began:.1f} s", flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def call(
    command: list[str], *, cwd: Path = PROJECT, environment: Mapping[str, str] | None = None
) -> str:
    """Run a program and return what it printed; its last lines are shown only when it fails."""
    try:
        done = subprocess.run(
            command, cwd=cwd, env={**os.environ, **(environment or {})}, text=True, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise StepFailed(f"{error.filename} is missing: start with make run.") from error
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-SHOWN_LINES:])
        raise StepFailed(f"This command failed: {' '.join(command)}\n{tail}")
    return done.stdout


def digest_of(files: Iterable[Path], *more: str) -> str:
    """One hash over names and contents, so that a step is redone exactly when its input changed."""
    digest = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _stamp(name: str) -> Path:
    return local_folder() / "stamps" / name


def is_done(name: str, digest: str, *results: Path) -> bool:
    """Whether the step was completed with this very input and its results are still there."""
    stamp = _stamp(name)
    same = stamp.exists() and stamp.read_text() == digest
    return same and all(result.exists() for result in results)


def mark_done(name: str, digest: str) -> None:
    stamp = _stamp(name)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest)


def fail(problem: Exception) -> int:
    """Say what went wrong, without a traceback; the exit status of the program."""
    sys.stdout.flush()
    print(f"\n{problem}", file=sys.stderr)
    return 1
