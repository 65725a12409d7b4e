"""Lists: pages of 1,000 features in 500 boxes, ours against the limit of the database and against
tipg; and a page of a thousand against DRF-gis on the same rows.
"""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from rest_framework.renderers import JSONRenderer
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from layers.catalogue import layer_by_slug
from layers.models import Feature, WrittenRows
from layers.queries import Form, Selection, features_page
from layers.written import making
from layers.written.table import table_name
from tests.bench import pgbench, serving
from tests.bench.bench_cold import CONNECTIONS, PASSES
from tests.bench.contest import Contestant, interleaved, table
from tests.bench.equality import fetched
from tests.bench.land import SLUG, Land
from tests.bench.load import PLAIN, Load, LoadFailed, walk
from tests.bench.peers import ITEMS, make_tables, tipg
from tests.bench.places import Box
from tests.bench.rows import Figure
from tests.bench.serving import NotServing

LIMIT = 1000
COMPARED = 20
# Numbers that stand for the box while the statement is caught.
MARKS = {"west": 1.015625, "south": 2.015625, "east": 3.015625, "north": 4.015625}
BUILDING, READING = "limit, building: pgbench", "limit, reading: pgbench"
WANTED = {BUILDING: 0.75, "tipg": 6.0}
TEXT = """First pages of {limit:,} features for {count} boxes that hold more, unpacked, each asked
for once in a pass, {passes} passes, medians. *Limit, building* is pgbench with the statement that
builds the same bytes from the rows, prepared; *limit, reading* the one that reads them where the
worker wrote them ahead (decision 0033), as our server does. tipg reads a plain table with the
filled attributes in typed columns and the shape in EPSG:4326.
{verdict}

{tables}"""


def lists(land: Land, folder: Path) -> tuple[list[Figure], str]:
    """(figures, text)."""
    make_tables(land)
    written, where = _written(land)
    field_: list[Contestant] = []
    with ExitStack() as running:
        server = running.enter_context(serving.portal(land))
        paths = [_ours(box) for box in land.boxes]
        ours = Contestant("**ours**", _asking(server.url, paths, folder), server)
        field_ += [
            ours,
            Contestant(BUILDING, partial(_limit, land, folder, None)),
            Contestant(READING, partial(_limit, land, folder, where)),
        ]
        try:
            peer = running.enter_context(tipg(land))
            its_paths = [_tipgs(box) for box in land.boxes]
            verdict = _compare(land, server.url, peer.url)
            asking = _asking(peer.url, its_paths, folder)
            field_.append(Contestant("tipg", asking, peer, is_peer=True))
        except (NotServing, LoadFailed, OSError) as problem:
            verdict = f"tipg took no part: {' '.join(str(problem).split())[:200]}."
        interleaved(field_, land, CONNECTIONS, PASSES)
    verdict += "".join(f" {one.name} failed: {one.failure}." for one in field_ if one.failure)
    field_ = [one for one in field_ if not one.failure]
    figures = [_ratio(ours, one, count) for count in CONNECTIONS for one in field_[1:]]
    tables = [f"### {count} connections\n\n{table(field_, count)}" for count in CONNECTIONS]
    text = TEXT.format(
        limit=LIMIT,
        count=len(land.boxes),
        passes=PASSES,
        verdict=verdict,
        tables="\n\n".join(tables),
    )
    return [*figures, _serializer(land), written], text


def _written(land: Land) -> tuple[Figure, str]:
    """As the worker does after a publication: how long it takes, and where it stands."""
    WrittenRows.objects.get_or_create(pk=land.version.pk)
    assert making.write(land.version.pk) == WrittenRows.READY
    made = WrittenRows.objects.get(pk=land.version.pk)
    figure = Figure(
        "features written ahead by the worker: made in",
        made.seconds,
        "s",
        remark=f"{made.bytes / 1024**2:,.0f} MB",
    )
    return figure, table_name(made.pk, made.key)


def _ours(box: Box) -> str:
    return f"/api/collections/{SLUG}/items?limit={LIMIT}&bbox={box}"


def _tipgs(box: Box) -> str:
    return f"/collections/public.{ITEMS}/items?limit={LIMIT}&bbox={box}"


