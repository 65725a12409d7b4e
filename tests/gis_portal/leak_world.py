"""Two communes and everything private in them, each value a word that occurs nowhere else."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from PIL import Image

from gis_portal.officer.devices.door import COOKIE
from gis_portal.reports.contacts import Contact, keep_contact
from gis_portal.reports.models import Photo as CitizenPhoto
from gis_portal.reports.models import Report
from layers.models import AdminUnit, Feature, LayerVersion
from layers.permissions import APPROVER, OFFICER, PLANNER, RESTRICTED_READER, STEWARD
from tests.gis_portal.leak_planner import PLANNED, plant_question
from tests.gis_portal.officer.field.sending import Phone, account, observation, operation, proposal
from tests.gis_portal.officer.packs.made_register import Register, made_register

REGISTER = "public-land-parcels"
HANDBOOK = {"X-Officer": "1"}
# Planted once in each commune. Personal ones are for restricted readers only.
OFFICIAL = ("LEASE", "CERT", "NOTE", "WHY", "NEW", "ANSWER", "STEP", "CITIZEN", "DEVICE", "PHOTO")
PERSONAL = ("OCCUPIER", "PHONE", "PEOPLE", "CONTACT")


def canary(side: str, what: str) -> str:
    """A word of this commune."""
    return f"KANARI{side}{what}Q"


@dataclass
class Side:
    """One commune: its officer, what they sent, what is known of it."""

    name: str
    unit: AdminUnit
    officer: User
    phone: Phone
    uid: str
    place: tuple[float, float]
    report: str = ""
    proposal: str = ""
    citizen: Report | None = None
    citizen_photo: str = ""
    packs: dict[str, Any] = field(default_factory=dict)
    asker: User | None = None
    asked: dict[str, str] = field(default_factory=dict)

    def words(self, *kinds: tuple[str, ...]) -> set[str]:
        return {canary(self.name, what) for kind in kinds for what in kind}


@dataclass
class World:
    """Both communes and the office above them."""

    register: Register
    version: LayerVersion
    sides: dict[str, Side]
    people: dict[str, User]


def made_world() -> World:
    """The register with private fields of both, before anything came from the field."""
    register = made_register(6, 2, across=3)
    for place, row in register.rows.items():
        side = "AB"[place // 3]
        row["officer"] |= {"lease_no": canary(side, "LEASE"), "cert_serial": canary(side, "CERT")}
        person = {"occupier": canary(side, "OCCUPIER"), "occupier_phone": canary(side, "PHONE")}
        row["restricted"] |= person
    version = register.publish()
    sides = {name: made_side(name, register, version) for name in "AB"}
    roles = {"planner": PLANNER, "approver": APPROVER, "steward": STEWARD}
    people = {name: account(name, role) for name, role in roles.items()}
    for one in people.values():
        one.is_staff = True
        one.save()
    return World(register, version, sides, people)


def made_side(name: str, register: Register, version: LayerVersion) -> Side:
    own = register.units["AB".index(name)]
    officer = account(f"officer-{name}", OFFICER, RESTRICTED_READER, units=(own,))
    parcel = Feature.objects.filter(version_id=version.pk, unit_id=own.pk).order_by("key").first()
    assert parcel
    centre = parcel.geom.centroid
    phone = Phone(officer, canary(name, "DEVICE"))
    return Side(name, own, officer, phone, str(parcel.uid), (centre.x, centre.y))


def plant(world: World, name: str) -> None:
    """What comes from the field, from citizens and from the desk."""
    side = world.sides[name]

    def word(what: str) -> str:
        return canary(name, what)

    base = {"layer": REGISTER, "uid": side.uid, "version": world.version.pk}
    lon, lat = side.place
    picture = photo(word("PHOTO"))
    sent = operation(
        observation(
            picture,
            note=word("NOTE"),
            place={"lon": lon, "lat": lat, "accuracy_m": 4, "heading": None},
            people=[{"name": word("PEOPLE")}],
        ),
        base=base,
    )
    side.report = sent["id"]
    change = proposal(base, "lease_no", word("LEASE"), word("NEW"))
    change = operation({**change["payload"], "why": word("WHY")}, "proposal", base=base)
    side.proposal = change["id"]
    answer = operation({"report": sent["id"], "note": word("ANSWER")}, "answer")
    states = [each["state"] for each in side.phone.send(sent, change, answer)]
    assert states == ["received"] * 3
    address = f"/officer/api/photos/{side.report}/0"
    assert side.phone.patch(address, picture, 0, picture).status_code == 201
    desk = Client()
    desk.force_login(side.officer)
    noted = desk.post(f"/officer/desk/reports/{side.report}/note/", {"note": word("STEP")})
    assert noted.status_code == 302
    plant_citizen(side, word)
    words = {what: word(what) for what in PLANNED}
    side.asker, side.asked = plant_question(name, REGISTER, words)
    listed = side.phone.client.get("/officer/api/packs").json()["packs"]
    side.packs = {part["kind"]: part for pack in listed for part in pack["parts"]}
    assert {"parcels", "private"} <= set(side.packs)


def plant_citizen(side: Side, word: Callable[[str], str]) -> None:
    """A report of a citizen that nobody has looked at yet."""
    side.citizen = Report.objects.create(
        category="other", text=word("CITIZEN"), unit=side.unit, sending=side.name, has_contact=True
    )
    keep_contact(side.citizen, Contact(name=word("CONTACT")))
    jpeg = photo(word("PHOTO"))
    shown = CitizenPhoto.objects.create(report=side.citizen, jpeg=jpeg, width=40, height=30)
    side.citizen_photo = str(shown.pk)


def photo(comment: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#246").save(out, "JPEG", comment=comment.encode())
    return out.getvalue()


def reader(world: World, role: str) -> Client:
    """A browser of this role: a session, and a device of one's own where the role may have one."""
    client = Client(raise_request_exception=False)
    if role == "anonymous":
        return client
    if role in world.sides:
        side = world.sides[role]
        client = Client(raise_request_exception=False, headers=HANDBOOK)
        client.force_login(side.officer)
        client.cookies[COOKIE] = side.phone.client.cookies[COOKIE].value
        return client
    client.force_login(world.people[role])
    said = json.dumps({"name": f"may-{role}"})
    client.post("/officer/api/devices", said, "application/json")
    # Registering a device ends the session; this one is a browser at the desk as well.
    client.force_login(world.people[role])
    client.defaults["HTTP_X_OFFICER"] = "1"
    return client
