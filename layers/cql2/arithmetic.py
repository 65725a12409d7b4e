"""`+ - * / % div ^`: computed as numeric, and no value where mathematics has none.

Division by zero, 0 to a negative power and a root of a negative number are unknown (NULL), as is a
power beyond 10³⁰⁰: one feature must not end the answer about all others.
"""

from typing import Any

from django.utils.translation import gettext as _

from layers.cql2.refusal import Refusal
from layers.cql2.sql import joined
from layers.cql2.typed import Typed

_TEMPLATES = {
    "+": "({} + {})",
    "-": "({} - {})",
    "*": "({} * {})",
    "/": "({} / NULLIF({}, 0))",
    "%": "mod({}, NULLIF({}, 0))",
    "div": "div({}, NULLIF({}, 0))",
    # OFFSET 0 keeps the planner from writing both operands out in every place of them.
    "^": """(SELECT CASE
      WHEN p.x IS NULL OR p.y IS NULL THEN NULL
      WHEN p.y = 0 THEN 1
      WHEN p.x = 0 THEN CASE WHEN p.y > 0 THEN 0 END
      WHEN p.x < 0 AND p.y <> trunc(p.y) THEN NULL
      WHEN abs(p.x) > 1e100 OR abs(p.x) < 1e-100 OR abs(p.y) > 10000 THEN NULL
      WHEN abs(p.y * ln(abs(p.x))) > 690 THEN NULL
      ELSE power(p.x, p.y) END
    FROM (SELECT {} AS x, {} AS y OFFSET 0) AS p)""",
}
OPERATORS = frozenset(_TEMPLATES)


def calculate(op: str, args: list[Typed], node: Any) -> Typed:
    """One operation on numbers; “-” may stand before a single one. Raises Refusal."""
    if len(args) == 1 and op == "-":
        return Typed("number", joined("(- {}::numeric)", args[0].must_be("number").sql), node)
    if len(args) < 2 or (len(args) > 2 and op not in "+*"):
        raise Refusal(node, _("Phép “%s” cần hai số.") % op)
    found = args[0].must_be("number").sql
    for arg in args[1:]:
        left, right = (joined("({})::numeric", sql) for sql in (found, arg.must_be("number").sql))
        found = joined(_TEMPLATES[op], left, right)
    return Typed("number", found, node)
