"""What every answer of a run tells: its question in words, what it stands on, its rows with labels.

Pages, JSON and files read one and the same `Told`, so they cannot say different things. Nothing of
it depends on the clock or on who asks. Neighbour: `words.py` has labels of values.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from gis_portal.planner.engine import summary as sums
from gis_portal.planner.engine.store import ResultStore
from gis_portal.planner.models import PlannerArea, Run
from gis_portal.planner.results.words import (
    derived_label,
    measure_label,
    note_words,
    system_words,
    unit_label,
    unit_of,
    value_label,
)
from gis_portal.planner.workbench.sentence import Sentence, sentence
from layers.crs import by_code, by_srid
from layers.definition import LayerDefinition
from layers.models import LayerVersion, Sector
from layers.models.catalogue import ILLUSTRATIVE, marked

Json = Any
ROW, SLIVER, TOTAL = "row", "sliver", "total"
MEASURES = ("count", "area_m2", "length_m", "share")


@dataclass(frozen=True)
class Column:
    """One column of the table; `kind`: unit, field, measure."""

    name: str
    kind: str
    label: str
    unit: str = ""
    field: str = ""
    source: str = ""
    layer: str = ""


@dataclass(frozen=True)
class Stand:
    """One input: which layer, in which version, whose and how old."""

    name: str
    slug: str
    title: str
    version: int
    data_date: dt.date | None
    published_at: dt.datetime | None
    source: str
    decision: str
    licence: str
    system: str
    illustrative: bool


@dataclass(frozen=True)
class Line:
    """One row: what it is (`row`, `sliver`, `total`), raw values, and the same as people read."""

    kind: str
    values: Mapping[str, Json]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """All of it. `question` holds the sentences; `notes` are in words."""

    run: Run
    language: str
    title: str
    question: Sentence
    stands: tuple[Stand, ...]
    grid: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    slivers: tuple[Line, ...]
    total: Line
    notes: tuple[str, ...]
    definitions: Mapping[str, LayerDefinition]

    @property
    def summary(self) -> dict[str, Json]:
        """As the engine left it."""
        return self.run.summary or {}

    @property
    def is_illustrative(self) -> bool:
        """Some of it is invented data."""
        return any(stand.illustrative for stand in self.stands)

    @property
    def moved(self) -> str:
        """Which inputs came in another system of coordinates than areas are told in."""
        others = dict.fromkeys((s.title, s.system) for s in self.stands if s.system != self.grid)
        words = [
            _("lớp %(layer)s được chuyển từ %(system)s") % {"layer": layer, "system": system}
            for layer, system in others
        ]
        text = "; ".join(words)
        return f"{text[:1].upper()}{text[1:]}." if text else ""

    @property
    def groups(self) -> tuple[Column, ...]:
        """The columns that say what a row is of."""
        return tuple(column for column in self.columns if column.kind != "measure")

    @property
    def measures(self) -> tuple[Column, ...]:
        """The columns of numbers."""
        return tuple(column for column in self.columns if column.kind == "measure")


def told(run: Run, language: str, *, whole: bool = False) -> Told:
    """Of a run that has ended well. `whole`: all rows, also beyond those kept in the summary."""
    stands, definitions = _stands(run, language)
    summary = run.summary or {}
    columns = tuple(_columns(summary, language))
    rows, slivers = summary.get("rows", []), summary.get("slivers", {}).get("rows", [])
    if whole and "rows-cut" in summary.get("notes", []):
        rows, slivers = _all_rows(run)
    total = {name: summary.get("totals", {}).get(name) for name in MEASURES} | {"share": 1.0}
    title = run.document.get("title", {})
    return Told(
        run=run,
        language=language,
        title=title.get(language) or title.get("vi") or str(run.analysis),
        question=sentence(
            run.document,
            {slug: d for d in definitions.values() for slug in [d.slug]},
            language,
            _areas(run),
        ),
        stands=stands,
        grid=_grid(summary, language),
        columns=columns,
        lines=tuple(_lines(ROW, rows, columns, definitions, language)),
        slivers=tuple(_lines(SLIVER, slivers, columns, definitions, language)),
        total=Line(TOTAL, total, {}),
        notes=tuple(
            note_words(note)
            for note in summary.get("notes", [])
            if not note.startswith("grids-differ:")
        ),
        definitions=definitions,
    )


def _stands(run: Run, language: str) -> tuple[tuple[Stand, ...], dict[str, LayerDefinition]]:
    """Inputs in the order of the document, and the declarations of their layers by input."""
    found = LayerVersion.objects.select_related("layer").in_bulk(list(run.versions.values()))
    stands, definitions = [], {}
    for name, pk in run.versions.items():
        version = found.get(pk)
        if version is None:
            continue
        definition = version.layer.parsed
        definitions[name] = definition
        stands.append(_stand(name, version, definition, language))
    return tuple(stands), definitions


def _stand(name: str, version: LayerVersion, definition: LayerDefinition, language: str) -> Stand:
    said = definition.attribution(language) or definition.owner_org(language)
    org = version.source_org
    if language == "en" and version.is_illustrative and ILLUSTRATIVE.vi[5:] in org:
        # The demo's data say so of themselves in Vietnamese.
        org = ILLUSTRATIVE.en
    source = ", ".join(dict.fromkeys(filter(None, (said, org))))
    return Stand(
        name=name,
        slug=version.layer.slug,
        title=version.layer.title(language),
        version=version.number,
        data_date=version.data_date,
        published_at=version.published_at,
        source=marked(source, language, illustrative=version.is_illustrative),
        decision=version.decision_no,
        licence=definition.licence,
        system=system_words(by_srid(version.source_srid), language),
        illustrative=version.is_illustrative,
    )


def _grid(summary: Mapping[str, Json], language: str) -> str:
    code = str(summary.get("grid") or "")
    return system_words(by_code(code), language) if code else ""


def _areas(run: Run) -> dict[str, str]:
    """Names of the private areas that the question uses: of whom it is, nobody else's."""
    wanted = [
        str(raw["area"])
        for raw in run.document.get("inputs", {}).values()
        if isinstance(raw, dict) and "area" in raw
    ]
    if not wanted:
        return {}
    own = PlannerArea.objects.filter(pk__in=wanted, owner=run.analysis.owner_id)
    return {str(pk): name for pk, name in own.values_list("pk", "name")}


