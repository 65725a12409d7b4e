"""Anything at all for the addresses of devices: never an answer of 5xx, always one receipt an item.

`make fuzz` sends 2,000; `make test` some of them.
"""

import copy
import json
import os
import random
from typing import Any

import pytest

from gis_portal.officer.field.canonical import Unwritable, canonical
from gis_portal.officer.field.models import Kept, Operation
from layers.models import Feature
from layers.permissions import OFFICER
from tests.gis_portal.officer.field.sending import (
    OPERATIONS,
    Phone,
    account,
    observation,
    operation,
    proposal,
    sha256,
    unit,
)
from tests.layers.rows import plots_layer, published

COUNT = int(os.environ.get("PORTAL_FUZZ_FIELD", "40"))
ODD: tuple[Any, ...] = (
    None, True, 0, 2**31, 2**63, 10**30, 1e308, -0.0, 1e-300, "", "\0", "a\0b", "\ud800", "á" * 9,
    "x" * 9000, [], [[]], {}, {"": {}}, "2026-01-01", "9999-12-31T23:59:59-14:00", "0001-01-01",
    "NaN", "1e999", "../../etc/passwd", "' OR 1=1 --", "<script>", [None] * 300,
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
    {"type": "Point", "coordinates": [1e300, 5]}, {"type": "LineString", "coordinates": "x"},
    {"lon": 107.1, "lat": 10.5, "accuracy_m": -5}, {"lon": "107", "lat": []},
)  # fmt: skip
_INFINITE = b'{"operations":[{"id":1e999,"payload":{"note":1e999}}]}'


def bent(value: Any, dice: random.Random) -> Any:
    """The same with some parts replaced, taken out, doubled or given other names."""
    if dice.random() < 0.12:
        return copy.deepcopy(dice.choice(ODD))
    if isinstance(value, dict):
        kept = {name: bent(part, dice) for name, part in value.items() if dice.random() > 0.05}
        if dice.random() < 0.1:
            kept[_told(dice)] = dice.choice(ODD)
        return kept
    if isinstance(value, list):
        return [bent(part, dice) for part in value] * dice.choice((1, 1, 1, 2))
    return value


def _told(dice: random.Random) -> str:
    """As a header may be."""
    return str(dice.choice(ODD))[:80].encode("ascii", "replace").decode().replace("\0", "")


def hashed(item: Any) -> Any:
    """With the right hash where there can be one, so that what is inside is looked at."""
    if isinstance(item, dict) and "payload" in item:
        try:
            item["sha256"] = sha256(canonical(item["payload"]))
        except Unwritable:
            item["sha256"] = "0" * 64
    return item


@pytest.mark.django_db
def test_anything_may_come() -> None:
    here = unit("90001", 107.0)
    published(plots_layer(), ["A1"], unit_id=here.pk, private={"officer": {"paper": "AB"}})
    phone = Phone(account("officer", OFFICER, units=(here,)))
    feature = Feature.objects.get(key="A1")
    base = {"layer": "test-plots", "uid": str(feature.uid), "version": feature.version_id}
    dice = random.Random(36)
    seen: set[str] = set()
    for _ in range(COUNT):
        good = dice.choice(
            (
                operation(observation(b"x", people=[{"name": "Bà Ba"}]), base=base),
                operation(observation(note="x")),
                proposal(base, dice.choice(("area", "paper")), 100, 120),
                operation({"report": base["uid"], "note": "x"}, "answer"),
            )
        )
        item = hashed(bent(good, dice))
        answer = phone.client.post(
            OPERATIONS, json.dumps({"operations": [item]}), "application/json"
        )
        assert answer.status_code == 200, (item, answer.content)
        (receipt,) = answer.json()["receipts"]
        seen.add(receipt["code"])
        photo = f"/officer/api/photos/{receipt['id']}/{dice.randrange(3)}"
        headers = {"Upload-Offset": _told(dice), "X-Sha256": _told(dice)}
        assert phone.client.patch(photo, b"x", headers=headers).status_code < 500
        assert phone.client.get(OPERATIONS, {"ids": _told(dice)}).status_code < 500
    assert phone.client.post(OPERATIONS, _INFINITE, "application/json").status_code == 200
    # Every receipt says that something is there.
    assert Operation.objects.count() + Kept.objects.count() > 0
    assert {"operation-unreadable", "operation-payload"} <= seen
