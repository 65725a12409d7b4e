"""Why a run failed, in the words of the error that its code names."""

from dataclasses import dataclass

from gis_portal.planner.models import Run
from layers.errors import PortalError, every_error


@dataclass(frozen=True)
class Failure:
    """As the notice of a page shows it."""

    title: str
    detail: str
    hint: str


def failure_words(run: Run) -> Failure:
    """The error's own title and hint in the reader's language, and what was noted of this run."""
    kind = next((e for e in every_error() if e.code == run.error_code), PortalError)
    return Failure(str(kind.title), run.error_detail, str(kind.hint))
