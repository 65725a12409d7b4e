"""The table of a layer's live version that a page may be read from: `id`, `geom` (EPSG:4326),
`feature`.
"""

import hashlib
from functools import lru_cache

from layers.definition import LayerDefinition
from layers.models import Layer, LayerVersion
from layers.queries.writing import Form

# Raise it whenever `layers.queries.writing` writes a feature otherwise.
REVISION = 1


def form_of(definition: LayerDefinition) -> Form:
    """What is written ahead: what a page has when nothing else is asked for."""
    return Form(definition.public_fields)


def digest_of(definition: LayerDefinition) -> str:
    """Changes with everything that the text hangs on but the rows and the units."""
    return _digest(form_of(definition).feature)


@lru_cache(maxsize=200)
def _digest(feature: str) -> str:
    return hashlib.sha256(f"{REVISION} {feature}".encode()).hexdigest()[:12]


def table_name(version_id: int, key: str) -> str:
    """Name of the table."""
    return f"layers_written_v{int(version_id)}_{key}"


def table_for(layer: Layer, version: LayerVersion, form: Form) -> str | None:
    """Where features of that version stand written in that form; None: nowhere, build them. Asks
    nothing of the database for a layer from `layers.standing`.
    """
    live = layer.live_version
    if live is None or live.pk != version.pk or form != form_of(layer.parsed):
        return None
    made = getattr(live, "written", None)
    if made is None or (made.state, made.digest) != (made.READY, digest_of(layer.parsed)):
        return None
    return table_name(made.pk, made.key)