def _columns(summary: Mapping[str, Json], language: str) -> Iterable[Column]:
    for raw in summary.get("columns", []):
        name, kind = raw["name"], raw["kind"]
        if kind == "unit":
            yield Column(name, kind, unit_label(raw.get("level"), raw.get("on"), language))
        elif kind == "measure":
            yield Column(name, kind, measure_label(name), unit_of(name))
        else:
            source, _dot, field = name.partition(".")
            label = (
                raw.get("label", {}).get(language) or raw.get("label", {}).get("vi")
                if raw.get("layer")
                else derived_label(field)
            )
            layer = raw.get("layer") or ""
            yield Column(name, kind, label or field, field=field, source=source, layer=layer)


def _lines(
    kind: str,
    rows: Iterable[Mapping[str, Json]],
    columns: tuple[Column, ...],
    definitions: Mapping[str, LayerDefinition],
    language: str,
) -> Iterable[Line]:
    by_slug = {definition.slug: definition for definition in definitions.values()}
    titles = {slug: definition.title(language) for slug, definition in by_slug.items()}
    named = {"layer": titles, "sector": _sectors(columns, language)}
    for row in rows:
        labels = {}
        for column in columns:
            if column.kind == "unit":
                labels[column.name] = row.get(f"{column.name}_name") or value_label(None)
            elif column.kind == "field":
                value, words = row.get(column.name), named.get(column.field)
                if words and not column.layer and value in words:
                    labels[column.name] = words[value]
                    continue
                definition = by_slug.get(column.layer)
                labels[column.name] = value_label(value, column.field, definition, language)
        yield Line(kind, row, labels)


def _sectors(columns: tuple[Column, ...], language: str) -> dict[str, str]:
    """Titles of sectors, where a column tells of them."""
    if not any(column.field == "sector" and not column.layer for column in columns):
        return {}
    title = f"title_{'en' if language == 'en' else 'vi'}"
    return dict(Sector.objects.values_list("slug", title))


def _all_rows(run: Run) -> tuple[list[dict[str, Json]], list[dict[str, Json]]]:
    """Counted again from the pieces: as many as there are."""
    groups = sums.groups_of(run.document)
    document: Any = SimpleNamespace(result=SimpleNamespace(group_by=groups))
    rows, slivers = sums.table(ResultStore(run.pk).table(), document)
    sums.shares(rows, slivers)
    return rows, slivers
