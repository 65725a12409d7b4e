"""Parameters that every resource takes: each once, none unknown, whole numbers, the form."""

import re
from collections.abc import Collection

from django.http import QueryDict
from django.utils.translation import gettext as _

from layers.errors import BadFilter, BadLimit, NotAcceptable

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
JSON_FORMATS = frozenset({"json", "geojson"})
_WHOLE = re.compile(r"[0-9]{1,100}")


def single_values(query: QueryDict) -> dict[str, str]:
    """Each parameter once. Raises BadFilter when one is repeated."""
    for name in query:
        if len(query.getlist(name)) > 1:
            raise BadFilter(_("Tham số “%s” được viết nhiều lần; hãy viết một lần.") % name[:60])
    return {name: query.getlist(name)[0].replace("\x00", "") for name in query}


def allow_only(query: QueryDict, names: Collection[str]) -> dict[str, str]:
    """The parameters of a resource without filters. Raises BadFilter on any other."""
    values = single_values(query)
    for name in values:
        if name not in names:
            raise BadFilter(_("Không có tham số hoặc trường lọc “%s”.") % name[:60])
    check_format(values)
    return values


def check_format(values: dict[str, str]) -> None:
    """`f` may only ask for what there is. Raises NotAcceptable."""
    if values.get("f", "json") not in JSON_FORMATS:
        raise NotAcceptable(_("Chưa có định dạng “%s”.") % values["f"][:30])


def read_limit(text: str | None, default: int, highest: int) -> int:
    """A positive whole number; more than `highest` is answered as `highest`. Raises BadLimit."""
    if text is None:
        return default
    if not _WHOLE.fullmatch(text) or int(text) == 0:
        raise BadLimit(_("limit=%s không phải số nguyên từ 1 trở lên.") % text[:30])
    return min(int(text), highest)
