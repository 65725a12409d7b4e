"""What an import changes, as it stands now: with a version, the version's own comparison.

A run keeps what was counted when it ended; comparing again renews only the version
(`importers.diff.compare_again`). Pages, API and printed reports ask here, never `run.diff`.
"""

from typing import Any

from django.conf import settings

from importers.models import ImportRun


def comparison_of(run: ImportRun) -> dict[str, Any]:
    """The counts of `importers.diff.Diff.as_dict`; empty where nothing was compared."""
    version = run.version
    return dict(version.change if version is not None and version.change else run.diff or {})


def removals_of(run: ImportRun) -> dict[str, Any]:
    """`importers.expectations.check_removals` of the comparison that counts now."""
    version, said = run.version, run.report.get("removals") or {}
    if version is None or not version.change:
        return dict(said)
    share, most = version.change.get("removed_share", 0.0), settings.PORTAL_MAX_REMOVED
    return {
        "share": share,
        "most": most,
        "too_many": share > most,
        "allowed": version.removal_reason,
    }


def report_of(run: ImportRun) -> dict[str, Any]:
    """The run's report with the comparison that counts now; empty while there is none."""
    if not run.report:
        return {}
    told = dict(run.report)
    if "scene" in told:
        # The small picture and map are the pages'.
        kept = told["scene"].items()
        told["scene"] = {k: v for k, v in kept if k not in ("preview", "outline")}
    return {**told, "diff": comparison_of(run), "removals": removals_of(run)}
