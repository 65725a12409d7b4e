"""Shared set-up: a migrated test database in which tests act as the app role, as the portal does.

The owner creates and migrates the database; then the connection changes to `portal_app`, which is
neither owner nor superuser, so that row-level security and grants are the real ones. Tests run in
transactions that are rolled back; nothing truncates, so reference data loaded once stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from pytest_django.plugin import DjangoDbBlocker

from importers import sandbox
from importers.readers.opening import open_source
from importers.readers.source import Source, Wanted
from tests.sharing import Sharing, longest_first
from tiles import mvt, store
from tiles.known import sources

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

pytest_plugins = ["tests.running_portal"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    """Give the processes of `-n` whole shares of the tests."""
    return Sharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In the order in which shares are given out."""
    if hasattr(config, "workerinput"):
        longest_first(items)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """The hash of people's passwords is slow on purpose: half a second for each of a test's."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Create and migrate as the owner; CREATEDB and the template are the owner's."""
    default, owner = connections["default"].settings_dict, connections["owner"].settings_dict
    default["_APP"] = (default["USER"], default["PASSWORD"])
    default["USER"], default["PASSWORD"] = owner["USER"], owner["PASSWORD"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load what every installation has (sectors, layers), then act as the app role."""
    default = connections["default"].settings_dict
    with django_db_blocker.unblock():
        call_command("sync_layers", verbosity=0)
        connections["default"].close()
        owner = (default["USER"], default["PASSWORD"])
        default["USER"], default["PASSWORD"] = default.pop("_APP")
    yield
    connections["default"].close()
    default["USER"], default["PASSWORD"] = owner


@contextmanager
def _around(blocker: DjangoDbBlocker) -> Iterator[DjangoDbBlocker]:
    """A transaction around several tests: what a fixture writes in it, unblocked, each of them
    finds; what a test writes goes with the test.
    """
    around = transaction.atomic()
    with blocker.unblock():
        around.__enter__()
    yield blocker
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(scope="module")
def db_of_the_file(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[DjangoDbBlocker]:
    """A transaction around the tests of a file."""
    with _around(django_db_blocker) as blocker:
        yield blocker


@pytest.fixture(scope="class")
def db_of_the_class(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[DjangoDbBlocker]:
    """A transaction around the tests of a class."""
    with _around(django_db_blocker) as blocker:
        yield blocker


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files beside the checkout; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: real files cannot be tried")
    return SHARED


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_their_own(tmp_path: Path) -> None:
    """Nothing that a test writes lands in the project."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.PORTAL_TILE_STORE = str(tmp_path / "tiles")
    store.opened.forget()


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only one connection sees a test's transaction: the tiles role's must be that one.

    Versions known to the process are forgotten: those of a test are rolled back.
    What the tiles role itself may read is tested on a connection of its own.
    """
    monkeypatch.setattr(mvt, "PUBLIC_ROLE", mvt.APP_ROLE)
    sources.clear()
    yield
    sources.clear()


@contextmanager
def _in_this_process(path: Path, wanted: Wanted, folder: Path) -> Iterator[Source]:
    yield open_source(path, wanted, folder)


@pytest.fixture(autouse=True)
def _read_in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A confined child costs half a second a file: only tests marked `confined` pay for it."""
    if "confined" not in request.keywords:
        monkeypatch.setattr(sandbox, "confined", _in_this_process)
