"""A whole portal for tests from outside: database, demo province, server, worker, as `make run`.

One a process: files of tests that use it lie in the folders that `tests/sharing.py` keeps together.
"""

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
def scratch_database() -> Iterator[dict[str, str]]:
    """A new empty database from the template, as three role addresses; dropped at the end."""
    urls = role_urls()
    name = f"portal_test_{secrets.token_hex(4)}"
    with owner_connection(urls["DATABASE_OWNER_URL"]).cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE portal_template')
    try:
        yield {key: with_database(url, name) for key, url in urls.items()}
    finally:
        with owner_connection(urls["DATABASE_OWNER_URL"]).cursor() as cursor:
            drop_database(cursor, name)


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
    with scratch_database() as urls:
        mailbox = Mailbox()
        environment = {**os.environ, **urls, "PORTAL_LOCAL_DIR": str(local), **mails_to(mailbox)}
        manage(environment, "migrate", "--database", "owner", "--verbosity", "0")
        manage(environment, "load_demo")
        with worked(environment), served(environment) as url:
            ours = urls["DATABASE_URL"], urls["DATABASE_OWNER_URL"]
            yield Portal(url, *ours, local, environment, mailbox)
        mailbox.stop()
        shutil.rmtree(local, ignore_errors=True)


def mails_to(mailbox: Mailbox) -> dict[str, str]:
    """Settings of a portal that sends its mails there; links in them name another host."""
    return {
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mailbox.port),
        "DEFAULT_FROM_EMAIL": "Cổng đất <map@example.vn>",
        "PORTAL_ADDRESS": "https://map.example.vn",
    }
