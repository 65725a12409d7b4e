"""What a layer is to a parcel: its register, something that restricts it, something near it.

Declared by the tables `[register]`, `[restricts]` and `[near]`, read by `layers.definition`; the
parcel page (`gis_portal.parcels`) asks for nothing else. docs/decisions/0027 says what the answers
about a restricting layer mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

# What a restricting layer is about; the order in which a parcel page shows them.
KINDS = ("plan", "construction", "corridor", "heritage", "industry", "growing", "other")
# What its features say of the ground where none of them is:
#   ground    they cover it without gaps: no feature there, no data there;
#   units     whole communes are published: a commune with any feature was looked at;
#   province  the list is complete for the province;
#   marks     they are points that mark things whose extent is not published: never "nothing here".
COVERS = ("ground", "units", "province", "marks")
NEARS = ("", "road", "place", "station")


@dataclass(frozen=True)
class Register:
    """Which fields of a register of parcels say what; "" where it has none."""

    unit: str = ""
    sheet: str = ""
    number: str = ""
    old_unit: str = ""
    old_sheet: str = ""
    old_number: str = ""
    site: str = ""
    address: str = ""
    scale: str = ""
    area_registered: str = ""
    area: str = ""
    use: str = ""
    # How much of the parcel each purpose takes, `ONT:120; CLN:380,5` in m².
    use_areas: str = ""
    planned_use: str = ""
    manager: str = ""
    status: str = ""
    decision: str = ""
    decision_date: str = ""


@dataclass(frozen=True)
class Buffer:
    """How wide a line is on the ground, to each side: `field` × `share` (a right of way counts
    from side to side, so 0.5), or `metres` for all. Where the field is empty the width is unknown.
    """

    field: str = ""
    share: float = 0.5
    metres: float = 0.0


@dataclass(frozen=True)
class Restricts:
    """How the features of a layer bear on a parcel.

    `name`, `decision`, `date` and `details` are fields; without `name` a feature is called by the
    popup's title. A part of a parcel under `sliver_m2`, or thinner on average than `sliver_width`
    metres, is told apart: the two boundaries are not known better. Features whose field `without`
    has one of `without_values` are not in force. `reach`: how far (m) a line of unknown width may
    be from a parcel that it concerns.
    """

    kind: str = "other"
    covers: str = "units"
    name: str = ""
    decision: str = ""
    date: str = ""
    details: tuple[str, ...] = ()
    sliver_m2: float = 1.0
    sliver_width: float = 0.1
    buffer: Buffer | None = None
    reach: float = 30.0
    without: str = ""
    without_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class LandRoles:
    """All of it; a layer may have none."""

    register: Register | None = None
    restricts: Restricts | None = None
    near: str = ""
    used: frozenset[str] = field(default_factory=frozenset)


def declared_roles(raw: Mapping[str, Any], problems: list[str]) -> LandRoles:
    """The three tables of a declaration; what is wrong with them goes to `problems`."""
    register = _register(_table(raw, "register", problems), problems)
    restricts = _restricts(_table(raw, "restricts", problems), problems)
    near = str(_table(raw, "near", problems).get("kind", ""))
    if near not in NEARS or ("near" in raw and not near):
        problems.append(f"near.kind: phải là {', '.join(NEARS[1:])}")
    if register is not None and raw.get("geometry") != "polygon":
        problems.append("register: chỉ lớp geometry = polygon có thể là sổ thửa đất")
    if restricts is not None:
        _check(restricts, str(raw.get("geometry", "")), problems)
    return LandRoles(register, restricts, near, _used(register, restricts))


def _table(raw: Mapping[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    value = raw.get(name, {})
    if isinstance(value, dict):
        return value
    problems.append(f"{name}: phải là một bảng [{name}]")
    return {}


def _known(raw: dict[str, Any], shape: type, where: str, problems: list[str]) -> dict[str, Any]:
    """The entries that the shape has; lists as tuples."""
    names = {f.name for f in fields(shape)}
    problems += [f"{where}.{key}: không có mục này" for key in sorted(set(raw) - names)]
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in raw.items()
        if key in names
    }


def _register(raw: dict[str, Any], problems: list[str]) -> Register | None:
    if not raw:
        return None
    found = Register(**_known(raw, Register, "register", problems))
    if not (found.sheet and found.number):
        problems.append("register: cần ít nhất sheet và number")
    return found


def _restricts(raw: dict[str, Any], problems: list[str]) -> Restricts | None:
    if not raw:
        return None
    known = _known(raw, Restricts, "restricts", problems)
    if isinstance(known.get("buffer"), dict):
        entries = _known(known["buffer"], Buffer, "restricts.buffer", problems)
        known["buffer"] = Buffer(**entries)
    return Restricts(**known)


def _check(restricts: Restricts, geometry: str, problems: list[str]) -> None:
    if restricts.kind not in KINDS:
        problems.append(f"restricts.kind: phải là {', '.join(KINDS)}")
    if restricts.covers not in COVERS:
        problems.append(f"restricts.covers: phải là {', '.join(COVERS)}")
    if (geometry == "point") != (restricts.covers == "marks"):
        problems.append('restricts.covers: lớp điểm ghi "marks", lớp khác thì không')
    if (geometry == "line") != (restricts.buffer is not None):
        problems.append("restricts.buffer: lớp đường phải có, lớp khác thì không")
    if min(restricts.sliver_m2, restricts.sliver_width, restricts.reach) < 0:
        problems.append("restricts: ngưỡng không được nhỏ hơn 0")


def _used(register: Register | None, restricts: Restricts | None) -> frozenset[str]:
    """The fields that are named; they must be public."""
    names: set[str] = set(vars(register).values()) if register else set()
    if restricts is not None:
        names |= {restricts.name, restricts.decision, restricts.date, restricts.without}
        names |= set(restricts.details)
        names |= {restricts.buffer.field} if restricts.buffer else set()
    return frozenset(names - {""})
