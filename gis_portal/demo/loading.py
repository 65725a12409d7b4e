"""What of the demo is still to be loaded, and the ordinary import of it.

An import that the demo made carries a mark in its report, for staff; the public source has none of
it. A layer on which somebody has published
anything else is left alone.
"""

import datetime as dt
from pathlib import Path

from gis_portal.demo.province import DATASET, FILES, SCENES, DemoFile
from importers.models import ImportRun
from importers.run import run_import
from layers.models import Layer, LayerVersion

# Its stages are counted from today, so it ages.
DAILY = "auction-lots"


# Source of the demo's versions, as people read it on the layer's page.
SOURCE = "Bộ dữ liệu minh họa"


def mark(seed: int) -> str:
    """What an import of the demo was made from."""
    return f"{DATASET}/{seed}"


def due(seed: int, today: dt.date) -> list[DemoFile]:
    """Files that are not loaded yet, or whose day has passed; in the order to load them."""
    live = {
        layer.slug: layer.live_version
        for layer in Layer.objects.filter(
            slug__in=[f.slug for f in (*FILES, *SCENES)]
        ).select_related("live_version")
    }
    files = [f for f in FILES if f.slug in live and _is_due(f.slug, live[f.slug], seed, today)]
    return [*files, *(f for f in SCENES if f.slug in live and _is_new(f, live[f.slug], seed))]


def _is_new(scene: DemoFile, version: LayerVersion | None, seed: int) -> bool:
    """A picture that this demo has not published, on a layer that is the demo's."""
    if version is not None and not version.is_illustrative:
        return False
    runs = ImportRun.objects.filter(layer__slug=scene.slug, state=ImportRun.PUBLISHED)
    if runs.exclude(options__illustrative=True).exists():
        return False  # somebody's own picture lies beside ours by now
    done = ImportRun.objects.filter(
        layer__slug=scene.slug, file_name=scene.name, state=ImportRun.PUBLISHED
    )
    return not done.filter(report__demo=mark(seed)).exists()


def _is_due(slug: str, version: LayerVersion | None, seed: int, today: dt.date) -> bool:
    if version is None:
        return True
    if not version.is_illustrative:
        return False
    run = ImportRun.objects.filter(version=version).first()
    made_from = run.report.get("demo") if run else None
    if made_from is None and version.source_org != SOURCE:
        return False  # somebody's own, though they call it illustrative, too
    return made_from != mark(seed) or (slug == DAILY and version.data_date != today)


def load(folder: Path, file: DemoFile, seed: int, today: dt.date) -> ImportRun:
    """Import and publish one file the ordinary way; a refusal is in the answer."""
    run = run_import(
        folder / file.name,
        file.slug,
        crs=file.crs,
        publish=True,
        data_date=dt.date.fromisoformat(file.data_date) if file.data_date else today,
        source_org=SOURCE,
        illustrative=True,
        allow_removals="Bộ dữ liệu minh họa được lập lại",
    )
    run.report = {**run.report, "demo": mark(seed)}
    run.save(update_fields=["report"])
    return run
