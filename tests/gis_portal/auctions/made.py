"""Lots made by hand: a published version of the layer `auction-lots`, a lot a code."""

import datetime as dt
from typing import Any
from uuid import UUID

import shapely
from django.contrib.auth.models import Group, User
from django.test import Client

from layers.crs import by_code
from layers.models import AdminUnit
from layers.values import LOCAL_TIME
from tests.gis_portal.parcels.published import Row, live

GRID = by_code("EPSG:5899")
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 7, 1, 10, 0, tzinfo=LOCAL_TIME)
# Open for dossiers at NOW, the session a week later.
OPEN: dict[str, Any] = {
    "auction_code": "DG-1",
    "status": "announced",
    "reg_start": "2026-06-10T07:30:00+07:00",
    "reg_end": "2026-07-05T17:00:00+07:00",
    "auction_time": "2026-07-08T08:30:00+07:00",
    "area": 120.5,
    "start_price": 3_619_200_000,
    "land_use": "ODT",
}


def at(text: str) -> dt.datetime:
    """`2026-07-05 17:00` here."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL_TIME)


def lots_live(lots: dict[str, dict[str, Any]], **about: Any) -> dict[str, UUID]:
    """Lot code → uid. What a lot says is added to OPEN, None takes a value away; `unit` is its
    commune, `private` its private values.
    """
    rows = []
    for place, (code, said) in enumerate(lots.items()):
        values = {**OPEN, "lot_code": code, **said}
        unit: AdminUnit | None = values.pop("unit", None)
        private = values.pop("private", {})
        kept = {name: value for name, value in values.items() if value is not None}
        shape = shapely.box(600_000 + 40 * place, 1_160_000, 600_010 + 40 * place, 1_160_012)
        rows.append(Row(code, shape, kept, unit, private))
    return live("auction-lots", rows, GRID, **about)


def person(name: str, *roles: str) -> tuple[User, Client]:
    """Somebody with these roles, and the browser that they have signed in with."""
    user = User.objects.create_user(name)
    user.groups.set([Group.objects.get(name=role) for role in roles])
    client = Client()
    client.force_login(user)
    return user, client
