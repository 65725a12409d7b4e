"""Brings the database up to date: tables, layers and (unless PORTAL_DEMO=0) the demo province.

Run by `run.py` in the project's environment, as one process: Django is loaded once for all steps.
Each step is quick when there is nothing to do. Neighbours: `steps.py`; the commands themselves are
in layers/management and gis_portal/demo/management.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

import django
from django.core.management import CommandError, call_command
from steps import PROJECT, step


class Indented(io.TextIOBase):
    """Shows what a long command says below the line of its step, as it says it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        for line in filter(None, text.splitlines()):
            self.stream.write(f"\n      {line}")
        self.stream.flush()
        return len(text)


def _command(title: str, *command: str, show: bool = False) -> None:
    said = io.StringIO()
    with step(title):
        call_command(*command, stdout=Indented(sys.stdout) if show else said)
        if show:
            print("\n      ", end="")


def prepare() -> None:
    _command("Tables (migrate)", "migrate", "--database", "owner", "--noinput")
    _command("Layers (sync_layers)", "sync_layers")
    if os.environ.get("PORTAL_DEMO", "1") != "0":
        _command("Demo province (load_demo)", "load_demo", show=True)


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_portal.settings")
    django.setup()
    try:
        prepare()
    except CommandError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)
