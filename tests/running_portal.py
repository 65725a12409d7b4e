"""A whole portal for tests from outside: database, demo province, server, worker, as `make run`.

One a process; the demo is loaded once a run. `tests/sharing.py` says which tests share a process.
"""

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import psycopg2.errors
import pytest

from tests.mailbox import Mailbox

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "gis_portal" / "static" / "gis_portal" / "dist" / "manifest.json"
READY_SECONDS = 60
# The database that every new one is a copy of: PostGIS, nothing else.
EMPTY = "portal_template"


@dataclass(frozen=True)
class Portal:
    """Where the running portal answers and where its data lies."""

    url: str
    database_url: str = field(repr=False)
    owner_url: str = field(repr=False)
    local: Path
    environment: dict[str, str] = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) of a GET; an error status is an answer, not an exception."""
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, lower_names(answer.headers.items()), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, lower_names(error.headers.items()), error.read()

    def connect(self) -> "psycopg2.extensions.connection":
        """A connection of the app role to the portal's database."""
        return psycopg2.connect(self.database_url.replace("postgis://", "postgresql://", 1))


def lower_names(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names in lower case: servers write them differently."""
    return {name.lower(): value for name, value in headers}


def role_urls() -> dict[str, str]:
    """The three addresses: from the environment, else from the private cluster's file."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_TILES_URL")
    if "DATABASE_URL" in os.environ:
        return {name: os.environ.get(name, os.environ["DATABASE_URL"]) for name in names}
    pairs = (ROOT / ".local" / "database.env").read_text(encoding="utf-8").split()
    known = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return {name: known[name].strip("'\"") for name in names}


def with_database(url: str, name: str) -> str:
    """The same address, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def owner_connection(url: str) -> "psycopg2.extensions.connection":
    """Autocommit connection of the owner, for CREATE and DROP DATABASE."""
    connection = psycopg2.connect(url.replace("postgis://", "postgresql://", 1))
    connection.autocommit = True
    return connection


@contextmanager
def scratch_database(template: str = EMPTY) -> Iterator[dict[str, str]]:
    """A new database, a copy of the template, as three role addresses; dropped at the end."""
    name = create_database(template)
    try:
        yield addresses_of(name)
    finally:
        drop(name)


def create_database(template: str = EMPTY) -> str:
    """The name of a new copy of the template."""
    name = f"portal_test_{secrets.token_hex(4)}"
    with owner_connection(role_urls()["DATABASE_OWNER_URL"]).cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def drop(name: str) -> None:
    """What `create_database` made."""
    with owner_connection(role_urls()["DATABASE_OWNER_URL"]).cursor() as cursor:
        drop_database(cursor, name)


def addresses_of(name: str) -> dict[str, str]:
    """A database as the three roles reach it."""
    return {key: with_database(url, name) for key, url in role_urls().items()}


def drop_database(owner: "psycopg2.extensions.cursor", name: str) -> None:
    """By force only where somebody is still connected: force refuses where autovacuum is at work,
    which a plain drop ends.
    """
    try:
        owner.execute(f'DROP DATABASE IF EXISTS "{name}"')
    except psycopg2.errors.ObjectInUse:
        owner.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def free_port() -> int:
    """A port that the operating system chose."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def manage(environment: dict[str, str], *words: str) -> str:
    """Run a management command as a process; its output, or a failure that shows it."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"manage.py {' '.join(words)}:\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout


@contextmanager
def worked(environment: dict[str, str]) -> Iterator[None]:
    """The worker beside it, with one queue: files that are sent are imported."""
    command = [sys.executable, str(ROOT / "bin" / "worker.py")]
    own = {**environment, "PORTAL_IMPORT_WORKERS": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=own) as worker:
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(timeout=40)


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """Granian on a free port, stopped at the end; yields the base address."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "gis_portal.wsgi:application"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_until_ready(url: str, server: "subprocess.Popen[bytes]") -> None:
    """Until /readyz answers 200, at most READY_SECONDS."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"the server stopped with {server.returncode}", pytrace=False)
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} was not ready within {READY_SECONDS} s", pytrace=False)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The demo province, served. Needs the front end's build: `make test` makes it."""
    if not MANIFEST.exists():
        pytest.fail("the front end is not built: run `make build` first", pytrace=False)
    local = tmp_path_factory.mktemp("portal")
    with demo_database(local, tmp_path_factory.getbasetemp().parent) as urls:
        mailbox = Mailbox()
        environment = {**os.environ, **urls, "PORTAL_LOCAL_DIR": str(local), **mails_to(mailbox)}
        with worked(environment), served(environment) as url:
            ours = urls["DATABASE_URL"], urls["DATABASE_OWNER_URL"]
            yield Portal(url, *ours, local, environment, mailbox)
        mailbox.stop()
        shutil.rmtree(local, ignore_errors=True)


@contextmanager
def demo_database(local: Path, run: Path) -> Iterator[dict[str, str]]:
    """Addresses of a database with the demo province, whose files are then in `local`."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with scratch_database() as urls:
            load_demo(urls, local)
            yield urls
        return
    with loaded_once(run) as (name, files):
        shutil.copytree(files, local, dirs_exist_ok=True)
        with scratch_database(name) as urls:
            yield urls


def load_demo(urls: dict[str, str], local: Path) -> None:
    """As the first `make run` does."""
    environment = {**os.environ, **urls, "PORTAL_LOCAL_DIR": str(local)}
    manage(environment, "migrate", "--database", "owner", "--verbosity", "0")
    manage(environment, "load_demo")


@contextmanager
def loaded_once(run: Path) -> Iterator[tuple[str, Path]]:
    """Name and files of a loaded database, to be copied by all processes of the run whose folder is
    `run`: the first one loads, which takes half a minute, the last one drops.
    """
    lock, told, files, users = (run / f"demo-{what}" for what in ("lock", "name", "files", "users"))
    me = users / str(os.getpid())
    with locked(lock):
        if not told.exists():
            users.mkdir(exist_ok=True)
            files.mkdir(exist_ok=True)
            name = create_database()
            try:
                load_demo(addresses_of(name), files)
            except BaseException:
                drop(name)
                raise
            told.write_text(name, encoding="utf-8")
        me.touch()
    try:
        yield told.read_text(encoding="utf-8"), files
    finally:
        with locked(lock):
            me.unlink()
            if not any(users.iterdir()):
                drop(told.read_text(encoding="utf-8"))
                told.unlink()
                shutil.rmtree(files)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process after the other."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def mails_to(mailbox: Mailbox) -> dict[str, str]:
    """Settings of a portal that sends its mails there; links in them name another host."""
    return {
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mailbox.port),
        "DEFAULT_FROM_EMAIL": "Cổng đất <map@example.vn>",
        "PORTAL_ADDRESS": "https://map.example.vn",
    }
