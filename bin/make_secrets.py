#!/usr/bin/env python3
"""Writes the secrets of docker-compose.yml as files: `python3 bin/make_secrets.py [FOLDER]`.

Existing files are kept, so it may be run again. The folder (default docker/secrets, ignored by
git) is closed to other users; the files in it are readable because the users inside the
containers have other numbers than the one outside. Neighbour: docs/operations.md.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docker" / "secrets"
PASSWORDS = ("superuser_password", "owner_password", "app_password", "tiles_password")
URLS = {
    "database_url": "app",
    "database_owner_url": "owner",
    "database_tiles_url": "tiles",
}
HOST = "db:5432"


def _write(file: Path, text: str) -> str:
    """Write a file unless it exists; the text that is in it then."""
    if not file.exists():
        file.write_text(text, encoding="utf-8")
        file.chmod(0o444)
    return file.read_text(encoding="utf-8").strip()


def make_secrets(folder: Path = FOLDER) -> list[Path]:
    """Passwords and key are random; the three addresses are made from the passwords."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    written = {name: _write(folder / name, secrets.token_hex(24)) for name in PASSWORDS}
    _write(folder / "secret_key", secrets.token_urlsafe(50))
    for name, role in URLS.items():
        password = written[f"{role}_password"]
        _write(folder / name, f"postgis://portal_{role}:{password}@{HOST}/portal")
    return sorted(folder.iterdir())


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for made in make_secrets(target):
        print(made)
