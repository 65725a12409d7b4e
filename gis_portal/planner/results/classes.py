"""Which field of a result colours it, in which version its whole pieces lie: read off the run."""

import re
from typing import Any

from gis_portal.planner.models import Run

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,62}")


def class_key(document: dict[str, Any]) -> str:
    """`zones.land_use`: the first field that the result is grouped by, as the legend; ""
    where there is none.

    Stands in SQL: what is not such a name is none.
    """
    groups = document.get("result", {}).get("group_by", [])
    fields = [str(group["field"]) for group in groups if "field" in group]
    return fields[0] if fields and _KEY.fullmatch(fields[0]) else ""


def source_of(run: Run) -> int | None:
    """Id of the layer version whose features the whole pieces are."""
    version = ((run.summary or {}).get("source") or {}).get("version")
    return None if version is None else int(version)
