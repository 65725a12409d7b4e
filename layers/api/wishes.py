"""What the addresses of files on demand share, exports and packages alike."""

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import FormParser, JSONParser

from layers.api.resource import Resource
from layers.errors import TokenMissing, every_error
from layers.ondemand.model import FileOnDemand


class Wishes(Resource):
    """What there is, and asking for one that is made in the background."""

    parser_classes = (JSONParser, FormParser)
    http_method_names: Any = ("get", "head", "options", "post")

    def handle_exception(self, exc: Exception) -> Any:
        """A session that does not show Django's token is refused by that name."""
        refused = isinstance(exc, PermissionDenied)
        return super().handle_exception(TokenMissing() if refused else exc)


def why_failed(file: FileOnDemand) -> dict[str, Any] | None:
    """The named reason, in the reader's language."""
    if file.state != file.FAILED:
        return None
    named = {error.code: error for error in every_error()}
    error = named.get(file.error_code, named["internal"])
    return {
        "code": error.code,
        "title": str(error.title),
        "detail": file.error_detail,
        "hint": str(error.hint),
    }
