"""Finds a PostgreSQL server with PostGIS on this machine and runs its programs.

Neighbours: `cluster.py` makes and starts a private cluster with what is found here, `run.py`
installs the server where it is missing. Standard library only: this runs before any environment.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 14
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm", "unaccent")
# Where packages put servers; PATH is asked last since it often holds only the client.
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)


class ServerProblem(Exception):
    """Something that stops the cluster, as a plain sentence for whoever started it."""


@dataclass(frozen=True)
class Server:
    """One installed PostgreSQL: its programs and its major version."""

    programs: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.programs / name)


@dataclass(frozen=True)
class Account:
    """The operating-system user who runs the server and owns its files; never root."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()


def _pg_config(programs: Path, option: str) -> str:
    # Debian ships pg_config of the newest client in /usr/bin, and one per server in its own folder.
    answer = subprocess.run(
        [str(programs / "pg_config"), option], capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


def _inspect(programs: Path) -> tuple[Server | None, str]:
    """The server in a folder of programs, or None with what is wrong with it."""
    if not all((programs / name).exists() for name in ("initdb", "pg_ctl", "psql", "pg_config")):
        return None, ""
    found = re.search(r"(\d+)", _pg_config(programs, "--version"))
    major = int(found.group(1)) if found else 0
    if major < OLDEST_MAJOR:
        return None, f"{programs} is PostgreSQL {major}, older than {OLDEST_MAJOR}"
    controls = Path(_pg_config(programs, "--sharedir")) / "extension"
    missing = [name for name in EXTENSIONS if not (controls / f"{name}.control").exists()]
    if missing:
        return None, f"{programs} (PostgreSQL {major}) lacks {', '.join(missing)}"
    return Server(programs, major), ""


def find_server() -> Server:
    """The newest server that has every extension; raises ServerProblem naming what was seen."""
    folders = [found for place in PLACES for found in Path("/").glob(place.lstrip("/"))]
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    inspected = [_inspect(folder) for folder in folders]
    servers = [server for server, _ in inspected if server]
    if servers:
        return max(servers, key=lambda server: server.major)
    remarks = "; ".join(remark for _, remark in inspected if remark) or "no server was found"
    raise ServerProblem(
        f"PostgreSQL {OLDEST_MAJOR} or newer with PostGIS is needed, but {remarks}. On Debian or "
        "Ubuntu: apt-get install postgresql postgresql-15-postgis-3 (15 = your version)."
    )


def account_for(data: Path) -> Account:
    """Who runs the server: the owner of existing data, else I, else (for root) postgres."""
    if data.exists():
        owner = data.stat()
        user = pwd.getpwuid(owner.st_uid)
        account = Account(user.pw_name, owner.st_uid, user.pw_gid)
    elif os.geteuid() != 0:
        account = Account(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid(), os.getegid())
    else:
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            raise ServerProblem(
                "PostgreSQL never runs as root and there is no user named postgres. Create it "
                "(useradd --system postgres) or start the portal as an ordinary user."
            ) from None
        account = Account(user.pw_name, user.pw_uid, user.pw_gid)
    if account.uid == 0:
        raise ServerProblem(f"{data} belongs to root; PostgreSQL never runs as root. Remove it.")
    if not account.is_me and os.geteuid() != 0:
        raise ServerProblem(
            f"{data} belongs to the user {account.name}. Start the portal as {account.name} or "
            "root, or remove the folder to begin with an empty database."
        )
    return account


def run_as(
    account: Account, command: list[str], *, cwd: Path, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program as the account in a clean environment; the caller looks at the return code."""
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C.UTF-8",
        "HOME": str(cwd),
    }
    if account.is_me:
        return subprocess.run(
            command, cwd=cwd, env=environment, input=text, capture_output=True, text=True,
            start_new_session=True, check=False,
        )  # fmt: skip
    return subprocess.run(
        command, cwd=cwd, env=environment, input=text, capture_output=True, text=True,
        start_new_session=True, check=False,
        user=account.uid, group=account.gid, extra_groups=[],
    )  # fmt: skip


def write_as(account: Account, path: Path, text: str) -> None:
    """Write a 0600 file as the account: root must not follow a link in a folder of another user."""
    script = 'umask 077 && cat > "$1"'
    done = run_as(account, ["sh", "-c", script, "sh", str(path)], cwd=path.parent, text=text)
    if done.returncode:
        raise ServerProblem(f"{path} cannot be written: {done.stderr.strip()}")
