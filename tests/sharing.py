"""Which tests share a process under `make test`: those of a file, and of folders that share a room.

A running portal, a browser or a private cluster is made once a process, so tests that ask for it
come together. Those of the browser are half of all work: in two shares, so that no process is left
alone with them. Groups by mark (`--dist loadgroup`) are lost since pytest 9.2, silently:
https://github.com/pytest-dev/pytest-xdist/issues/1386
"""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folder of tests → what its files share. Elsewhere each file is by itself.
SHARED_BY = {
    "tests/conformance": "portal",
    "tests/portal": "portal",
    "tests/faults": "faults",
    "tests/gis_portal/demo": "demo",
}
# The first name of the second half of the browser's tests.
BROWSER, HALF = "tests/e2e", "test_m"
# What takes long goes first, so that no process is left alone with it at the end. The second
# process begins with something else while the first one loads the demo for both.
LONG = (
    "browser, second half",
    "tests/importers/test_hostile.py",
    "browser, first half",
    "portal",
    "demo",
    "faults",
    "tests/importers/test_imagery_files.py",
)


def share(file: str) -> str:
    """The name of what the file's tests share."""
    folder, name = str(Path(file).parent), Path(file).name
    if folder == BROWSER:
        return f"browser, {'first' if name < HALF else 'second'} half"
    return SHARED_BY.get(folder, file)


class Sharing(LoadScopeScheduling):
    """One share after the other is given to whichever process is free."""

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid.partition("::")[0])


def longest_first(items: list[pytest.Item]) -> None:
    """Sort what was collected; the rest keeps its order."""
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(share(item.nodeid.partition("::")[0]), len(LONG)))
