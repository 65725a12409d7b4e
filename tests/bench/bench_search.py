"""The search box over a million named parcels: what the database spends on each question, beside a
look-up of one row by its primary key.

Kinds of questions have equal shares, slow ones too; coordinates, which ask nothing of the database,
are left out. Times are of the statements as the process sees them, answers read; processor time is
what the session's server process used, whatever else the machine did.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import translation

from layers.models import AdminUnit, LayerVersion
from layers.search.answer import search
from layers.values import fold
from tests.bench.land import Land
from tests.bench.named_land import named
from tests.bench.rows import Figure

SEED, EACH, PASSES = 20260705, 20, 3
LIMIT_MS = 60.0
LOOK_UPS = 500
TEXT = """{count} questions ({each} of each kind), {passes} passes, the median of each, one
connection. {rows:,} parcels with names, addresses, former communes and numbers. *Found*: share of
the questions that have an answer.

| asked for | p50 ms | p95 ms | slowest | p95, processor | found | for example |
|---|---:|---:|---:|---:|---:|---|
{table}

A row by its primary key: p50 {key:.2f} ms, p95 {key95:.2f} ms."""

Row = tuple[dict[str, Any], str]


def search_figures(land: Land) -> tuple[list[Figure], str]:
    """(figures, text)."""
    with named(land) as version, translation.override("vi"):
        asked = _questions(version)
        times: dict[str, list[Spent]] = {}
        for kind, texts in asked.items():
            times[kind] = [_median(text) for text in texts]
        keys = sorted(_look_ups(version))
    spent = sorted(one.ms for kind in times.values() for one in kind)
    used = sorted(one.cpu_ms for kind in times.values() for one in kind)
    p95, key = _p95(spent), statistics.median(keys)
    ratio = statistics.median(spent) / key
    remark = f"p50 {statistics.median(spent):.1f} ms, slowest {spent[-1]:.0f} ms"
    figures = [
        Figure("search, p95 in the database", p95, "ms", LIMIT_MS, at_least=False, remark=remark),
        Figure("search, p95 of the database's processor time", _p95(used), "ms"),
        Figure("search ÷ a row by its key, p50", ratio, "", remark=f"{key:.2f} ms a row"),
        Figure("search ÷ a row by its key, p95", p95 / _p95(keys), ""),
    ]
    rows = "\n".join(_row(kind, times[kind], asked[kind][0]) for kind in asked)
    text = TEXT.format(
        count=len(spent), each=EACH, passes=PASSES, rows=land.count, table=rows, key=key,
        key95=_p95(keys),
    )  # fmt: skip
    return figures, text


@dataclass(frozen=True)
class Spent:
    """On one question: by the clock, by the server's processor; whether there was an answer."""

    ms: float
    cpu_ms: float
    found: bool


def _row(kind: str, times: list[Spent], example: str) -> str:
    spent, used = sorted(one.ms for one in times), sorted(one.cpu_ms for one in times)
    found = sum(one.found for one in times) / len(times)
    return (
        f"| {kind} | {statistics.median(spent):.1f} | {_p95(spent):.1f} | {spent[-1]:.1f} | "
        f"{_p95(used):.1f} | {found:.0%} | `{example}` |"
    )


