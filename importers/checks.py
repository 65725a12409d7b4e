"""What `manage.py check` says about this host: whether files can be read confined."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from importers import sandbox
from importers.confined import host

_HINT = (
    "Install bubblewrap (python3 bin/system.py does) and let the portal's user make user "
    "namespaces; docs/operations.md says what a container needs."
)


@checks.register()
def check_confinement(
    app_configs: Sequence[AppConfig] | None, **_options: Any
) -> list[checks.CheckMessage]:
    """E001: unknown mode; E002: required and impossible; W001: impossible; W002: switched off."""
    mode = sandbox.mode()
    if mode not in sandbox.MODES:
        told = f"PORTAL_SANDBOX is {mode!r}; it may be {', '.join(sandbox.MODES)}."
        return [checks.Error(told, id="importers.E001")]
    if mode == sandbox.OFF:
        told = "PORTAL_SANDBOX=off: files are read unconfined, and uploads by web are off."
        return [checks.Warning(told, id="importers.W002")]
    why = host.why_not()
    if not why:
        return []
    told = f"This host cannot confine the reading of files ({why})"
    if mode == sandbox.REQUIRED:
        return [checks.Error(f"{told}; every import is refused.", hint=_HINT, id="importers.E002")]
    return [checks.Warning(f"{told}; uploads by web are off.", hint=_HINT, id="importers.W001")]
