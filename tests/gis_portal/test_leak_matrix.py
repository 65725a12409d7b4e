"""Officer of unit A gets nothing of unit B's private data, by no address that the portal knows.

The list of addresses is the resolver's own: a new address is asked by every role, with the objects
of commune B in it; a parameter that this file cannot fill makes the test fail and name it. Each
hidden value is a word of its own (`leak_world`), looked for in whatever comes back, however packed
(`leak_reading`), and in the log. That the test can see is shown twice: whoever may read a word
finds it, and with the one function that decides (`layers.permissions.units_in_care`) switched off
the words come out.
"""

import logging
import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Q
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.plugin import DjangoDbBlocker

from gis_portal.officer.desk.models import Step
from gis_portal.officer.devices.models import Device
from gis_portal.officer.field.models import Settlement
from gis_portal.planner import permissions as planner_permissions
from layers import permissions
from tests.gis_portal.leak_planner import PLANNED
from tests.gis_portal.leak_reading import body_of, words_in
from tests.gis_portal.leak_world import (
    OFFICIAL,
    PERSONAL,
    REGISTER,
    Side,
    World,
    made_world,
    plant,
    reader,
)

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "A", "B", "planner", "approver", "steward")
NOBODY = "00000000-0000-7000-8000-000000000000"
# Sheets and pictures of public facts cost a second each and ask nobody who reads them.
COSTLY = {"parcel-extract", "parcel-card", "lot-card", "map-poster"}
# Ends the session of whoever asks.
ENDS = {"account_logout", "officer-device-this"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of packs and photos, for all tests of this file."""
    made = tmp_path_factory.mktemp("leaks")
    settings.MEDIA_ROOT = made
    return made


@pytest.fixture(scope="module")
def world(folder: Path, db_of_the_file: DjangoDbBlocker) -> Iterator[World]:
    with db_of_the_file.unblock():
        yield made_world()


@pytest.fixture(scope="module")
def before(world: World, db_of_the_file: DjangoDbBlocker) -> dict[str, str]:
    """What A, a planner and everybody read while nothing had come from the field of B."""
    with db_of_the_file.unblock():
        plant(world, "A")
        found = rooms_as_read(world)
        plant(world, "B")
        return found


@pytest.fixture(autouse=True)
def _planted(before: dict[str, str], folder: Path) -> None:
    """Every test has both communes, and their files."""
    settings.MEDIA_ROOT = folder


def patterns(
    found: Iterable[URLPattern | URLResolver] | None = None, space: str = "", *names: str
) -> Iterator[tuple[str, frozenset[str]]]:
    """(name, parameters) of every address that the resolver knows."""
    for one in get_resolver().url_patterns if found is None else found:
        own = (*names, *one.pattern.converters, *one.pattern.regex.groupindex)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from patterns(one.url_patterns, inner, *own)
        elif one.name:
            yield f"{space}{one.name}", frozenset(own)
        else:
            assert str(one.pattern) in KNOWN_WITHOUT_NAME, f"{one.pattern} has no name"


KNOWN_WITHOUT_NAME = {"api", "favicon.ico", "admin/login/", "<path:object_id>/", "(?P<url>.*)$"}


def fillers(side: Side) -> dict[str, Any]:
    """A value for each parameter, of commune B's things wherever it has such a thing."""
    return {
        "slug": REGISTER, "uid": side.uid, "number": side.report, "unit": side.unit.pk,
        "device": side.phone.device.pk, "pk": side.phone.device.pk, "index": 0,
        "name": "parcels", "sha256": "0" * 64, "key": "public-land", "token": "x", "code": "x",
        "version": "1", "z": "14", "x": "13000", "y": "7700", "date": "latest", "form": "png",
        "ending": "geojson", "grid": "WebMercatorQuad", "matrix": "14", "row": "7700",
        "column": "13000", "what": "move", "language": "vi", "theme": "light",
        "provider_id": "province", "uidb36": "1", "object_id": "1", "app_label": "auth",
        "content_type_id": "1", "digits": "0", "id": "1", "from_field": "pk",
        "run": side.asked["run"], "other": side.asked["run"], "seq": 1,
    }  # fmt: skip


def special(side: Side) -> dict[str, list[dict[str, Any]]]:
    """Addresses whose parameters mean something else than elsewhere, or that ask several ways."""
    assert side.citizen
    reference = side.citizen.reference
    parts = [
        {"unit": side.unit.pk, "name": kind, "sha256": part["sha256"]}
        for kind, part in side.packs.items()
    ]
    steps = ("move", "answer", "assign", "note")
    asked = side.asked
    pages = ("", "-run", "-delete")
    return {
        **{f"planner-analysis{page}": [{"number": asked["analysis"]}] for page in pages},
        "planner-share": [{"number": asked["analysis"]}],
        "planner-run": [{"number": asked["run"]}],
        "planner-run-cancel": [{"number": asked["run"]}],
        "planner-area-delete": [{"number": asked["area"]}],
        "planner-map-saved": [{"number": asked["map"]}],
        "planner-map-delete": [{"number": asked["map"]}],
        "api-analysis": [{"pk": asked["analysis"]}],
        "api-analysis-runs": [{"pk": asked["analysis"]}],
        "api-run": [{"pk": asked["run"]}],
        "api-run-cancel": [{"pk": asked["run"]}],
        "api-area": [{"pk": asked["area"]}],
        "officer-pack-part": parts,
        "officer-desk-act": [{"number": side.report, "what": what} for what in steps],
        "officer-desk-settle": [{"number": side.proposal}],
        "officer-desk-revoke": [{"number": side.phone.device.pk}],
        "officer-desk-handbook-page": [{"slug": "encroachment"}],
        "officer-desk-handbook-edit": [{"slug": "encroachment"}],
        "report-photo": [{"number": side.citizen_photo}],
        "report-status": [{"number": reference}],
        "report-handling": [{"digits": reference}],
        "report-contact": [{"digits": reference}],
        "report-act": [{"digits": reference, "what": what} for what in ("move", "note", "release")],
        "mfa_edit_webauthn": [{"pk": 1}],
        "mfa_remove_webauthn": [{"pk": 1}],
    }


# Asked besides: with what leads to commune B.
ASKED = {
    "api-search": ("?q={sheet}", "?q={key}"),
    "officer-operations": ("?ids={report}",),
    "officer-pack-delta": ("?from={parcels}",),
    "officer-desk": ("?unit={unit}", "?state=all", "?officer=officer-{side}"),
    "officer-desk-csv": ("?state=all", "?unit={unit}"),
    "officer-desk-xlsx": ("?state=all",),
    "officer-desk-geojson": ("?state=all",),
    "officer-desk-readings": ("?unit={unit}",),
    "officer-desk-statistics": ("?unit={unit}",),
    "report-inbox": ("?unit={unit}",),
    "panel-place": ("?lon={lon}&lat={lat}",),
    "api-items": ("?limit=1000", "?sortby=key"),
}


def addresses(side: Side) -> Iterator[tuple[str, str]]:
    """(name, address) of everything, with the things of this commune in it."""
    usual, other = fillers(side), special(side)
    lon, lat = side.place
    told = {
        "sheet": "tờ 1 thửa 1", "key": side.unit.name, "report": side.report, "lon": lon,
        "parcels": side.packs["parcels"]["sha256"], "unit": side.unit.pk, "lat": lat,
        "side": side.name,
    }  # fmt: skip
    yield from (("api", "/api"), ("favicon.ico", "/favicon.ico"))
    for name, parameters in sorted(set(patterns())):
        unknown = parameters - set(usual)
        assert not unknown, f"{name}: tell this test what to put for {sorted(unknown)}"
        for values in other.get(name, [{one: usual[one] for one in parameters}]):
            address = address_of(name, values)
            yield name, address
            yield from ((name, address + more.format(**told)) for more in ASKED.get(name, ()))


def address_of(name: str, values: dict[str, Any]) -> str:
    """With these values; a number where the address takes no name of a report."""
    for tried in (values, {**values, **dict.fromkeys(values.keys() & {"number", "pk"}, 1)}):
        try:
            return reverse(name, kwargs=tried)
        except Exception:  # noqa: BLE001 - the next kind of value
            continue
    pytest.fail(f"{name}: no address with {values}")


def is_asked(name: str, role: str) -> bool:
    """Of the administration site its lists, by who is staff; costly ones by one role."""
    if name.startswith("admin:"):
        return role == "planner" and name.endswith(("_changelist", "index"))
    return name not in ENDS and (name not in COSTLY or role == "A")


def hidden_from(world: World, role: str) -> set[str]:
    """The words that this role must not meet anywhere."""
    own, other = (world.sides[name] for name in ("AB" if role != "B" else "BA"))
    every = own.words(OFFICIAL, PERSONAL) | other.words(OFFICIAL, PERSONAL)
    planned = own.words(PLANNED) | other.words(PLANNED)
    if role in world.sides:
        return other.words(OFFICIAL, PERSONAL) | planned
    return planned | (own.words(PERSONAL) | other.words(PERSONAL) if role == "steward" else every)


def leaks(world: World, role: str) -> tuple[dict[str, set[str]], set[str]]:
    """Address → hidden words found there; and all words found anywhere."""
    client, hidden = reader(world, role), hidden_from(world, role)
    target = world.sides["A" if role == "B" else "B"]
    found: dict[str, set[str]] = {}
    seen: set[str] = set()
    for name, address in addresses(target):
        if is_asked(name, role):
            answer = client.get(address)
            words = words_in(answer)
            seen |= words
            if words & hidden:
                found[name] = words & hidden
            shown = answer.status_code == 200 and "/officer/photos/" in address
            if role in world.sides and shown:
                found[name] = {"a photo"}
    return found, seen


@pytest.mark.parametrize("role", ROLES)
def test_no_address_gives_what_is_hidden(
    world: World, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        found, _seen = leaks(world, role)
    assert not found
    assert not re.search(r"KANARI[AB]", caplog.text)


def test_whoever_may_read_a_word_finds_it(world: World) -> None:
    """Otherwise the search above would look for nothing."""
    own = world.sides["B"]
    client = reader(world, "B")
    seen: set[str] = set()
    for name, address in addresses(own):
        if name.startswith(("officer", "report", "account")) and name not in ENDS:
            seen |= words_in(client.get(address))
    seen |= words_in(client.post(reverse("officer-desk-people", args=[own.report])))
    assert own.citizen
    seen |= words_in(client.post(reverse("report-contact", args=[own.citizen.reference])))
    missing = own.words(OFFICIAL, PERSONAL) - seen
    assert not missing


WRITES = (
    "officer-desk-act", "officer-desk-people", "officer-desk-settle", "officer-desk-revoke",
    "report-contact", "report-act", "account-device-revoke",
    "planner-analysis-run", "planner-analysis-delete", "planner-share", "planner-run-cancel",
    "planner-area-delete", "planner-map-delete", "api-run-cancel", "api-analysis-runs",
)  # fmt: skip


@pytest.mark.parametrize("role", ["anonymous", "A", "planner", "approver"])
def test_nothing_of_another_commune_is_changed(world: World, role: str) -> None:
    """Whatever is sent to the addresses of B's things is answered as if they were not there."""
    side, client = world.sides["B"], reader(world, role)
    counted = (Step.objects.count(), Settlement.objects.count())
    said = {"to": "checking", "answer": "x" * 9, "note": "x" * 9, "text": "x" * 9, "take": "1"}
    for name, address in addresses(side):
        if name in WRITES:
            answer = client.post(address, {**said, "outcome": "taken"})
            assert answer.status_code in (302, 401, 403, 404, 405), (name, answer.status_code)
            assert not words_in(answer) & hidden_from(world, role), name
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/accounts/login/"), name
    piece = client.patch(f"/officer/api/photos/{side.report}/0", b"x", "image/jpeg")
    assert piece.status_code in (401, 403, 404)
    assert (Step.objects.count(), Settlement.objects.count()) == counted
    assert Device.objects.get(pk=side.phone.device.pk).revoked_at is None
    assert side.citizen
    side.citizen.refresh_from_db()
    assert side.citizen.state == "new"


ROOMS = (
    "planner", "api-a", "officer", "report-inbox", "account", "steward", "api-search", "figures",
    "home",
)  # fmt: skip
CHANGING = re.compile(
    r'(?:value=|"csrf": )"[A-Za-z0-9]{64}"|'
    r"\d{4}-\d\d-\d\dT[\d:.+Z-]+|\d\d:\d\d \d\d/\d\d/\d{4}|[0-9a-f]{32,}"
)


def rooms_as_read(world: World) -> dict[str, str]:
    """The lists and counts of the rooms, as those read them who have nothing to do with B."""
    found = {}
    for role in ("anonymous", "A", "planner"):
        client = reader(world, role)
        for name, parameters in sorted(set(patterns())):
            if not parameters and name.startswith(ROOMS) and name not in ENDS:
                answer = client.get(reverse(name))
                text = body_of(answer).decode("utf-8", "replace")
                if not text.startswith("PK"):
                    found[f"{role} {name}"] = f"{answer.status_code} {CHANGING.sub('', text)}"
    return found


def test_not_even_a_count_changes(world: World, before: dict[str, str]) -> None:
    """What comes from B leaves every list, count and statistic of the others as it was."""
    after = rooms_as_read(world)
    changed = [where for where, text in before.items() if after[where] != text]
    # A device is registered for each reader's own visit.
    assert [where for where in changed if "device" not in where] == []


def test_what_is_forbidden_answers_as_what_does_not_exist(world: World) -> None:
    """Status, words and length of the answer are those of an unknown thing."""
    side, client = world.sides["B"], reader(world, "A")
    for name, address in addresses(side):
        if side.report in address and "?" not in address:
            there, nowhere = client.get(address), client.get(address.replace(side.report, NOBODY))
            assert there.status_code == nowhere.status_code, name
            texts = [
                CHANGING.sub("", body_of(one).decode("utf-8", "replace")).replace(key, "")
                for one, key in ((there, side.report), (nowhere, NOBODY))
            ]
            assert texts[0] == texts[1], name


OWN = ("planner", "api-analys", "api-run", "api-area")


def planned_words(world: World, client: Client) -> set[str]:
    """Words of B's planner that this reader finds in the rooms of planners."""
    side, found = world.sides["B"], set()
    for name, address in addresses(side):
        if name.startswith(OWN) and not name.startswith("planner-run-"):
            found |= words_in(client.get(address))
    return found & side.words(PLANNED)


def test_a_planner_s_own_things(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose they are finds them, another planner what does not exist; with the function that
    decides switched off they come out.
    """
    side, client = world.sides["B"], Client()
    assert side.asker
    client.force_login(side.asker)
    assert planned_words(world, client) == side.words(PLANNED)
    other = reader(world, "planner")
    for name, address in addresses(side):
        key = next((key for key in side.asked.values() if key in address), "")
        if key and name.startswith(OWN):
            there, nowhere = other.get(address), other.get(address.replace(key, NOBODY))
            assert there.status_code == nowhere.status_code, name
            texts = [
                CHANGING.sub("", body_of(one).decode("utf-8", "replace")).replace(said, "")
                for one, said in ((there, key), (nowhere, NOBODY))
            ]
            assert texts[0] == texts[1], name
    assert not planned_words(world, other)
    monkeypatch.setattr(planner_permissions, "_seen_by", lambda *_all: Q())
    assert {"KANARIBASKEDQ", "KANARIBRESULTQ"} <= planned_words(world, other)


def test_with_the_function_switched_off_it_all_comes_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = frozenset(side.unit.pk for side in world.sides.values())
    monkeypatch.setattr(permissions, "units_in_care", lambda _user: units)
    found, seen = leaks(world, "A")
    expected = {
        "officer-desk", "officer-desk-report", "officer-desk-csv", "officer-desk-xlsx",
        "officer-desk-parcel", "officer-desk-proposals", "officer-desk-minutes",
        "officer-pack-part", "officer-photo-original", "officer-photo-shown",
        "report-inbox", "report-handling",
    }  # fmt: skip
    assert not expected - set(found)
    own = world.sides["B"]
    assert not {f"KANARIB{what}Q" for what in ("LEASE", "OCCUPIER", "NOTE", "CITIZEN")} - seen
    assert own.report


def test_an_unknown_parameter_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an address that comes later is not passed over."""
    new = [("officer-new", frozenset({"folder"}))]
    monkeypatch.setattr(f"{__name__}.patterns", lambda: iter(new))
    with pytest.raises(AssertionError, match=r"officer-new: tell this test .*folder"):
        list(addresses(world.sides["B"]))
    assert uuid.UUID(NOBODY).version == 7
    assert isinstance(reader(world, "anonymous"), Client)
