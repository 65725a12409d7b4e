"""What goes over the pipe beside columns: frames, and sources, refusals and issues as JSON.

A frame is one letter, the length of its JSON and the length of its Arrow bytes. Both sides use this
file; what comes from the child is only ever parsed, and bounded before it is.
"""

import base64
import dataclasses
import json
import math
import re
import struct
from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise

from importers.batch import Issue
from importers.confined.distrust import MOST_ROW_NUMBER
from importers.confined.scalars import pack_scalar, unpack_scalar
from importers.encoding import ColumnEncoding
from importers.readers.source import Source, Wanted
from importers.refusals import ImportRefused
from layers.crs import Crs, by_code
from layers.errors import PortalError, UnknownCrs, every_error

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
_MOST_FIELDS = 10_000
_REFUSAL = {"class", "code", "detail", "extra", "own"}
# The other members of a problem document.
_NOT_EXTRA = {"type", "title", "status", "code", "detail", "hint"}
_MOST_LEVELS = 10
_CODE = re.compile(r"[a-z0-9-]{1,60}")
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
        believed = _is_source(source) and all(map(_is_encoding, encodings))
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        raise BadMessage("source") from error
    if not believed:
        raise BadMessage("source")
    return source


def _is_source(source: Source) -> bool:
    lists = (source.fields, source.notes, source.axis_names or ("", ""))
    texts = [source.format, source.name, source.axes, source.crs_text or ""]
    count = source.feature_count
    return (
        all(isinstance(items, list | tuple) and are_texts(items) for items in lists)
        and are_texts(texts)
        and len(source.fields) <= _MOST_FIELDS
        and (source.axis_names is None or len(source.axis_names) == 2)
        and (count is None or (type(count) is int and abs(count) < 2**63))
    )


def _is_encoding(guess: ColumnEncoding) -> bool:
    pairs = [text for as_stored, as_read in guess.preview for text in (as_stored, as_read)]
    number = type(guess.confidence) in (int, float) and 0 <= guess.confidence <= 1
    return number and are_texts([guess.column, guess.encoding, *pairs])


def are_texts(items: Iterable[object]) -> bool:
    """Whether all of these are texts."""
    return all(isinstance(item, str) for item in items)


def names_of(told: Any) -> list[str]:
    """The columns of a batch. Raises BadMessage."""
    if not isinstance(told, list) or not are_texts(told) or len(set(told)) != len(told):
        raise BadMessage("names")
    return told


# --- Coordinate systems -----------------------------------------------------------------------


def tell_crs(crs: Crs) -> dict[str, object]:
    """A coordinate system as plain values."""
    return {f.name: getattr(crs, f.name) for f in dataclasses.fields(crs)}


def crs_of(told: Any) -> Crs:
    """The coordinate system that the child named. PROJ opens files that a definition names, so it
    must be one that the parent makes itself. Raises BadMessage.
    """
    try:
        crs = by_code(Crs(**told).code)
    except (PortalError, TypeError, AttributeError, ValueError) as error:
        raise BadMessage("crs") from error
    if tell_crs(crs) != told:
        raise BadMessage("crs")
    return crs


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
    if not isinstance(told, dict) or told.keys() != _REFUSAL:
        raise BadMessage("refusal")
    extra, own = told["extra"], told["own"]
    if not isinstance(extra, dict) or not isinstance(own, dict):
        raise BadMessage("refusal")
    texts = [told["class"], told["code"], told["detail"], *own.values()]
    if not are_texts(texts) or not own.keys() <= {"title", "hint"} or extra.keys() & _NOT_EXTRA:
        raise BadMessage("refusal")
    kind = _class_of(told["class"], told["code"])
    error = kind.__new__(kind)
    # Some classes have a constructor of their own; what they were told is in `extra`.
    PortalError.__init__(error, told["detail"][:_LONGEST_TEXT])
    error.extra = _storable(extra, _MOST_LEVELS)
    for name, text in own.items():
        setattr(error, name, text[:_LONGEST_TEXT])
    return error


def _storable(value: Any, levels: int) -> Any:
    """The value as the report of a run can keep it. Raises BadMessage."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not levels:
        raise BadMessage("levels")
    if isinstance(value, dict):
        return {_storable(name, 1): _storable(item, levels - 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_storable(item, levels - 1) for item in value)
    return value


def _class_of(name: str, code: str) -> type[PortalError]:
    """Of what a reader may raise; what else the portal refuses is not a reader's to say."""
    known: list[type[PortalError]] = [*every_error(ImportRefused), UnknownCrs]
    found = [kind for kind in known if kind.code == code]
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
    except (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise BadMessage("issues") from error


def _issue(row: Any, *texts_and_place: Any) -> Issue:
    *texts, x, y, cells = texts_and_place
    if len(texts) != 5 or not are_texts(texts):
        raise BadMessage("issue")
    code, field, value, severity, hint = (text.replace("\x00", "") for text in texts)
    if not _CODE.fullmatch(code) or severity not in ("error", "warning"):
        raise BadMessage("issue")
    place = [None if number is None else float(number) for number in (x, y)]
    if type(row) is not int or not 0 <= row < MOST_ROW_NUMBER:
        raise BadMessage("issue")
    values = None
    if cells is not None:
        values = {
            name: None if item is None else unpack_scalar(base64.b64decode(item))
            for name, item in cells.items()
        }
    return Issue(row, code, field, value, severity, hint, place[0], place[1], cells=values)


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
