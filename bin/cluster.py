#!/usr/bin/env python3
"""The portal's private PostgreSQL cluster: `python3 bin/cluster.py start|stop|status|env`.

Data, passwords and port belong to this checkout (`.local/`), so nothing else on the machine is
touched. Standard library only. Neighbours: `postgres.py` finds the server; `sql/*.sql` holds the
roles and databases (shared with Docker); `run.py` calls `start()` and `stop()`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from postgres import Account, Server, ServerProblem, account_for, find_server, run_as, write_as

PROJECT = Path(__file__).resolve().parent.parent
SQL = Path(__file__).resolve().parent / "sql"
SUPERUSER = "portal_super"
HOST = "127.0.0.1"
START_SECONDS = 60
RETRY_SECONDS = 5
PORT_LINE = 3  # of postmaster.pid, counted from 0
NO_RESPONSE = 2  # pg_isready's status
# portal.env name → role; written in this order.
URLS = (
    ("DATABASE_URL", "app"),
    ("DATABASE_OWNER_URL", "owner"),
    ("DATABASE_TILES_URL", "tiles"),
)


@dataclass(frozen=True)
class Cluster:
    """One private cluster: where it lives, who runs it, and the secrets that open it."""

    local: Path
    home: Path
    account: Account
    server: Server
    secrets: dict[str, str]

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A program of the server, as the account that owns the data."""
        command = [self.server.program(program), *arguments]
        return run_as(self.account, command, cwd=self.home)

    def port(self) -> int | None:
        """The port of the running server, or None."""
        if not self.data.exists() or self.run("pg_ctl", "status", "-D", str(self.data)).returncode:
            return None
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        if len(lines) <= PORT_LINE:
            return None
        # After a crash the process number may belong to another program: ask the server as well.
        asked = self.run("pg_isready", "-q", "-t", "5", "-h", HOST, "-p", lines[PORT_LINE])
        return None if asked.returncode == NO_RESPONSE else int(lines[PORT_LINE])

    def sql(self, port: int, text: str) -> str:
        """Run SQL as superuser through psql; passwords travel by stdin and environment only."""
        done = subprocess.run(
            [self.server.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"],
            input=text, capture_output=True, text=True, check=False,
            env={
                "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
                "PGHOST": HOST, "PGPORT": str(port), "PGUSER": SUPERUSER, "PGDATABASE": "postgres",
                "PGPASSWORD": self.secrets["super"], "PGCONNECT_TIMEOUT": "10",
                "PGCLIENTENCODING": "UTF8",
                # A failing statement may hold a password: keep it out of the server's log.
                "PGOPTIONS": "-c client_min_messages=warning -c log_min_error_statement=panic",
            },
        )  # fmt: skip
        if done.returncode:
            raise ServerProblem(f"The database refused a step: {done.stderr.strip()}")
        return done.stdout.strip()


def _write_private(path: Path, text: str) -> None:
    """Replace a file at once; it is readable by its owner only from its first byte."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(name).replace(path)


def _reaches(account: Account, folder: Path) -> bool:
    return run_as(account, ["test", "-w", str(folder)], cwd=Path("/")).returncode == 0


def _make_home(local: Path, account: Account) -> Path:
    """A 0700 folder of the account: below `.local`, or in /var/tmp where it cannot reach that."""
    home = local / "postgres"
    home.mkdir(mode=0o700, exist_ok=True)
    if not account.is_me:
        os.chown(home, account.uid, account.gid)
    if _reaches(account, home):
        return home
    home.rmdir()
    elsewhere = Path(tempfile.mkdtemp(prefix="gis-portal-", dir="/var/tmp"))
    os.chown(elsewhere, account.uid, account.gid)
    return elsewhere


def _read_state(local: Path) -> dict[str, str]:
    file = local / "cluster.json"
    try:
        state: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    except PermissionError:
        raise ServerProblem(
            f"{file} belongs to another user. Use the portal as that user."
        ) from None
    return state


def load(project: Path = PROJECT, *, create: bool = False) -> Cluster | None:
    """The cluster of this checkout; None when there is none and `create` is false."""
    local = project / ".local"
    state = _read_state(local)
    if not state and not create:
        return None
    home = Path(state.get("home") or local / "postgres")
    account = account_for(home / "data")
    # Others may pass through .local (the server's account must), but see no file in it.
    local.mkdir(exist_ok=True)
    local.chmod(0o700 if account.is_me else 0o711)
    if not home.exists():
        home = _make_home(local, account)
        inside = home.is_relative_to(local)
        state = {"home": "" if inside else str(home)}
        state |= {name: secrets.token_hex(24) for name in ("super", "owner", "app", "tiles")}
        _write_private(local / "cluster.json", json.dumps(state, indent=1) + "\n")
    return Cluster(local, home, account, find_server(), state)


@contextlib.contextmanager
def _alone(project: Path) -> Iterator[None]:
    """Two starts at once would both run initdb."""
    (project / ".local").mkdir(exist_ok=True)
    with (project / ".local" / "cluster.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _initialise(cluster: Cluster) -> None:
    if (cluster.data / "PG_VERSION").exists():
        return
    password = cluster.home / "superuser.password"
    write_as(cluster.account, password, cluster.secrets["super"] + "\n")
    done = cluster.run(
        "initdb", "-D", str(cluster.data), "-U", SUPERUSER, "--auth=scram-sha-256",
        f"--pwfile={password}", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
    )  # fmt: skip
    if done.returncode:
        raise ServerProblem(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")


def _configuration() -> str:
    """Settings for a machine that also runs the portal; fsync stays on: people enter data."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    shared = max(128, min(memory // 4, 2048))
    settings = {
        "listen_addresses": f"'{HOST}'",
        "unix_socket_directories": "''",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        # Every published version is a partition, and a test run opens several databases.
        "max_locks_per_transaction": "256",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, min(memory // 16, 256))}MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_checkpoints": "off",
    }
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def _configure(cluster: Cluster) -> None:
    write_as(cluster.account, cluster.data / "portal.conf", _configuration())
    main = cluster.data / "postgresql.conf"
    text = main.read_text(encoding="utf-8")
    line = "include = 'portal.conf'"
    if line not in text:
        write_as(cluster.account, main, f"{text}\n{line}\n")


def _free_port(preferred: int) -> int:
    """The preferred port when nothing listens there, else one chosen by the operating system."""
    for candidate in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            # As the server does: connections that ended in a crash do not keep the port, and a
            # worker that outlived it finds the database where it was.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, candidate))
            return int(probe.getsockname()[1])
    raise ServerProblem(f"No free port on {HOST}.")


def _pg_ctl_start(cluster: Cluster, port: int) -> bool:
    arguments = ["start", "-w", "-s", "-t", str(START_SECONDS), "-D", str(cluster.data)]
    done = cluster.run("pg_ctl", *arguments, "-l", str(cluster.log), "-o", f"-p {port}")
    return done.returncode == 0


def _launch(cluster: Cluster) -> int:
    state = _read_state(cluster.local)
    port = _free_port(int(state.get("port", 0)))
    # After a crash, processes of the last server may hold the folder for some seconds.
    if not _pg_ctl_start(cluster, port):
        time.sleep(RETRY_SECONDS)
        if not _pg_ctl_start(cluster, port):
            shown = run_as(cluster.account, ["tail", "-n", "5", str(cluster.log)], cwd=cluster.home)
            raise ServerProblem(f"PostgreSQL did not start. Its log ends with:\n{shown.stdout}")
    _write_private(
        cluster.local / "cluster.json", json.dumps(state | {"port": str(port)}, indent=1) + "\n"
    )
    return port


def _check_is_ours(cluster: Cluster, port: int) -> None:
    """No statement changes anything before the server proved to be the one in our folder."""
    told = Path(cluster.sql(port, "SHOW data_directory"))
    if told.resolve() != cluster.data.resolve():
        raise ServerProblem(
            f"The server on {HOST}:{port} keeps its data in {told}, not in {cluster.data}. "
            "Nothing was changed. Was this folder copied while its server ran? Remove .local."
        )


def _prepare(cluster: Cluster, port: int) -> None:
    """Roles, template and database; skipped when this very SQL has run on this cluster before."""
    texts = "".join(file.read_text(encoding="utf-8") for file in sorted(SQL.glob("*.sql")))
    digest = hashlib.sha256(texts.encode()).hexdigest()
    state = _read_state(cluster.local)
    if state.get("prepared") != digest:
        passwords = "".join(
            f"\\set {role}_password '{cluster.secrets[role]}'\n"
            for role in ("owner", "app", "tiles")
        )
        cluster.sql(port, f"{passwords}\\i '{SQL}/roles.sql'\n\\i '{SQL}/databases.sql'\n")
        state["prepared"] = digest
        _write_private(cluster.local / "cluster.json", json.dumps(state, indent=1) + "\n")
    lines = [
        f"{name}=postgis://portal_{role}:{cluster.secrets[role]}@{HOST}:{port}/portal\n"
        for name, role in URLS
    ]
    _write_private(cluster.local / "database.env", "".join(lines))


def start(project: Path = PROJECT) -> bool:
    """Start the cluster, making it first where there is none. True when it was not running yet."""
    with _alone(project):
        cluster = load(project, create=True)
        assert cluster is not None  # create=True always gives one
        running = cluster.port()
        if running is None:
            _initialise(cluster)
            _configure(cluster)
        port = running or _launch(cluster)
        _check_is_ours(cluster, port)
        _prepare(cluster, port)
    return running is None


def stop(project: Path = PROJECT) -> bool:
    """Stop the cluster, ending its connections. True when it was running."""
    cluster = load(project)
    if cluster is None or cluster.port() is None:
        return False
    done = cluster.run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", str(cluster.data))
    if done.returncode:
        raise ServerProblem(f"PostgreSQL did not stop: {done.stderr.strip()}")
    return True


def status(project: Path = PROJECT) -> tuple[bool, str]:
    """Whether the cluster runs, and a sentence about it."""
    cluster = load(project)
    if cluster is None:
        return False, "There is no cluster yet."
    port = cluster.port()
    if port is None:
        return (
            False,
            f"PostgreSQL {cluster.server.major} is stopped; its data is in {cluster.data}.",
        )
    _check_is_ours(cluster, port)
    return True, (
        f"PostgreSQL {cluster.server.major} runs on {HOST}:{port} as {cluster.account.name}; "
        f"its data is in {cluster.data}."
    )


def database_env(project: Path = PROJECT) -> dict[str, str]:
    """The addresses that `start` wrote: DATABASE_URL, DATABASE_OWNER_URL, DATABASE_TILES_URL."""
    file = project / ".local" / "database.env"
    if not file.exists():
        raise ServerProblem("There is no .local/database.env: run bin/cluster.py start first.")
    lines = (line.partition("=") for line in file.read_text().splitlines())
    return {name: value for name, _, value in lines}


def main(arguments: list[str]) -> int:
    command = arguments[0] if len(arguments) == 1 else ""
    began = time.monotonic()
    if command == "start":
        fresh = start()
        word = "started" if fresh else "was already running"
        print(f"The cluster {word} ({time.monotonic() - began:.1f} s). {status()[1]}")
    elif command == "stop":
        print("The cluster is stopped." if stop() else "The cluster was not running.")
    elif command == "status":
        running, sentence = status()
        print(sentence)
        return 0 if running else 3
    elif command == "env":
        print("\n".join(f"{name}={value}" for name, value in database_env().items()))
    else:
        print("Usage: python3 bin/cluster.py start|stop|status|env", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServerProblem as problem:
        sys.exit(f"{problem}")
