"""What a person asked for: the file, the layer, and their words about both.

Made by the command, by the pages and by the API; stored with the run as plain values, so that a
background worker does the same thing as the command line.
"""

import datetime as dt
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.files.uploadedfile import TemporaryUploadedFile

from layers.models import Layer

# Attributes that are not the person's words: the run's row holds them in columns of their own.
_NOT_OPTIONS = frozenset({"path", "layer", "user", "name", "as_operator"})


@dataclass(frozen=True)
class Request:
    """One import as asked for. `crs`, `sheet` and `checks` are checked later, where they are used.

    Attributes:
        path: where the bytes lie now; `name` is what the person called the file.
        crs: the system that the person chose, None for the file's own.
        sheet: layer or worksheet of the file.
        levels: which levels of a drawing are what: `{"boundary": ["10", "23"], …}`, None for the
            usual ones.
        checks: checks on request (`gaps`).
        values: field (name or label) → value, where the file's rows say nothing.
        allow_removals: why much may be taken away; empty when it may not.
        handled_by: ids of those who had this file in hands before `user`: none may approve it.
        as_operator: whoever runs the machine asks (command line, demo) and may publish without
            approval; never stored, so that a worker cannot have it.
    """

    path: Path
    layer: Layer
    name: str = ""
    crs: str | None = None
    sheet: str | None = None
    levels: dict[str, list[str]] | None = None
    checks: tuple[str, ...] = ()
    values: dict[str, str] | None = None
    dry_run: bool = True
    publish: bool = False
    user: AbstractBaseUser | None = None
    data_date: dt.date | None = None
    decision_no: str = ""
    source_org: str = ""
    illustrative: bool = False
    allow_removals: str = ""
    handled_by: tuple[int, ...] = ()
    as_operator: bool = False

    @property
    def file_name(self) -> str:
        """The file as its owner calls it."""
        return (self.name or self.path.name)[:255]

    def options(self) -> dict[str, Any]:
        """Plain values for the run's row; `from_options` is the way back."""
        found = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _NOT_OPTIONS}
        day = self.data_date.isoformat() if self.data_date else None
        lists = {"checks": list(self.checks), "handled_by": list(self.handled_by)}
        return {**found, **lists, "data_date": day}


def from_options(
    options: dict[str, Any],
    *,
    path: Path,
    layer: Layer,
    name: str,
    user: AbstractBaseUser | None,
) -> Request:
    """The request that was stored with a run."""
    known = {f.name for f in fields(Request)} - _NOT_OPTIONS
    words = {key: value for key, value in options.items() if key in known}
    if words.get("data_date"):
        words["data_date"] = dt.date.fromisoformat(words["data_date"])
    lists = {key: tuple(words.get(key, ())) for key in ("checks", "handled_by")}
    return Request(path=path, layer=layer, name=name, user=user, **{**words, **lists})


def from_form(
    said: dict[str, Any],
    file: TemporaryUploadedFile,
    *,
    dry_run: bool,
    user: AbstractBaseUser | AnonymousUser,
) -> Request:
    """The request of a page or of the API: `said` are the cleaned fields, the same in both."""
    path = Path(file.temporary_file_path())
    return Request(
        path=path,
        layer=said["layer"],
        name=file.name or path.name,
        crs=said["crs"] or None,
        sheet=said["sheet"] or None,
        levels=said["levels"],
        values=said["values"],
        checks=tuple(said["checks"]),
        dry_run=dry_run,
        user=user if isinstance(user, AbstractBaseUser) else None,
        data_date=said["data_date"],
        decision_no=said["decision_no"],
        source_org=said["source_org"],
        illustrative=said["illustrative"],
    )
