"""Demo accounts: one a role, with random passwords that only this installation knows."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import Group, User
from django.db import transaction

from gis_portal.roles import PERMISSIONS
from layers.models import AdminUnit, Jurisdiction
from layers.permissions import APPROVER, OFFICER, PLANNER, STEWARD

# The officer's communes: two wards and an island commune.
OFFICER_UNITS = ("26506", "26560", "26545")


@dataclass(frozen=True)
class Account:
    """A user name and the groups that it is in."""

    name: str
    groups: tuple[str, ...]
    is_superuser: bool = False


ACCOUNTS = (
    Account("admin", (), is_superuser=True),
    # Two people: who imports does not approve.
    Account("steward", (STEWARD,)),
    Account("approver", (APPROVER,)),
    Account("planner", (PLANNER,)),
    Account("officer", (OFFICER,)),
)


def ensure_accounts(path: Path) -> list[str]:
    """Make the accounts that are missing; names of those made. Passwords go to `path`, mode 0600.

    An account that exists is left as it is: its owner may have changed the password.
    """
    passwords = _read(path)
    made = []
    with transaction.atomic():
        for account in ACCOUNTS:
            if not User.objects.filter(username=account.name).exists():
                passwords[account.name] = secrets.token_urlsafe(12)
                _create(account, passwords[account.name])
                made.append(account.name)
    if made:
        _write(path, passwords)
    return made


def _create(account: Account, password: str) -> None:
    user = User.objects.create_user(account.name, password=password, last_name="Tài khoản minh họa")
    # Into the administration site: roles that may do something there.
    user.is_staff = account.is_superuser or any(PERMISSIONS.get(group) for group in account.groups)
    user.is_superuser = account.is_superuser
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in account.groups])
    if OFFICER in account.groups:
        units = AdminUnit.objects.filter(
            level=AdminUnit.COMMUNE, code__in=OFFICER_UNITS, valid_to=None
        )
        Jurisdiction.objects.bulk_create(Jurisdiction(user=user, unit=unit) for unit in units)


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split(None, 1) for line in lines if line.strip())


def _write(path: Path, passwords: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    known = [a.name for a in ACCOUNTS if a.name in passwords]
    text = "".join(f"{name:10} {passwords[name]}\n" for name in known)
    # Opened with its mode: nobody else can read it even for a moment.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    path.chmod(0o600)
