"""Three devices, a server that is killed, and a line that does everything wrong: a state machine.

The devices do what the app does: write down, send until there is a receipt. The line drops,
doubles, reorders, delays and cuts; the server is killed at named points. What must hold is told
from the devices' side: what was acknowledged is there, once, unchanged; who did not know of the
other's value is in conflict with it, who wrote the same is not.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from gis_portal.officer.field import applying, inbox, views
from gis_portal.officer.field.models import Answer, Conflict, FieldReport, Operation, Proposal
from tests.gis_portal.officer.field.sending import (
    OPERATIONS,
    Phone,
    observation,
    operation,
    proposal,
)

VALUES = (100, 110, 120)
FIRST = 100
# Where the server dies: before an operation, in the middle of its transaction, before it commits,
# when it is committed and the answer is not sent.
KILLS: dict[str, tuple[Any, str]] = {
    "before": (applying, "_begun"),
    "row written": (applying, "_seen_at"),
    "before commit": (applying, "_keep_people"),
    "committed": (views, "receipt"),
}
FOLLOWS = (FieldReport, Proposal, Answer)
FATES = ("arrives", "request lost", "answer lost", "answer cut", "twice", "late")


class Killed(BaseException):
    """The server process is gone."""


@dataclass
class Device:
    """What the app on one phone knows."""

    phone: Phone
    outbox: list[dict[str, Any]] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Of each parcel: the value that it shows, and all that it has ever shown.
    shows: dict[str, int] = field(default_factory=dict)
    seen: dict[str, set[int]] = field(default_factory=dict)

    def waiting(self) -> list[dict[str, Any]]:
        """What has no receipt yet."""
        return [item for item in self.outbox if item["id"] not in self.receipts]

    def look(self, parcel: str, value: int) -> None:
        """It shows this value now."""
        self.shows[parcel] = value
        self.seen.setdefault(parcel, {FIRST}).add(value)


@dataclass(frozen=True)
class Wish:
    """A proposal as its author made it."""

    id: str
    device: int
    parcel: str
    value: int
    seen: frozenset[int]

    def truly_conflicts(self, other: "Wish") -> bool:
        """Neither author had ever seen the other's value."""
        return (
            self.device != other.device
            and self.parcel == other.parcel
            and self.value != other.value
            and other.value not in self.seen
            and self.value not in other.seen
        )


@dataclass(frozen=True)
class World:
    """What all sequences share: phones and parcels, in a transaction around them."""

    phones: tuple[Phone, ...]
    bases: tuple[dict[str, Any], ...]


