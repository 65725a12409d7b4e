"""Who may see which question, run and private area: the only place that decides.

What is unknown and what is forbidden are answered alike. A result tells of the layers that it was
computed from, so a run is only for those who may see all of these layers, however it is shared.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from gis_portal.planner.errors import SignInToPlan, UnknownAnalysis, UnknownRun
from gis_portal.planner.models import Analysis, PlannerArea, Run
from layers.models import Layer
from layers.permissions import PLANNER, User, roles_of


def is_planner(user: User | None) -> bool:
    """May ask questions of their own."""
    return PLANNER in roles_of(user)


def check_planner(user: User | None) -> None:
    """Raises SignInToPlan for who has not signed in; UnknownAnalysis for who is no planner."""
    if user is None or not user.is_authenticated:
        raise SignInToPlan
    if not is_planner(user):
        raise UnknownAnalysis


def new_share_token() -> tuple[str, str]:
    """A token for a link, and the digest that is kept."""
    token = secrets.token_urlsafe(24)
    return token, share_digest(token)


def share_digest(token: str) -> str:
    """A token has 192 random bits: a plain digest cannot be searched back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def analyses_visible_to(user: User | None, token: str | None = None) -> QuerySet[Analysis]:
    """Those that this reader may see; with `token` also the one that a link leads to."""
    return Analysis.objects.filter(_seen_by(user, token, "")).select_related("owner")


def runs_visible_to(user: User | None, token: str | None = None) -> QuerySet[Run]:
    """Runs of those questions. Of others' only what is done; previews are nobody's but the owner's.

    Layers: see `check_layers`, which every reader of one run goes through (`run_visible_to`).
    """
    seen = _seen_by(user, token, "analysis__")
    if is_planner(user):
        seen = Q(analysis__owner=user.pk) | (seen & Q(state=Run.DONE, preview=False))  # type: ignore[union-attr]
    else:
        seen &= Q(state=Run.DONE, preview=False)
    return Run.objects.filter(seen).select_related("analysis__owner")


def areas_visible_to(user: User | None) -> QuerySet[PlannerArea]:
    """The planner's own that have not expired."""
    if not is_planner(user):
        return PlannerArea.objects.none()
    return PlannerArea.objects.filter(owner=user.pk, expires_at__gt=timezone.now())  # type: ignore[union-attr]


def analysis_visible_to(pk: UUID | str, user: User | None, token: str | None = None) -> Analysis:
    """One of them. Raises UnknownAnalysis."""
    found = analyses_visible_to(user, token).filter(pk=pk).first()
    if found is None or not _may_see_layers(found.document, user, found.owner):
        raise UnknownAnalysis
    return found


def analyses_readable_by(user: User | None) -> list[Analysis]:
    """For a list: those of which this reader may see all layers, the newest first."""
    found = analyses_visible_to(user)
    seen = set(Layer.objects.visible_to(user).values_list("slug", flat=True))
    mine = user.pk if user is not None else None
    return [row for row in found if row.owner_id == mine or layers_in(row.document) <= seen]


def own_analysis(pk: UUID | str, user: User | None) -> Analysis:
    """One that this planner may change. Raises UnknownAnalysis, SignInToPlan."""
    check_planner(user)
    found = Analysis.objects.filter(pk=pk, owner=user.pk).first()  # type: ignore[union-attr]
    if found is None:
        raise UnknownAnalysis
    return found


def run_visible_to(pk: UUID | str, user: User | None, token: str | None = None) -> Run:
    """One run. Raises UnknownRun."""
    found = runs_visible_to(user, token).filter(pk=pk).first()
    if found is None or not _may_see_layers(found.document, user, found.analysis.owner):
        raise UnknownRun
    return found


def runs_readable_by(user: User | None, numbers: Collection[UUID]) -> list[Run]:
    """Of these, the finished ones that this reader may see; of others nothing is told."""
    found = runs_visible_to(user).filter(pk__in=numbers, state=Run.DONE, preview=False)
    return [run for run in found if _may_see_layers(run.document, user, run.analysis.owner)]


def own_finished_runs(user: User | None, most: int) -> list[Run]:
    """Of this planner's own questions, the last finished first, without what they found."""
    if not is_planner(user):
        return []
    found = runs_visible_to(user).filter(state=Run.DONE, preview=False)
    own = found.filter(analysis__owner=user.pk)  # type: ignore[union-attr]
    return list(own.defer("summary").order_by("-finished_at")[:most])


def own_run(pk: UUID | str, user: User | None) -> Run:
    """A run of a question of this planner. Raises UnknownRun, SignInToPlan."""
    check_planner(user)
    found = Run.objects.select_related("analysis__owner").filter(pk=pk)
    run = found.filter(analysis__owner=user.pk).first()  # type: ignore[union-attr]
    if run is None:
        raise UnknownRun
    return run


def is_public(run: Run) -> bool:
    """Everybody may read it and caches may keep it: shared with all, of public layers alone."""
    shared = run.analysis.shared == Analysis.PUBLIC
    return shared and run.state == Run.DONE and _may_see_layers(run.document, None, None)


def is_token_of(analysis: Analysis, token: str | None) -> bool:
    """Whether the link is this question's own."""
    if not token or not analysis.share_token_hash:
        return False
    return hmac.compare_digest(share_digest(token), analysis.share_token_hash)


def _seen_by(user: User | None, token: str | None, analysis: str) -> Q:
    seen = Q(**{f"{analysis}shared": Analysis.PUBLIC})
    if is_planner(user):
        seen |= Q(**{f"{analysis}owner": user.pk})  # type: ignore[union-attr]
        seen |= Q(**{f"{analysis}shared": Analysis.PLANNERS})
    if token:
        digest = share_digest(token)
        seen |= Q(**{f"{analysis}shared": Analysis.LINK, f"{analysis}share_token_hash": digest})
    return seen


def layers_in(document: object) -> set[str]:
    """Slugs of all layers that a stored document reads."""
    found: set[str] = set()
    if isinstance(document, dict):
        for given in document.get("inputs", {}).values():
            if "layer" in given:
                found.add(given["layer"])
        for step in document.get("steps", ()):
            if step.get("op") == "changes":
                found.add(step["layer"])
    return found


def _may_see_layers(document: object, user: User | None, owner: object) -> bool:
    """The owner always may: what was readable once was read by them."""
    if user is not None and user.is_authenticated and owner == user:
        return True
    wanted = layers_in(document)
    return Layer.objects.visible_to(user).filter(slug__in=wanted).count() == len(wanted)
