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
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db.models import Q
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.plugin import DjangoDbBlocker

from gis_portal.planner import permissions as planner_permissions
from layers import permissions
from tests.gis_portal.leak_planner import PLANNED
from tests.gis_portal.leak_reading import body_of, words_in
from tests.gis_portal.leak_twins import (
    CHANGING,
    METHODS,
    SAID,
    answer_of_the_field,
    names_of,
    nobody,
    rows_of_rooms,
    told_apart,
)
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
FORM = "application/x-www-form-urlencoded"
ROLES = ("anonymous", "A", "B", "planner", "approver", "steward")
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
        "run": side.asked["run"], "other": side.asked["run"], "seq": 1, "secret": "x",
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
    pages = ("", "-run", "-copy", "-delete")
    runs = ("", "-parts", "-parts-map", "-cancel", "-delete")
    return {
        **{f"planner-analysis{page}": [{"number": asked["analysis"]}] for page in pages},
        "planner-share": [{"number": asked["analysis"]}],
        **{f"planner-run{page}": [{"number": asked["run"]}] for page in runs},
        "planner-area-delete": [{"number": asked["area"]}],
        **{f"planner-map-{end}": [{"number": asked["map"]}] for end in ("saved", "pdf", "delete")},
        "api-analysis": [{"pk": asked["analysis"]}],
        "api-analysis-runs": [{"pk": asked["analysis"]}],
        **{f"api-run{end}": [{"pk": asked["run"]}] for end in ("", "-cancel", "-files")},
        "planner-run-file": [{"run": asked["run"], "key": "xlsx"}],
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
    "planner-map": ("?run={run}",),
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
        "side": side.name, "run": side.asked["run"],
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


@pytest.mark.parametrize("role", ["anonymous", "A", "planner", "approver"])
def test_nothing_of_another_commune_is_changed(world: World, role: str) -> None:
    """Whatever is sent to an address with a thing of B in it is answered as if it were not there,
    and writes nothing.
    """
    side, client, hidden = world.sides["B"], reader(world, role), hidden_from(world, role)
    before = rows_of_rooms()
    for name, (address, _nowhere) in pairs(side, nobody(side)):
        for method in ("POST", "PUT", "PATCH", "DELETE") if name != "answer" else ():
            answer = client.generic(method, address, urlencode(SAID), FORM)
            assert answer.status_code in (302, 400, 401, 403, 404, 405), (name, method)
            assert not words_in(answer) & hidden, name
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/accounts/login/"), name
    assert rows_of_rooms() == before


ROOMS = (
    "planner", "api-a", "officer", "report-inbox", "account", "steward", "api-search", "figures",
    "home",
)  # fmt: skip


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


def pairs(side: Side, ghost: Side) -> Iterator[tuple[str, tuple[str, str]]]:
    """(name, (address of a thing of B, the same address of nothing)), but for what is public."""
    anybody = Client(raise_request_exception=False)
    found = zip(addresses(side), addresses(ghost), strict=True)
    for (name, there), (_same, nowhere) in found:
        known = there == nowhere or name in COSTLY | ENDS
        if not known and not is_shown(anybody.get(there)):
            yield name, (there, nowhere)
    yield "answer", (answer_of_the_field(side), answer_of_the_field(ghost))


def is_shown(answer: Any) -> bool:
    """To everybody: a page, or the way to it."""
    if answer.status_code == 302:
        return not answer.headers["Location"].startswith("/accounts/login/")
    return bool(answer.status_code == 200)


def differences(
    world: World, role: str, methods: tuple[str, ...] = METHODS, rooms: tuple[str, ...] = ("",)
) -> dict[str, str]:
    """Name and method of what this role can tell from nothing → by what."""
    client, side, ghost = reader(world, role), world.sides["B"], nobody(world.sides["B"])
    names, found = names_of(side, ghost), {}
    for name, pair in (one for one in pairs(side, ghost) if one[0].startswith(rooms)):
        for method in methods if name != "answer" else ("POST",):
            told = told_apart(client, method, pair, names)
            if told:
                found[f"{name} {method} {pair[0]}"] = told
    return found


def test_what_is_forbidden_is_as_what_does_not_exist(world: World) -> None:
    """Status, headers, words, and the statements of the database, by every method."""
    assert differences(world, "A") == {}


OWN = ("planner", "api-analys", "api-run", "api-area")


def planned_words(world: World, client: Client) -> set[str]:
    """Words of B's planner that this reader finds in the rooms of planners."""
    side, found = world.sides["B"], set()
    for name, address in addresses(side):
        if name.startswith(OWN) and not name.startswith("planner-run-"):
            found |= words_in(client.get(address))
    return found & side.words(PLANNED)


def test_a_planner_s_own_things(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another planner finds what does not exist, until the function that decides is off."""
    side, client, other = world.sides["B"], Client(), reader(world, "planner")
    assert side.asker
    client.force_login(side.asker)
    assert planned_words(world, client) == side.words(PLANNED)
    assert differences(world, "planner", ("GET", "POST"), OWN) == {}
    assert not planned_words(world, other)
    monkeypatch.setattr(planner_permissions, "_seen_by", lambda *_all: Q())
    assert {"KANARIBASKEDQ", "KANARIBRESULTQ"} <= planned_words(world, other)


def test_with_the_function_switched_off_it_all_comes_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = frozenset(side.unit.pk for side in world.sides.values())
    monkeypatch.setattr(permissions, "units_in_care", lambda _user: units)
    found, seen = leaks(world, "A")
    desk = ("", "-report", "-csv", "-xlsx", "-parcel", "-proposals", "-minutes")
    expected = {f"officer-desk{page}" for page in desk} | {
        "officer-pack-part", "officer-photo-original", "officer-photo-shown",
        "report-inbox", "report-handling",
    }  # fmt: skip
    assert not expected - set(found)
    assert not {f"KANARIB{what}Q" for what in ("LEASE", "OCCUPIER", "NOTE", "CITIZEN")} - seen
    told = {name.partition(" ")[0] for name in differences(world, "A", ("GET", "POST"))}
    # Without a thing in the address; and what anybody gets now, who has every unit, too.
    alike = {"officer-desk-proposals", "officer-desk-xlsx", "officer-photo-original"}
    by_work = expected - alike - {"officer-photo-shown"}
    assert not (by_work | {"answer", "officer-desk-act", "report-contact"}) - told


def test_an_unknown_parameter_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an address that comes later is not passed over."""
    new = [("officer-new", frozenset({"folder"}))]
    monkeypatch.setattr(f"{__name__}.patterns", lambda: iter(new))
    with pytest.raises(AssertionError, match=r"officer-new: tell this test .*folder"):
        list(addresses(world.sides["B"]))
