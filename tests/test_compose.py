"""docker-compose.yml is valid, holds no secret, and every service can tell whether it is well.

There need not be a Docker engine: compose-spec reads the file by the specification.
"""

import re
import stat
from pathlib import Path
from typing import Any

import make_secrets
import pytest
import yaml
from compose_spec import PyCompose

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docker-compose.yml"
ONE_SHOT = {"migrate"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file with its variables and YAML merges resolved, as Docker does before it validates."""
    text = FILE.read_text(encoding="utf-8")
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
    text = re.sub(r"\$\{\w+(:\?[^}]*)?\}", "map.example.vn", text)
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def test_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    spec = PyCompose.from_yaml(yaml.safe_dump(compose)).to_spec()
    assert spec.services is not None
    assert set(spec.services) == {"db", "migrate", "web", "worker", "nginx"}


def test_a_mistake_is_noticed(compose: dict[str, Any]) -> None:
    wrong = {**compose, "services": {"web": {"imagee": "x"}}}
    with pytest.raises(ValueError, match="imagee"):
        PyCompose.from_yaml(yaml.safe_dump(wrong))


def test_every_service_has_a_health_check(compose: dict[str, Any]) -> None:
    without = {
        name for name, service in compose["services"].items() if "healthcheck" not in service
    }
    assert without == ONE_SHOT
    assert all(compose["services"][name]["restart"] == "no" for name in ONE_SHOT)


def test_no_proxy_is_believed_that_may_not_be_there(compose: dict[str, Any]) -> None:
    """nginx is the only one that is: with 2, a caller who reaches it would choose his host."""
    for name in ("web", "worker", "migrate"):
        assert compose["services"][name]["environment"]["PORTAL_PROXIES"] == "1"


def test_secrets_are_files(compose: dict[str, Any]) -> None:
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())
    used = {
        secret for service in compose["services"].values() for secret in service.get("secrets", [])
    }
    assert used == set(compose["secrets"])


def test_no_password_is_written_in_the_file(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            secretive = re.search(r"PASS|SECRET|KEY|TOKEN|DATABASE.*URL", variable)
            if secretive:
                assert variable.endswith("_FILE"), f"{name}: {variable} must be a file"
                assert str(value).startswith("/run/secrets/"), f"{name}: {variable}"
    text = FILE.read_text(encoding="utf-8")
    assert not re.search(r"://[^\s:/]+:[^\s@/]+@", text), "an address holds a password"
    assert "trust" not in text


def test_web_cannot_do_what_the_owner_can(compose: dict[str, Any]) -> None:
    for name in ("web", "worker"):
        secrets = compose["services"][name]["secrets"]
        assert not {"database_owner_url", "superuser_password", "owner_password"} & set(secrets)


def test_only_nginx_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    outside = {name for name, network in compose["networks"].items() if not network.get("internal")}
    reaching = {name for name in services if outside & set(services[name]["networks"])}
    assert reaching == {"nginx"}


def test_images_are_pinned_and_files_are_read_only(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        tag = service["image"].rpartition(":")[2]
        assert tag not in {"", "latest"}, name
        assert service["read_only"] is True, name


def test_what_nginx_writes_to_memory_is_bounded(compose: dict[str, Any]) -> None:
    places = compose["services"]["nginx"]["tmpfs"]
    assert all("size=" in place for place in places)
    # Uploads of anybody must leave room for what several wait for.
    assert {place.partition(":")[0] for place in places} >= {"/tmp/body", "/tmp/misses"}


def test_mounted_files_exist(compose: dict[str, Any]) -> None:
    mounts = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    ]
    missing = [mount for mount in mounts if mount.startswith("./") and not (ROOT / mount).exists()]
    assert not missing
    assert {m for m in mounts if not m.startswith("./")} == set(compose["volumes"])


def test_programs_that_services_start_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        words = [*service.get("command", []), *service.get("healthcheck", {}).get("test", [])]
        for word in words:
            if word.startswith("bin/"):
                assert (ROOT / word).exists(), word


def test_made_secrets_are_those_of_the_file(compose: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    made = make_secrets.make_secrets(folder)
    assert {path.name for path in made} == set(compose["secrets"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = {path: path.read_text() for path in made}
    assert {path: path.read_text() for path in make_secrets.make_secrets(folder)} == before
    password = (folder / "app_password").read_text()
    assert f"portal_app:{password}@db:5432/portal" in (folder / "database_url").read_text()


def test_image_is_built_by_the_steps_of_make_run() -> None:
    text = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
    for step in ("bin/install.py packages", "bin/install.py run", "bin/run.py"):
        assert step in text
    assert "USER portal" in text
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