def _asking(url: str, paths: list[str], folder: Path) -> Callable[[int], Load]:
    return lambda connections: walk(url, paths, connections, folder, accept_encoding=PLAIN)


def _limit(land: Land, folder: Path, where: str | None, connections: int) -> Load:
    """The page's statement as our code sends it, its box replaced by pgbench's variables."""
    caught: list[str] = []

    def catch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        cursor = context["cursor"]
        caught.append(cursor.mogrify(sql, params).decode())
        return execute(sql, params, many, context)

    box = (MARKS["west"], MARKS["south"], MARKS["east"], MARKS["north"])
    selection = Selection(version_id=land.version.pk, bbox=box)
    fields = layer_by_slug(SLUG).parsed.public_fields
    with connection.execute_wrapper(catch):
        features_page(selection, Form(fields), limit=LIMIT, table=where)
    statement = " ".join(caught[0].split())
    parts = pgbench.turn(len(land.boxes), connections)
    for name, mark in MARKS.items():
        assert repr(mark) in statement, statement
        statement = statement.replace(repr(mark), f":{name}::float8")
        parts.append(f"\\set {name} {pgbench.chosen([getattr(box, name) for box in land.boxes])}")
    script = "\n".join([*parts, f"{statement};", "\\endif", ""])
    url = land.environment["DATABASE_URL"].replace("postgis://", "postgresql://", 1)
    return pgbench.run(script, len(land.boxes), connections, folder, role="default", url=url)


def _compare(land: Land, ours: str, peer: str) -> str:
    """The same features with the same values of the peer's columns, or how they differ."""
    count = differing = 0
    for box in land.boxes[:COMPARED]:
        first, second = (_told(fetched(url)) for url in (ours + _ours(box), peer + _tipgs(box)))
        count += len(first)
        differing += len(first.keys() ^ second.keys())
        differing += sum(
            any(first[uid].get(name) != value for name, value in second[uid].items())
            for uid in first.keys() & second.keys()
        )
    if differing:
        return f"Of {COMPARED} boxes with {count:,} features {differing:,} differ."
    return f"{COMPARED} boxes with {count:,} features compared: ids and attributes equal."


def _told(body: bytes) -> dict[str, dict[str, Any]]:
    """uid → properties; the peer's own id and uid are not among the properties of ours."""
    found = {}
    for feature in json.loads(body)["features"]:
        values = dict(feature["properties"])
        values.pop("id", None)
        found[str(values.pop("uid", feature["id"]))] = values
    return found


def _ratio(ours: Contestant, other: Contestant, connections: int) -> Figure:
    first, second = ours.rate(connections), other.rate(connections)
    return Figure(
        f"lists of a box, {connections} connections: ours ÷ {other.name}",
        first / second,
        "",
        WANTED.get(other.name),
        remark=f"{first:,.0f} ÷ {second:,.0f} req/s",
    )


class PlainSerializer(GeoFeatureModelSerializer):
    """The list as DRF-gis makes it, model by model."""

    class Meta:
        model = Feature
        geo_field = "geom"
        fields = ("id", "uid", "geom", "area_m2", "properties")


def _serializer(land: Land) -> Figure:
    """A page of 1,000 polygons: our address (whole request) ÷ a DRF-gis list of the same rows."""
    client = Client()
    address = f"/api/collections/{SLUG}/items?limit={LIMIT}"

    def ours() -> bytes:
        return bytes(client.get(address).content)

    def reference() -> bytes:
        rows = Feature.objects.filter(version_id=land.version.pk).order_by("id")[:LIMIT]
        return bytes(JSONRenderer().render(PlainSerializer(rows, many=True).data))

    assert [len(json.loads(work())["features"]) for work in (ours, reference)] == [LIMIT] * 2
    spent = {work: min(_seconds(work) for _ in range(PASSES)) for work in (ours, reference)}
    return Figure(
        "page of 1,000 polygons: ours ÷ DRF-gis serializer, time",
        spent[ours] / spent[reference],
        "",
        remark=f"{spent[ours] * 1000:.0f} ÷ {spent[reference] * 1000:.0f} ms; ours is the whole"
        " request, links and count included",
    )


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
