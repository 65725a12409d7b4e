"""Extracts as PDF and share cards among a million parcels with every layer: size, time, and who is
kept waiting meanwhile.

Sheets are set anew each time: the memory of sheets is emptied before. Processor time is what they
cost; the clock also has the database in it. That they say what the facts say is shown by
`tests/gis_portal/parcels/extract/`.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from django.test import Client
from django.urls import reverse

from gis_portal.typesetting import sheet
from tests.bench.bench_parcel import _parcels
from tests.bench.land import Land
from tests.bench.layered_land import layered
from tests.bench.rows import Figure

SHEETS, PAGES = 60, 40
MOST_KB, MOST_SECONDS, MOST_CARD_KB = 300.0, 1.0, 100.0
TEXT = """{sheets} parcels by chance, each sheet and card set anew. Processor time of a sheet,
facts included: p50 {cpu:.0f} ms, p95 {cpu95:.0f} ms; of a card p50 {card_cpu:.0f} ms. An unchanged
sheet is answered 304 for what the facts cost. *Pages beside sheets*: the page of a parcel while
another thread sets one sheet after the other, against alone, on the machine's processors."""


def extract_figures(land: Land) -> tuple[list[Figure], str]:
    """(figures, text)."""
    with layered(land):
        client, uids = Client(), _parcels(land)[:SHEETS]
        sheets = [_asked(client, "parcel-extract", uid) for uid in [*uids[:5], *uids]][5:]
        cards = [_asked(client, "parcel-card", uid) for uid in [*uids[:5], *uids]][5:]
        alone = _pages(client, uids)
        with _setting_sheets(uids):
            beside = _pages(client, uids)
    sizes, seconds, spent = (sorted(part) for part in zip(*sheets, strict=True))
    card_sizes, card_seconds, card_spent = (sorted(part) for part in zip(*cards, strict=True))
    figures = [
        Figure("extract, largest", sizes[-1] / 1000, "kB", MOST_KB, at_least=False),
        Figure("extract with its facts, p95", _p95(seconds), "s", MOST_SECONDS, at_least=False,
               remark=f"p50 {statistics.median(seconds) * 1000:.0f} ms"),
        Figure("extract, processor time, p50", statistics.median(spent) * 1000, "ms"),
        Figure("share card, largest", card_sizes[-1] / 1000, "kB", MOST_CARD_KB, at_least=False),
        Figure("share card, p95", _p95(card_seconds), "s", MOST_SECONDS, at_least=False),
        Figure("pages beside sheets ÷ pages alone, p50", beside / alone, ""),
    ]  # fmt: skip
    text = TEXT.format(
        sheets=len(uids),
        cpu=statistics.median(spent) * 1000,
        cpu95=_p95(spent) * 1000,
        card_cpu=statistics.median(card_spent) * 1000,
    )
    return figures, text


def _asked(client: Client, name: str, uid: UUID) -> tuple[float, float, float]:
    """Bytes, seconds by the clock, seconds of this process's processors."""
    sheet.kept.forget()
    began, spent = time.perf_counter(), time.process_time()
    answer = client.get(reverse(name, args=[uid]))
    assert answer.status_code == 200, answer.status_code
    return len(answer.content), time.perf_counter() - began, time.process_time() - spent


def _pages(client: Client, uids: list[UUID]) -> float:
    """Seconds of a parcel's page, p50."""

    def page(uid: UUID) -> float:
        began = time.perf_counter()
        assert client.get(reverse("parcel", args=[uid])).status_code == 200
        return time.perf_counter() - began

    return statistics.median(page(uid) for uid in uids[:PAGES])


@contextmanager
def _setting_sheets(uids: list[UUID]) -> Iterator[None]:
    """One reader who asks for sheet after sheet in a thread of its own, as the server has them."""
    end = threading.Event()
    failures: list[Exception] = []

    def work(ask: Callable[[UUID], object]) -> None:
        try:
            while not end.is_set():
                for uid in uids:
                    if not end.is_set():
                        ask(uid)
        except Exception as error:  # noqa: BLE001 - told by the one who measures
            failures.append(error)
        finally:
            # A thread has a connection of its own, which nobody else closes.
            connection.close()

    client = Client()
    thread = threading.Thread(target=work, args=[lambda u: _asked(client, "parcel-extract", u)])
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
    assert not failures, failures


def _p95(ordered: list[float]) -> float:
    return ordered[int(0.95 * (len(ordered) - 1))]
