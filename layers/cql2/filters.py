"""The way in: a filter as it came → a condition; and the database's refusals by their names."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, DataError, InternalError
from django.utils.translation import gettext as _

from layers.cql2.compiler import Compiler
from layers.cql2.limits import Meter
from layers.cql2.queryable import Queryables
from layers.cql2.refusal import Refusal, SyntaxRefusal
from layers.cql2.shapes import FilterCrs
from layers.cql2.sql import Sql
from layers.cql2.written import Language, Written, read
from layers.crs import WGS84, Crs
from layers.errors import BadFilter, FilterNotEvaluable, FilterTooLarge

SHOWN_AHEAD = 30


def compile_filter(
    text: str,
    lang: Language,
    queryables: Queryables,
    *,
    filter_crs: Crs = WGS84,
    axis_swapped: bool = False,
) -> Sql:
    """A condition over the row `f` of layers_feature.

    Args:
        text: the filter, CQL2 text or JSON (OGC 21-065r2).
        queryables: what it may name, of `queryables_of`.
        filter_crs: the system of its geometries.
        axis_swapped: their positions are written north first.

    Raises:
        BadFilter: what is wrong, and where: `at` quotes the place, `position` counts characters
            from 1. FilterSyntax and FilterTooLarge are BadFilter too.
    """
    meter = Meter.from_settings()
    written = Written(text, None)
    try:
        written = read(text, lang, meter)
        system = FilterCrs(filter_crs, axis_swapped)
        return Compiler(queryables, system, meter).condition(written.tree).sql
    except Refusal as refusal:
        raise _named(refusal, written) from refusal
    except RecursionError as error:  # an operator allowed more levels than Python has
        raise FilterTooLarge(_("Bộ lọc lồng quá sâu.")) from error


def _named(refusal: Refusal, written: Written) -> BadFilter:
    """The refusal as an answer that quotes the place."""
    message = _sendable(refusal.message)
    quoted, position = _place(refusal, written)
    if not quoted:
        return refusal.error(message)
    if position is None:
        where = _("Chỗ: “%(quoted)s”.") % {"quoted": quoted}
        return refusal.error(f"{message} {where}", at=quoted)
    where = _("Ký tự %(position)d: “%(quoted)s”.") % {"position": position, "quoted": quoted}
    return refusal.error(f"{message} {where}", at=quoted, position=position)


def _place(refusal: Refusal, written: Written) -> tuple[str, int | None]:
    """What stands at the place, and its position from 1, as far as they are known."""
    if not isinstance(refusal, SyntaxRefusal):
        quoted, position = written.place(refusal.node)
        return _sendable(quoted), position
    if refusal.node is None:
        return "", None
    near = written.text[refusal.node : refusal.node + SHOWN_AHEAD]
    return _sendable(near) or _("hết bộ lọc"), refusal.node + 1


def _sendable(text: str) -> str:
    """Without halves of surrogate pairs, which JSON lets in and no answer can carry."""
    return text.encode("utf-8", "replace").decode()


@contextmanager
def evaluating(condition: Sql | None) -> Iterator[None]:
    """Around a statement with a compiled filter: what only shows while rows are read gets a name.

    A stored value that is not of its field's type any more, shapes that GEOS cannot relate. Raises
    FilterNotEvaluable; time limits and lost connections pass as they are. Without a condition
    nothing is changed.
    """
    try:
        yield
    except (DataError, InternalError) as error:
        if condition is None:
            raise
        raise FilterNotEvaluable(_reason(error)) from error


def _reason(error: DatabaseError) -> str:
    """One sentence; the database's own words may quote values of rows, so they stay in the log."""
    if isinstance(error, DataError):
        return _("Một giá trị đã lưu không hợp với phép tính hoặc phép so sánh trong bộ lọc.")
    return _("Một hình đã lưu không so sánh được với hình trong bộ lọc.")
