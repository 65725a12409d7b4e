"""The shape of a document: text → JSON → what the closed schema allows, with words of ours.

Sizes are looked at before the schema is: a hostile document costs no more than its bytes.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from gis_portal.planner.document.errors import BadDocument, DocumentTooLarge
from layers.values import group_digits

Json = Any
SCHEMA_FILE = Path(__file__).with_name("schema.json")
DEEPEST = 40
# Whole numbers beyond it are not the same in every program that reads JSON.
LARGEST = 2.0**53
SHOWN = 60


@cache
def schema() -> dict[str, Json]:
    """The schema as it is published."""
    found: dict[str, Json] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return found


def canonical(raw: Json) -> str:
    """One text for one document, whatever the order of its members."""
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parsed(raw: bytes | str) -> Json:
    """JSON. Raises BadDocument."""
    try:
        return json.loads(raw, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadDocument(_("Không đọc được JSON."), at="") from error


def written(text: bytes | str) -> Json:
    """As `parsed`, of what is shown again whatever it says: so large and so deep as a question may
    be, and of numbers and letters that can be written. Raises BadDocument, DocumentTooLarge.
    """
    check_size(len(text))
    found = parsed(text)
    check_values(found)
    return found


def most_bytes() -> int:
    """Of a document."""
    return int(settings.PORTAL_ANALYSIS_KB) * 1024


def check_size(size: int) -> None:
    """Raises DocumentTooLarge."""
    if size > most_bytes():
        most = settings.PORTAL_ANALYSIS_KB
        raise DocumentTooLarge(_("Tối đa %(most)d KB.") % {"most": most}, at="")


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def check(raw: Json) -> None:
    """Raises BadDocument at the first place that is not as the schema wants it, and
    DocumentTooLarge.
    """
    if not isinstance(raw, dict):
        raise BadDocument(_("Câu hỏi phải là một đối tượng JSON."), at="")
    _check_counts(raw)
    check_values(raw)
    title = raw.get("title")
    name = title.get("vi") if isinstance(title, dict) else None
    if isinstance(name, str) and not name.strip(" .…"):
        raise BadDocument(_("Câu hỏi chưa có tên."), at="title.vi")
    _validate("", raw, without=("inputs", "steps"))
    for name, given in raw["inputs"].items():
        place = f"inputs.{name}"
        _validate("name", name, place)
        _validate(_kind_of_input(given, place), given, place)
    for number, step in enumerate(raw.get("steps", ())):
        place = f"steps[{number}]"
        _validate(_kind_of_step(step, place), step, place)


def check_values(raw: Json) -> None:
    """Depth, numbers and texts of the whole, without recursion."""
    waiting: list[tuple[Json, int, str]] = [(raw, 0, "")]
    while waiting:
        value, depth, place = waiting.pop()
        if depth > DEEPEST:
            raise DocumentTooLarge(_("Lồng quá sâu."), at=shortened(place))
        if isinstance(value, dict):
            for name, part in value.items():
                _check_text(name, place)
                waiting.append((part, depth + 1, f"{place}.{name}" if place else str(name)))
        elif isinstance(value, list):
            waiting += [(part, depth + 1, f"{place}[{i}]") for i, part in enumerate(value)]
        elif isinstance(value, str):
            _check_text(value, place)
        elif value is not None and not isinstance(value, bool | int | float):
            raise BadDocument(_("Không phải giá trị của JSON."), at=shortened(place))
        elif isinstance(value, int | float) and not abs(value) <= LARGEST:  # nor NaN
            raise BadDocument(_("Số này quá lớn hoặc không phải là số."), at=shortened(place))


def _check_text(text: Json, place: str) -> None:
    """Raises BadDocument for what no database keeps: NUL, and halves of characters."""
    try:
        ok = isinstance(text, str) and "\x00" not in text and text.encode() is not None
    except UnicodeEncodeError:
        ok = False
    if not ok:
        raise BadDocument(_("Có ký tự không dùng được."), at=shortened(place))


def _check_counts(raw: dict[str, Json]) -> None:
    _check_count(raw.get("inputs"), settings.PORTAL_ANALYSIS_INPUTS, "inputs")
    _check_count(raw.get("steps"), settings.PORTAL_ANALYSIS_STEPS, "steps")
    for number, step in enumerate(_items(raw.get("steps"))):
        if isinstance(step, dict):
            for name in ("criteria", "must"):
                place = f"steps[{number}].{name}"
                _check_count(step.get(name), settings.PORTAL_ANALYSIS_CRITERIA, place)
            _check_count(step.get("of"), settings.PORTAL_ANALYSIS_INPUTS, f"steps[{number}].of")


def _items(value: Json) -> Iterable[Json]:
    return value if isinstance(value, list) else ()


def _check_count(value: Json, most: int, place: str) -> None:
    if isinstance(value, list | dict) and len(value) > most:
        raise DocumentTooLarge(_("Tối đa %(most)d mục ở đây.") % {"most": most}, at=place)


def _kind_of_input(given: Json, place: str) -> str:
    kinds = ("layer", "area", "units")
    if isinstance(given, dict):
        for kind in kinds:
            if kind in given:
                return f"input_{kind}"
    raise BadDocument(_("Cần một trong: %(names)s.") % {"names": ", ".join(kinds)}, at=place)


def _kind_of_step(step: Json, place: str) -> str:
    if not isinstance(step, dict):
        raise BadDocument(_("Một bước phải là một đối tượng JSON."), at=place)
    op = step.get("op")
    if not isinstance(op, str) or f"step_{op}" not in schema()["$defs"]:
        message = _("Không có thao tác “%(op)s”.") % {"op": shortened(str(op))}
        raise BadDocument(message, at=f"{place}.op")
    return f"step_{op}"


def _pattern(_schema: Json, pattern: str, value: Json, _whole: Json) -> Iterator[ValidationError]:
    """As ECMA 262 has it, which the standard names: `$` is the very end, no line before it."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{shortened(value)!r} does not match {pattern!r}")


