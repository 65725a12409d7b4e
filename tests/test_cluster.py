"""The private cluster of this checkout, as it runs: whose it is, how it is locked, starting twice.

Neighbour: bin/cluster.py. Skipped, saying so, where the operator named another database.
"""

import stat
import subprocess
import sys
import time
from pathlib import Path

import cluster
import psycopg2
import pytest
from postgres import ServerProblem

ROOT = Path(__file__).resolve().parent.parent
SECOND_START_SECONDS = 2.0

pytestmark = pytest.mark.skipif(
    not (ROOT / ".local" / "cluster.json").exists(),
    reason="DATABASE_URL names another database: there is no private cluster",
)


@pytest.fixture(scope="module")
def ours() -> cluster.Cluster:
    found = cluster.load(ROOT)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def port(ours: cluster.Cluster) -> int:
    running = ours.port()
    assert running is not None, "start it: python3 bin/cluster.py start"
    return running


def run(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "bin" / "cluster.py"), command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_second_start_changes_nothing_and_is_quick(port: int) -> None:
    before = (ROOT / ".local" / "database.env").read_text()
    began = time.monotonic()
    done = run("start")
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    assert "was already running" in done.stdout
    assert seconds < SECOND_START_SECONDS
    assert (ROOT / ".local" / "database.env").read_text() == before


def test_status_names_port_and_folder(ours: cluster.Cluster, port: int) -> None:
    done = run("status")
    assert done.returncode == 0
    assert f"127.0.0.1:{port}" in done.stdout
    assert str(ours.data) in done.stdout


def test_unknown_command_is_refused() -> None:
    assert run("restart").returncode == 2


def test_server_uses_our_folder_only(ours: cluster.Cluster, port: int) -> None:
    assert Path(ours.sql(port, "SHOW data_directory")) == ours.data
    assert ours.sql(port, "SHOW listen_addresses") == "127.0.0.1"
    assert ours.sql(port, "SHOW fsync") == "on"


def test_a_server_with_other_data_is_refused(ours: cluster.Cluster, port: int) -> None:
    """What happens when a folder was copied while its server ran."""
    copied = cluster.Cluster(
        ours.local, ours.home.parent / "copied", ours.account, ours.server, ours.secrets
    )
    with pytest.raises(ServerProblem, match="Nothing was changed"):
        cluster._check_is_ours(copied, port)


def test_nothing_runs_as_root(ours: cluster.Cluster, port: int) -> None:
    first_line = subprocess.run(
        ["head", "-1", str(ours.data / "postmaster.pid")],
        capture_output=True,
        text=True,
        check=True,
    )
    process = Path("/proc") / first_line.stdout.strip()
    assert ours.account.uid != 0
    assert ours.data.stat().st_uid == ours.account.uid
    if process.exists():
        assert process.stat().st_uid == ours.account.uid


@pytest.mark.parametrize("name", ["cluster.json", "database.env"])
def test_secrets_are_readable_by_their_owner_only(name: str) -> None:
    assert stat.S_IMODE((ROOT / ".local" / name).stat().st_mode) == 0o600


def test_data_is_private(ours: cluster.Cluster, port: int) -> None:
    assert stat.S_IMODE(ours.home.stat().st_mode) == 0o700
    assert stat.S_IMODE((ours.home / "superuser.password").stat().st_mode) == 0o600


def test_nobody_enters_without_a_password(ours: cluster.Cluster, port: int) -> None:
    rules = [
        line.split()
        for line in (ours.data / "pg_hba.conf").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert rules
    assert {rule[-1] for rule in rules} == {"scram-sha-256"}


def test_a_wrong_password_is_refused(port: int) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(
            host="127.0.0.1", port=port, user="portal_app", password="wrong", dbname="portal"
        )


def test_roles_have_no_more_than_they_need(ours: cluster.Cluster, port: int) -> None:
    rows = ours.sql(
        port,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
        "WHERE rolname IN ('portal_owner', 'portal_app', 'portal_tiles') ORDER BY 1",
    )
    assert rows.splitlines() == [
        "portal_app|f|f|f|f",
        "portal_owner|f|f|t|f",
        "portal_tiles|f|f|f|f",
    ]


def test_template_has_every_extension(ours: cluster.Cluster, port: int) -> None:
    listed = ours.sql(
        port, "\\connect portal_template\nSELECT extname FROM pg_extension ORDER BY 1"
    )
    assert {"postgis", "btree_gist", "pg_trgm", "unaccent"} <= set(listed.splitlines())
    assert ours.sql(
        port, "SELECT datistemplate, datcollate FROM pg_database WHERE datname = 'portal_template'"
    ) == "t|C.UTF-8"  # fmt: skip