class Field(RuleBasedStateMachine):
    """Every sequence begins anew: what the one before wrote is rolled back."""

    world: World
    # What was done, over all sequences: a run that did little must not look like a good one.
    did: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.devices = [Device(phone) for phone in self.world.phones]
        self.wishes: dict[str, Wish] = {}
        # Requests that the line holds back.
        self.late: list[tuple[int, list[dict[str, Any]]]] = []
        self.around = transaction.atomic()
        self.around.__enter__()

    @initialize()
    def a_morning_without_signal(self) -> None:
        """Of the sequence before nothing is left; each device has written something."""
        assert not Operation.objects.exists()
        for device in range(3):
            self.observe(device, device % 2, people=False)
            self.propose(device, 0, VALUES[device])

    # --- People ----------------------------------------------------------------------------------
    @rule(device=st.integers(0, 2), parcel=st.integers(0, 1), people=st.booleans())
    def observe(self, device: int, parcel: int, people: bool) -> None:
        more: dict[str, Any] = {"people": [{"name": "Bà Ba"}]} if people else {}
        base = self.world.bases[parcel]
        self.devices[device].outbox.append(operation(observation(**more), base=base))

    @rule(device=st.integers(0, 2), parcel=st.integers(0, 1), value=st.sampled_from(VALUES))
    def propose(self, device: int, parcel: int, value: int) -> None:
        here, base = self.devices[device], self.world.bases[parcel]
        name = base["uid"]
        item = proposal(base, "area", here.shows.get(name, FIRST), value)
        here.outbox.append(item)
        seen = frozenset(here.seen.get(name, {FIRST}))
        self.wishes[item["id"]] = Wish(item["id"], device, name, value, seen)
        here.look(name, value)

    @precondition(lambda self: self.wishes)
    @rule(device=st.integers(0, 2), data=st.data())
    def hear_of_a_value(self, device: int, data: st.DataObject) -> None:
        """One officer tells another what they wrote."""
        wish = self.wishes[data.draw(st.sampled_from(sorted(self.wishes)))]
        self.devices[device].look(wish.parcel, wish.value)

    @rule(device=st.integers(0, 2), data=st.data())
    def answer(self, device: int, data: st.DataObject) -> None:
        """To a report of anybody that is there."""
        numbers = sorted(str(pk) for pk in FieldReport.objects.values_list("pk", flat=True))
        if numbers:
            payload = {"report": data.draw(st.sampled_from(numbers)), "note": "Đã xem."}
            self.devices[device].outbox.append(operation(payload, "answer"))

    # --- The line and the server -----------------------------------------------------------------
    @rule(device=st.integers(0, 2), fate=st.sampled_from(FATES), data=st.data())
    def send(self, device: int, fate: str, data: st.DataObject) -> None:
        here, items = self.devices[device], self._batch(device, data)
        self.did[fate] += 1
        if fate == "request lost":
            return
        if fate == "late":
            self.late.append((device, items))
            return
        if fate == "twice":
            self._post(here, items)
        receipts = self._post(here, items)
        if fate == "answer lost":
            receipts = []
        elif fate == "answer cut":
            receipts = receipts[: data.draw(st.integers(0, len(receipts)))]
        for receipt in receipts:
            known = here.receipts.setdefault(receipt["id"], receipt)
            assert known == receipt, "another receipt for the same operation"
        self._check()

    @rule(device=st.integers(0, 2), point=st.sampled_from(sorted(KILLS)), data=st.data())
    def the_server_is_killed(self, device: int, point: str, data: st.DataObject) -> None:
        """At one of the operations of a request; the device hears nothing."""
        items = self._batch(device, data)
        number = data.draw(st.integers(0, len(items) - 1))
        self._killed(self.devices[device], items, point, number)
        self._check()

    def _batch(self, device: int, data: st.DataObject) -> list[dict[str, Any]]:
        """In any order; what has its receipt may go once more: the app died before it wrote the
        receipt down.
        """
        most = data.draw(st.integers(1, 5))
        return data.draw(st.permutations(self.devices[device].outbox))[:most]

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def arrive_late(self, data: st.DataObject) -> None:
        """A request of before, after everything that overtook it; nobody waits for its answer."""
        device, items = self.late.pop(data.draw(st.integers(0, len(self.late) - 1)))
        self._post(self.devices[device], items)
        self._check()

    def _post(self, here: Device, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answer = here.phone.client.post(
            OPERATIONS, json.dumps({"operations": items}), "application/json"
        )
        assert answer.status_code == 200, answer.content
        receipts: list[dict[str, Any]] = answer.json()["receipts"]
        assert [one["id"] for one in receipts] == [item["id"] for item in items]
        self.did["requests"] += 1
        self.did["times sent"] += len(items)
        return receipts

    def _killed(self, here: Device, items: list[dict[str, Any]], point: str, number: int) -> None:
        module, name = KILLS[point]
        before: Callable[..., Any] = getattr(module, name)
        calls = 0

        def dies(*args: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > number:
                raise Killed
            return before(*args)

        with mock.patch.object(module, name, dies):
            try:
                self._post(here, items)
            except Killed:
                self.did[f"killed: {point}"] += 1

    # --- What holds ------------------------------------------------------------------------------
    def _check(self) -> None:
        states = Operation.objects.values_list("pk", "state")
        stored = {str(pk): state for pk, state in states}
        written = {item["id"]: item for device in self.devices for item in device.outbox}
        assert stored.keys() <= written.keys()
        for device in self.devices:
            for number, receipt in device.receipts.items():
                assert number in stored, "acknowledged and lost"
                assert receipt["state"] == stored[number]
        first, *others = (kind.objects.values_list("pk") for kind in FOLLOWS)
        rows = [
            str(pk) for (pk,) in first.order_by().union(*(o.order_by() for o in others), all=True)
        ]
        assert sorted(rows) == sorted(stored), "lost or doubled"
        self._check_conflicts(set(stored))

    def _check_conflicts(self, stored: set[str]) -> None:
        found = {
            frozenset((str(first), str(second)))
            for first, second in Conflict.objects.values_list("first", "second")
        }
        here = [wish for number, wish in self.wishes.items() if number in stored]
        true = {
            frozenset((one.id, other.id))
            for one in here
            for other in here
            if one.id < other.id and one.truly_conflicts(other)
        }
        assert true <= found, "a conflict that nobody will see"
        for pair in found:
            one, other = (self.wishes[number] for number in pair)
            assert one.value != other.value, "the same value is no conflict"
            assert one.device != other.device
        shown = {
            str(side.proposal.pk)
            for group in inbox.conflicts(self.world.phones[0].user)
            for side in group.sides
        }
        assert shown == {number for pair in found for number in pair}

    def teardown(self) -> None:
        """At last the line is good: everything arrives, once, as it was written."""
        try:
            for here in self.devices:
                for receipt in self._post(here, here.outbox[:50]) if here.outbox else []:
                    assert here.receipts.setdefault(receipt["id"], receipt) == receipt
                    assert receipt["state"] in ("received", "conflict")
                assert not here.waiting()
            self._check()
            self._check_content()
            self._count()
        finally:
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)

    def _check_content(self) -> None:
        stored = Operation.objects.in_bulk()
        for here in self.devices:
            for item in here.outbox:
                kept = stored[UUID(item["id"])]
                said = {k: v for k, v in item["payload"].items() if k != "people"}
                assert kept.payload == said
                assert kept.device == here.phone.device.pk

    def _count(self) -> None:
        self.did["sequences"] += 1
        self.did["operations"] += Operation.objects.count()
        self.did["conflicts"] += Conflict.objects.count()
        wishes = list(self.wishes.values())
        self.did["same value, no conflict"] += sum(
            (one.parcel, one.value) == (other.parcel, other.value) and one.device != other.device
            for number, one in enumerate(wishes)
            for other in wishes[:number]
        )


def field_of(world: World) -> type[Field]:
    """The machine in this world, with a count of its own."""
    return type("FieldHere", (Field,), {"world": world, "did": Counter()})
