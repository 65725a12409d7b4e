"""What goes over the pipe beside columns: frames, and sources, refusals and issues as JSON.

A frame is one letter, the length of its JSON and the length of its Arrow bytes. Both sides use this
file; what comes from the child is only ever parsed, and bounded before it is.
"""

import base64
import dataclasses
import json
import struct
from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise

from importers.batch import Issue
from importers.confined.scalars import pack_scalar, unpack_scalar
from importers.encoding import ColumnEncoding
from importers.readers.source import Source, Wanted
from importers.refusals import ImportRefused
from layers.crs import Crs
from layers.errors import PortalError, every_error

HEAD = struct.Struct("<cIQ")
# A batch of which each row has an issue with its cells has about 20 MB and 2 million values; two
# bytes of a value become an object of 100.
MOST_JSON = 32 * 2**20
MOST_VALUES = 4_000_000
MOST_ARROW = 512 * 2**20
# Letters of the child's answers; each request has exactly one.
SOURCE, BATCH, SHAPES, END, REFUSED = b"S", b"B", b"F", b"E", b"R"
ANSWERS = frozenset((SOURCE, BATCH, SHAPES, END, REFUSED))
_BEFORE_A_VALUE = (b",", b"[", b"{", b":")
_LONGEST_TEXT = 4000
_FUNCTIONS = ("read", "first_shapes")


class BadMessage(ValueError):
    """Not what our child says: it is broken, or somebody else's by now."""


def dump(value: object) -> bytes:
    """JSON in which tuples stay tuples and lazy texts become texts."""
    return json.dumps(_marked(value), default=_plain).encode("ascii")


def load(data: bytes) -> Any:
    """The value of `dump`. Raises BadMessage."""
    if sum(map(data.count, _BEFORE_A_VALUE)) > MOST_VALUES:
        raise BadMessage("values")
    try:
        return json.loads(data, object_hook=_unmarked)
    except (ValueError, RecursionError, TypeError) as error:
        raise BadMessage("json") from error


def _marked(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"()": [_marked(item) for item in value]}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _marked(item) for name, item in value.items()}
    return value


def _unmarked(found: dict[str, Any]) -> Any:
    if found.keys() == {"()"} and isinstance(found["()"], list):
        return tuple(found["()"])
    return found


def _plain(value: object) -> object:
    """Numbers of numpy, lazy texts, paths: what JSON does not know."""
    if not isinstance(value, Promise) and hasattr(value, "item"):
        return value.item()
    return str(value)


# --- A source's description -----------------------------------------------------------------


def describe(source: Source) -> dict[str, object]:
    """All of a source but its functions."""
    told = {
        f.name: getattr(source, f.name)
        for f in dataclasses.fields(source)
        if f.name not in _FUNCTIONS
    }
    encodings = [dataclasses.asdict(guess) for guess in source.encodings]
    return {**told, "notes": [str(note) for note in source.notes], "encodings": encodings}


def described(told: Any, **functions: Any) -> Source:
    """The source that the child described. Raises BadMessage."""
    try:
        encodings = [ColumnEncoding(**guess) for guess in told.pop("encodings")]
        source = Source(**told, **functions, encodings=encodings)
    except (TypeError, AttributeError, KeyError) as error:
        raise BadMessage("source") from error
    texts = [source.format, source.name, *source.fields, *source.notes, source.axes]
    if not all(isinstance(text, str) for text in [*texts, source.crs_text or ""]):
        raise BadMessage("source")
    if not isinstance(source.feature_count, int | None):
        raise BadMessage("source")
    return source


# --- Coordinate systems -----------------------------------------------------------------------


def tell_crs(crs: Crs) -> dict[str, object]:
    """A coordinate system as plain values."""
    return {f.name: getattr(crs, f.name) for f in dataclasses.fields(crs)}


# --- Refusals ---------------------------------------------------------------------------------


def tell_refusal(error: PortalError) -> dict[str, object]:
    """A refusal by the name of its class, with what it says beyond the class."""
    own = {name: str(vars(error)[name]) for name in ("title", "hint") if name in vars(error)}
    return {
        "class": type(error).__name__,
        "code": error.code,
        "detail": str(error.detail),
        "extra": error.extra,
        "own": own,
    }


def refusal_of(told: Any) -> PortalError:
    """The refusal that the child raised; one that we do not know is a general one."""
    if not isinstance(told, dict) or not isinstance(told.get("extra"), dict):
        raise BadMessage("refusal")
    kind = _class_of(str(told.get("class")), str(told.get("code")))
    error = kind.__new__(kind)
    # Some classes have a constructor of their own; what they were told is in `extra`.
    PortalError.__init__(error, str(told.get("detail", ""))[:_LONGEST_TEXT], **told["extra"])
    own = told.get("own")
    for name, text in own.items() if isinstance(own, dict) else ():
        if name in ("title", "hint"):
            setattr(error, name, str(text)[:_LONGEST_TEXT])
    return error


def _class_of(name: str, code: str) -> type[PortalError]:
    found = [kind for kind in every_error() if kind.code == code]
    named = [kind for kind in found if kind.__name__ == name]
    return next(iter(named or found), ImportRefused)


# --- Issues -----------------------------------------------------------------------------------


def tell_issues(issues: Iterable[Issue]) -> list[list[object]]:
    """Issues as lists, their cells with types kept."""
    return [
        [int(i.row), i.code, i.field, i.value, i.severity, str(i.hint), i.x, i.y, _cells(i)]
        for i in issues
    ]


def _cells(issue: Issue) -> dict[str, str | None] | None:
    if issue.cells is None:
        return None
    return {
        str(name): None if v is None else base64.b64encode(pack_scalar(v)).decode()
        for name, v in issue.cells.items()
    }


def issues_of(told: Any) -> list[Issue]:
    """The issues that the child listed. Raises BadMessage."""
    try:
        return [_issue(*item) for item in told]
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise BadMessage("issues") from error


def _issue(row: Any, *texts_and_place: Any) -> Issue:
    *texts, x, y, cells = texts_and_place
    if not all(isinstance(text, str) for text in texts):
        raise BadMessage("issue")
    code, field, value, severity, hint = texts
    place = [None if number is None else float(number) for number in (x, y)]
    values = None
    if cells is not None:
        values = {
            name: None if item is None else unpack_scalar(base64.b64decode(item))
            for name, item in cells.items()
        }
    return Issue(int(row), code, field, value, severity, hint, place[0], place[1], cells=values)


# --- What the layer wants ------------------------------------------------------------------------


def tell_wanted(wanted: Wanted) -> dict[str, object]:
    """What the reader is asked for, as plain values."""
    return {
        **{f.name: getattr(wanted, f.name) for f in dataclasses.fields(wanted)},
        "key_names": [sorted(names) for names in wanted.key_names],
    }


def wanted_of(told: dict[str, Any]) -> Wanted:
    """The same in the child."""
    names = tuple(frozenset(group) for group in told["key_names"])
    return Wanted(**{**told, "key_names": names})
