"""docker/nginx.conf with the limits that its container makes at its start: the template's variables
filled in, by docker-compose.yml's defaults unless a test says others.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDED = "include /tmp/limits.conf;"


def with_limits(config: str, **changed: str) -> str:
    """The configuration with its limits in it. Raises where a variable has no value."""
    assert INCLUDED in config
    template = (ROOT / "docker" / "limits.conf.template").read_text(encoding="utf-8")
    values = {**defaults(), **changed}
    filled = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], template)
    return config.replace(INCLUDED, filled)


def defaults() -> dict[str, str]:
    """Name → default of the variables that docker-compose.yml lets an operator set."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