_Strict: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


@cache
def _validator(part: str, without: tuple[str, ...] = ()) -> Any:
    """Of a part of the schema; "" is the whole of it, less what is looked at piece by piece."""
    whole = schema()
    if part:
        return _Strict({"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]})
    members = dict(whole["properties"])
    for name in without:
        members[name] = {"type": members[name]["type"]}
    return _Strict({**whole, "properties": members})


def _validate(part: str, value: Json, place: str = "", without: tuple[str, ...] = ()) -> None:
    error = next(_validator(part, without).iter_errors(value), None)
    while error is not None and error.validator == "oneOf" and error.context:
        # The branch that came farthest is the one that was meant.
        error = max(error.context, key=lambda found: len(found.absolute_path))
    if error is not None:
        raise BadDocument(_words(error), at=shortened(_place(place, error.absolute_path)))


def _place(place: str, path: Iterable[str | int]) -> str:
    for part in path:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place


def shortened(text: str) -> str:
    """So much of it as an answer quotes."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _words(error: ValidationError) -> str:
    """What the schema wants, as a sentence."""
    wanted: Any = error.validator_value
    instance: Any = error.instance
    given = shortened(str(instance))
    match error.validator:
        case "required":
            missing = [name for name in wanted if name not in instance]
            return _("Thiếu “%(name)s”.") % {"name": ", ".join(missing)}
        case "additionalProperties":
            whole: Any = error.schema
            extra = [shortened(name) for name in instance if name not in whole["properties"]]
            return _("Không có mục “%(name)s” ở đây.") % {"name": ", ".join(extra[:3])}
        case "enum":
            names = ", ".join(map(str, wanted))
            return _("“%(given)s” không phải một trong: %(names)s.") % {
                "given": given,
                "names": names,
            }
        case "const" | "minItems":
            least = _("Cần ít nhất %(wanted)s mục ở đây.")
            words = least if error.validator == "minItems" else _("Ở đây phải là “%(wanted)s”.")
            return words % {"wanted": wanted}
        case "type":
            return _("“%(given)s” không đúng kiểu: cần %(wanted)s.") % {
                "given": given,
                "wanted": wanted if isinstance(wanted, str) else ", ".join(wanted),
            }
        case _:
            number = isinstance(wanted, int | float) and not isinstance(wanted, bool)
            shown = group_digits(wanted, None, get_language() or "vi") if number else str(wanted)
            return _bound_words(error.validator) % {
                "given": given,
                "rule": error.validator,
                "wanted": shortened(shown),
            }


def _bound_words(rule: Json) -> str:
    """Over `given`, `wanted` and `rule`."""
    words = {
        "exclusiveMinimum": _("“%(given)s” nhỏ quá: ở đây phải lớn hơn %(wanted)s."),
        "minimum": _("“%(given)s” nhỏ quá: ở đây phải từ %(wanted)s trở lên."),
        "maximum": _("“%(given)s” lớn quá: ở đây tối đa %(wanted)s."),
        "minLength": _("Ở đây chưa có gì."),
        "maxLength": _("Dài quá: tối đa %(wanted)s ký tự."),
    }
    other = _("“%(given)s” không hợp quy định ở đây (%(rule)s: %(wanted)s).")
    return words.get(str(rule), other)
