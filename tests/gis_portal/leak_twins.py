"""A thing of another commune and one that does not exist: twins, by answer and by work.

Nobody measures time here: who does the same statements in the same order takes as long.
"""

import copy
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client

from gis_portal.officer.devices.models import Device
from gis_portal.reports.models import Report
from gis_portal.reports.reference import new_reference
from layers.models import AdminUnit
from tests.gis_portal.leak_reading import body_of
from tests.gis_portal.leak_world import Side
from tests.gis_portal.officer.field.sending import operation, sha256, uuid7

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# Of every form that there is, so that no write ends at an empty box.
SAID = {
    "to": "checking", "answer": "x" * 9, "note": "x" * 9, "text": "x" * 9, "take": "none",
    "outcome": "taken", "assignee": "officer-A", "minutes_no": "1", "minutes_date": "2026-11-01",
}  # fmt: skip
# Different in any two answers: tokens of forms, moments, names of savepoints.
CHANGING = re.compile(
    r'(?:value=|"csrf": )"[A-Za-z0-9]{64}"|'
    r"\d{4}-\d\d-\d\dT[\d:.+Z-]+|\d\d:\d\d \d\d/\d\d/\d{4}|[0-9a-f]{32,}"
    r"|s\d+_x\d+|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}"
)


def nobody(side: Side) -> Side:
    """Like this commune in every address, and nothing of it exists."""
    phone = copy.copy(side.phone)
    phone.device = Device(pk=uuid.uuid4())
    digits = len(str(side.unit.pk))
    taken = set(AdminUnit.objects.values_list("pk", flat=True))
    free = next(pk for pk in range(10**digits - 1, 0, -1) if pk not in taken)
    return Side(
        "N", AdminUnit(pk=free, name=side.unit.name), side.officer, phone, uuid7(),
        side.place, uuid7(), uuid7(), Report(reference=new_reference()), str(uuid.uuid4()),
        {kind: {"sha256": sha256(kind.encode())} for kind in side.packs},
        asked={name: str(uuid.uuid4()) for name in side.asked},
    )  # fmt: skip


def names_of(*sides: Side) -> "re.Pattern[str]":
    """Whatever an answer may repeat of what it was asked for."""
    found = []
    for side in sides:
        assert side.citizen
        found += [side.uid, side.report, side.proposal, side.citizen.reference, side.citizen_photo]
        found += [str(side.unit.pk), str(side.phone.device.pk), f"officer-{side.name}"]
        found += [part["sha256"] for part in side.packs.values()] + list(side.asked.values())
    return re.compile(r"\b(?:" + "|".join(map(re.escape, found)) + r")\b")


@dataclass(frozen=True)
class Answered:
    """All that whoever asks can see, and what was done for it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    statements: tuple[str, ...]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked for, without the values."""
    found: list[str] = []

    def note(execute: Any, sql: Any, *more: Any) -> Any:
        found.append(CHANGING.sub("", str(sql)))
        return execute(sql, *more)

    with connection.execute_wrapper(note):
        yield found


def ask(client: Client, method: str, address: str, names: "re.Pattern[str]") -> Answered:
    """What comes back, without what only repeats the question."""
    body: dict[str, Any] = {"data": SAID} if method == "POST" else {}
    if address.endswith("}"):
        address, _space, said = address.partition(" ")
        body = {"data": said, "content_type": "application/json"}
    with statements() as found:
        answer = getattr(client, method.lower())(address, **body)
        text = body_of(answer).decode("utf-8", "replace")

    def plain(said: str) -> str:
        return CHANGING.sub("", names.sub("", said))

    heads = sorted((n, plain(value)) for n, value in answer.headers.items() if n != "Expires")
    heads += [("cookie", name) for name in sorted(answer.cookies)]
    return Answered(answer.status_code, tuple(heads), plain(text), tuple(found))


def told_apart(client: Client, method: str, pair: tuple[str, str], names: "re.Pattern[str]") -> str:
    """By what the two differ; empty for twins. What one asks for the first time fills memories:
    a difference must be there when both are asked again.
    """
    # What is sent again is not done again.
    for _turn in range(1 if pair[0].endswith("}") else 2):
        there, nowhere = (ask(client, method, address, names) for address in pair)
        if there == nowhere:
            return ""
    different = [
        f"{name}: {getattr(there, name)} / {getattr(nowhere, name)}"
        for name in ("status", "headers", "body", "statements")
        if getattr(there, name) != getattr(nowhere, name)
    ]
    return "; ".join(text[:600] for text in different)


def answer_of_the_field(side: Side) -> str:
    """Address and body of a device that answers to a report of this commune."""
    sent = operation({"report": side.report, "note": "x"}, "answer")
    return f"/officer/api/operations {json.dumps({'operations': [sent]})}"


WATCHED = (
    "officer_field",
    "officer_desk",
    "officer_devices",
    "reports",
    "planner",
    "planner_compositions",
)


def rows_of_rooms() -> dict[str, str]:
    """A digest of every table of the rooms, as the tests' own role reads it."""
    found = {}
    for model in (one for label in WATCHED for one in apps.get_app_config(label).get_models()):
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            (found[table],) = cursor.fetchone()
    return found