def _p95(ordered: list[float]) -> float:
    return ordered[int(0.95 * (len(ordered) - 1))]


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Milliseconds of every statement."""
    spent: list[float] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append((time.perf_counter() - began) * 1000)

    with connection.execute_wrapper(watch):
        yield spent


def _median(text: str) -> Spent:
    """The middle pass, and the middle processor time."""
    passes, used, found = [], [], False
    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    for _ in range(PASSES):
        before = int(schedule.read_text(encoding="ascii").split()[0])
        with _watched() as spent:
            found = bool(search(text, None, limit=10)["results"])
        used.append((int(schedule.read_text(encoding="ascii").split()[0]) - before) / 1e6)
        passes.append(sum(spent))
    return Spent(statistics.median(passes), statistics.median(used), found)


def _look_ups(version: LayerVersion) -> Iterator[float]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id), max(id) FROM layers_feature WHERE version_id = %s", [version.pk]
        )
        first, last = cursor.fetchone()
        chance = random.Random(SEED)
        for _ in range(LOOK_UPS):
            with _watched() as spent:
                cursor.execute(
                    "SELECT properties FROM layers_feature WHERE version_id = %s AND id = %s",
                    [version.pk, chance.randint(first, last)],
                )
            yield sum(spent)


def _questions(version: LayerVersion) -> dict[str, list[str]]:
    """Texts by kind, of rows taken by chance."""
    chance = random.Random(SEED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            "SELECT f.properties::text::json, u.name FROM layers_feature f "
            "JOIN layers_adminunit u ON u.id = f.unit_id WHERE version_id = %s "
            "AND f.properties ? 'name' ORDER BY random() LIMIT %s",
            [version.pk, EACH],
        )
        rows: list[Row] = cursor.fetchall()
    units = [unit for _values, unit in rows]
    former = AdminUnit.objects.exclude(valid_to=None).filter(level=AdminUnit.DISTRICT)
    districts = list(former.values_list("name", flat=True).order_by("code")[:EACH])
    kinds: dict[str, Callable[[dict[str, Any], str], str]] = {
        "a parcel in a place": lambda v, u: f"tờ {v['sheet_no']} thửa {v['parcel_no']} {u}",
        "… with a slip": lambda v, u: (
            f"to {v['sheet_no']} thua {v['parcel_no']} {_slip(u, chance)}"
        ),
        "… by old numbers": lambda v, u: (
            f"tờ cũ {v['sheet_no_old']} thửa cũ {v['parcel_no_old']} {v['old_commune']}"
        ),
        "a parcel anywhere": lambda v, u: f"thửa {v['parcel_no']} tờ {v['sheet_no']}",
        "a parcel without its sheet": lambda v, u: f"thửa {v['parcel_no']} {u}",
        "a unit": lambda v, u: fold(u),
        "a unit with a slip": lambda v, u: _slip(u, chance),
        "an address": lambda v, u: v["address"].split(",")[0],
        "a street in a place": lambda v, u: f"{_street(v)}, {u}",
        "a street with a slip": lambda v, u: _slip(_street(v), chance),
        "a name": lambda v, u: fold(v["name"]),
        "a name with a slip": lambda v, u: _slip(v["name"], chance),
        "a name in a place": lambda v, u: f"{v['name']} {u}",
        "very common words": lambda v, u: f"ubnd {u}",
        "some of the words": lambda v, u: f"{v['name']} quán cà phê {u}",
        "nothing that exists": lambda v, u: "".join(chance.sample("bcdfghklmqzxwj", 9)),
    }
    found = {kind: [write(values, unit) for values, unit in rows] for kind, write in kinds.items()}
    found["a former district"] = (districts * EACH)[:EACH]
    found["half a word"] = [fold(unit)[:-2] for unit in units]
    return found


def _street(values: dict[str, Any]) -> str:
    return str(values["address"]).split(",")[0].split(" đường ")[1]


def _slip(text: str, chance: random.Random) -> str:
    """Two letters of the longest word swapped, one left out, or one doubled; accents gone."""
    said = fold(text).split()
    place = max(range(len(said)), key=lambda n: len(said[n]))
    word = said[place]
    cut = chance.randrange(1, len(word) - 1) if len(word) > 2 else 0
    slips = (
        word[:cut] + word[cut + 1 :],
        word[:cut] + word[cut] + word[cut:],
        word[:cut] + word[cut + 1 : cut + 2] + word[cut] + word[cut + 2 :],
    )
    said[place] = chance.choice(slips)
    return " ".join(said)
