"""Questions that are kept: made, changed, shared, deleted. By the API and by pages."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_portal.planner.asking.queue import forget
from gis_portal.planner.document.model import Document
from gis_portal.planner.document.reading import read
from gis_portal.planner.errors import BadAsking, TooManyKept
from gis_portal.planner.models import Analysis
from gis_portal.planner.permissions import check_planner, new_share_token

SHARES = frozenset(value for value, _label in Analysis.SHARED)


def keep(raw: Any, user: Any) -> Analysis:
    """A new question. Raises BadDocument and its kinds, TooManyKept, SignInToPlan."""
    check_planner(user)
    document = read(raw, user)
    if Analysis.objects.filter(owner=user).count() >= settings.PORTAL_ANALYSES_EACH:
        raise TooManyKept(_("Tối đa %(most)d.") % {"most": settings.PORTAL_ANALYSES_EACH})
    return Analysis.objects.create(owner=user, **_columns(document))


def change(analysis: Analysis, raw: Any, user: Any) -> Analysis:
    """Another document for it; its runs stay as they were. Raises as `keep`."""
    for name, value in _columns(read(raw, user)).items():
        setattr(analysis, name, value)
    analysis.save()
    return analysis


def _columns(document: Document) -> dict[str, Any]:
    return {
        "title": document.title["vi"][:200],
        "document": dict(document.raw),
        "document_sha256": document.sha256,
    }


def share(analysis: Analysis, how: str) -> str | None:
    """Let others see it, or not any more. By link: a new token, told this once; links that were
    given out before lead nowhere. Raises BadAsking.
    """
    if how not in SHARES:
        raise BadAsking(", ".join(sorted(SHARES)), at="shared")
    token, digest = new_share_token() if how == Analysis.LINK else (None, "")
    analysis.shared, analysis.share_token_hash = how, digest
    analysis.save(update_fields=["shared", "share_token_hash"])
    return token


def delete(analysis: Analysis) -> None:
    """The question, its runs and what they computed."""
    with transaction.atomic():
        for run in analysis.runs.all():
            forget(run)
        analysis.delete()
