"""Who had a file in hands before it became a version: none of them may approve it.

Sending it (also as a check), running it again and choosing a system for it all count; so does
having sent the same bytes to the same layer before. A run remembers those before it in its options
(`Request.handled_by`); `importers.staging` writes all of them down with the version, where
`layers.approval` looks.
"""

from django.contrib.auth.models import User

from importers.models import ImportRun
from layers.models import LayerVersion


def people_of(run: ImportRun) -> tuple[int, ...]:
    """Ids of those who handled this run's file: to hand on to the run that follows it."""
    return tuple(sorted(_ids(run.started_by_id, run.options)))


def remember(run: ImportRun, version: LayerVersion) -> None:
    """Write down with the version who handled its content until now. `file_sha256` is known."""
    found = _ids(run.started_by_id, run.options)
    same = ImportRun.objects.filter(layer_id=run.layer_id, file_sha256=run.file_sha256)
    for started_by, options in same.exclude(file_sha256="").values_list("started_by", "options"):
        found |= _ids(started_by, options)
    # Somebody whose account was deleted approves nothing.
    version.handled_by.set(User.objects.filter(pk__in=found))


def _ids(started_by: int | None, options: dict[str, object] | None) -> set[int]:
    earlier = (options or {}).get("handled_by") or []
    ids = {int(pk) for pk in earlier} if isinstance(earlier, (list, tuple)) else set()
    return ids | ({started_by} if started_by is not None else set())
