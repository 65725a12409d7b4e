"""Parameters that name fields: equality with a queryable, `sortby`, `properties`."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.cql2 import Queryable, Sql
from layers.cql2.queryable import Kind
from layers.definition import Field, LayerDefinition
from layers.errors import BadFilter, BadProperties, BadSort
from layers.queries import ADDED, SortKey
from layers.sentences import in_language
from layers.values import BadValue, parse_number

MAX_FILTER_LENGTH = 300
MAX_SORT_KEYS = 4
_MOST_CHOICES = 20
# One value each, with an order of its own. A unit's code would be looked up row by row.
SORTABLE: frozenset[Kind] = frozenset({"text", "number", "integer", "boolean", "date", "moment"})
# As other services call the way on; ours is the `next` link.
_PAGING = frozenset({"offset", "startindex", "page", "start", "skip"})
_COMMON = ("bbox", "crs", "datetime", "filter", "limit", "properties", "sortby", "unit")
_UNIT = re.compile(r"[0-9]{2,5}")


@dataclass(frozen=True)
class Chosen:
    """The properties that features are written with."""

    fields: tuple[Field, ...]
    added: tuple[str, ...] = ADDED


def sortables_of(queryables: Mapping[str, Queryable]) -> dict[str, Queryable]:
    """What lists can be sorted by."""
    return {
        name: queryable
        for name, queryable in queryables.items()
        if queryable.kind in SORTABLE and not queryable.synonym_of
    }


def read_sort(text: str, queryables: Mapping[str, Queryable]) -> tuple[SortKey, ...]:
    """`name,-area_m2`: ascending unless a minus stands before. Raises BadSort."""
    sortables = sortables_of(queryables)
    keys: dict[str, SortKey] = {}
    for part in text.split(","):
        # A plus that nobody encoded has become a space on its way.
        said = part.strip()
        name = said[1:] if said[:1] in ("+", "-") else said
        found = sortables.get(name)
        if found is None:
            raise BadSort(_("Không sắp xếp được theo “%s”.") % said[:60])
        if name in keys:
            raise BadSort(_("“%s” đứng hai lần trong sortby.") % name)
        keys[name] = SortKey(found.sql, said.startswith("-"), _presence(found))
    if len(keys) > MAX_SORT_KEYS:
        raise BadSort(_("sortby nhận nhiều nhất %d trường.") % MAX_SORT_KEYS)
    return tuple(keys.values())


def _presence(queryable: Queryable) -> Sql | None:
    """As the field's index says it (`portal_index_field`): it leaves out rows without a text."""
    name = queryable.name
    plain = queryable.field is not None and queryable.sql.values == (name,)
    return Sql("(f.properties ->> %s)", (name,)) if plain else None


def read_properties(text: str | None, definition: LayerDefinition) -> Chosen:
    """`status,area_m2`: only these, in their declared order; "" none. Raises BadProperties."""
    if text is None:
        return Chosen(definition.public_fields)
    wanted = {name.strip() for name in text.split(",")} if text.strip() else set()
    known = {f.name for f in definition.public_fields} | set(ADDED)
    for name in sorted(wanted - known):
        raise BadProperties(_("Lớp không có thuộc tính “%s”.") % name[:60])
    return Chosen(
        tuple(f for f in definition.public_fields if f.name in wanted),
        tuple(name for name in ADDED if name in wanted),
    )


def read_unit(text: str) -> str:
    """Code of an administrative unit. Raises BadFilter."""
    if not _UNIT.fullmatch(text):
        raise BadFilter(_("unit là mã đơn vị hành chính gồm 2 đến 5 chữ số, ví dụ 26560."))
    return text


def read_equal(name: str, text: str, queryables: Mapping[str, Queryable]) -> tuple[Queryable, Any]:
    """`name=value`, the value already of the field's type. Raises BadFilter."""
    queryable = queryables.get(name)
    if queryable is None or queryable.kind == "geometry":
        raise BadFilter(_not_here(name[:60], queryables))
    if len(text) > MAX_FILTER_LENGTH:
        raise BadFilter(_("Giá trị lọc của “%s” quá dài.") % name)
    try:
        value = _value(queryable, text)
    except BadValue as error:
        raise BadFilter(
            _("Giá trị “%(value)s” không hợp với trường “%(name)s”. %(hint)s")
            % {"value": text[:60], "name": name, "hint": _what_it_takes(queryable, error)}
        ) from error
    if value is None or value == []:
        raise BadFilter(_("Trường “%s” cần một giá trị để lọc.") % name)
    return queryable, value


def _what_it_takes(queryable: Queryable, error: BadValue) -> str:
    """What to write instead; choices by their codes, which are the same in both languages."""
    choices = queryable.field.type.choices if queryable.field else ()
    if not choices:
        return in_language(error.hint)
    lang = "en" if get_language() == "en" else "vi"
    told = "; ".join(f"{one.value} ({one.label(lang)})" for one in choices[:_MOST_CHOICES])
    more = "…" if len(choices) > _MOST_CHOICES else "."
    return _("Chọn một trong: %(choices)s") % {"choices": told + more}


def _not_here(name: str, queryables: Mapping[str, Queryable]) -> str:
    """An unknown parameter, and what may have been meant."""
    if name.lower() in _PAGING:
        return _("Không có tham số “%s”: đi tiếp bằng liên kết “next” của mỗi trang.") % name
    known = (*_COMMON, *(n for n, q in queryables.items() if not q.synonym_of))
    # Features carry these two; what is asked by is `unit`.
    is_unit = name in ("unit_code", "unit_name")
    near = ["unit"] if is_unit else difflib.get_close_matches(name, known, n=1)
    said = _("Không có tham số hoặc trường lọc “%s”.") % name
    return " ".join((said, _("Có phải “%s”?") % near[0])) if near else said


def _value(queryable: Queryable, text: str) -> Any:
    if queryable.field is not None:
        return queryable.field.type.coerce(text)
    if queryable.kind != "uid":
        return parse_number(text)
    try:
        return str(UUID(text))
    except ValueError as error:
        raise BadValue("not-a-uid", _("Mã đối tượng là một UUID.")) from error
