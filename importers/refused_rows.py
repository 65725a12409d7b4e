"""What rows with issues are called: their business keys, for people and for the comparison.

A row that is left out has no feature, but whoever mends the file looks for its sheet and number,
and a feature that goes because its row was refused is another matter than one that is gone.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from importers.batch import Batch, Issue
from importers.issue_log import HIDDEN
from importers.pipeline import Context
from layers.definition import LayerDefinition
from layers.identity import join_key
from layers.values import BadValue, is_empty

# Beyond that the file is refused anyway, or nobody counts.
_MOST = 100_000


class RefusedRows:
    """Collects while batches stream. `names`: row → its key for people. `keys`: as stored."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.keys: set[str] = set()

    def add(
        self, batch: Batch, issues: Iterable[Issue], context: Context, kept: Collection[int] = ()
    ) -> None:
        """Remember the keys of rows with an error, and what the rows `kept` for the list are
        called; `batch` is as the file has it.
        """
        refused = {i.row: i.cells for i in issues if i.severity == "error"}
        if len(self.keys) > _MOST:
            refused = {}
        named: dict[int, Mapping[str, object] | None] = {**dict.fromkeys(kept), **refused}
        if not named or not context.definition.key:
            return
        wanted = {int(row): i for i, row in enumerate(batch.rows) if int(row) in named}
        for row, own in named.items():
            here = wanted.get(row)
            cells = own
            if own is None and here is not None:
                cells = {name: values[here] for name, values in batch.columns.items()}
            if cells is not None:
                self._remember(row, cells, context, is_refused=row in refused)

    def name_stored(self, keys: Mapping[int, str], definition: LayerDefinition) -> None:
        """Name rows by their stored keys, where the file's own cells are not at hand any more."""
        for row, key in keys.items():
            parts = re.sub(r"@\d{4}-\d\d-\d\d|#\d+$", "", key).split("/")
            if row in self.names or not definition.key or len(parts) != len(definition.key):
                continue
            fields = [definition.by_name[name] for name in definition.key]
            self.names[row] = ", ".join(
                f"{field.label.vi}: {HIDDEN if field.is_private else part}"[:80]
                for field, part in zip(fields, parts, strict=True)
            )

    def _remember(
        self, row: int, cells: Mapping[str, object], context: Context, *, is_refused: bool
    ) -> None:
        shown, parts = [], []
        for name in context.definition.key:
            field = context.definition.by_name[name]
            cell = cells.get(context.mapping.source.get(name, ""))
            if not is_empty(cell):
                shown.append(f"{field.label.vi}: {HIDDEN if field.is_private else cell}"[:80])
            try:
                value = field.type.coerce(cell)
            except BadValue:
                value = None
            is_unit = field.type.name == "unit" and value is not None
            parts.append(context.unit_version(value) if is_unit else value)
        if shown:
            self.names[row] = ", ".join(shown)
        if is_refused and all(part is not None for part in parts):
            self.keys.add(join_key(parts))
