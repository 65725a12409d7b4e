"""The house rules that a machine can check; CONTRIBUTING.md explains them.

Reads the sources as text and syntax trees, never imports them: no database is needed. The style
rules that ruff, mypy and import-linter know are left to them (`make lint types`).
"""

import ast
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.sharing import share

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("gis_portal", "layers", "importers", "tiles")
CODE = (*PACKAGES, "bin", "tests")
# Not part of `make test`: `make bench`, `make web-vitals`.
OWN_COMMAND = ("tests/bench/", "tests/web_vitals/")
GENERATED = {"node_modules", "dist", "__pycache__", ".venv", ".local", "coverage"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
# Who may import whom, besides itself: gis_portal → importers, tiles → layers.
ALLOWED_IMPORTS = {
    "gis_portal": {"importers", "tiles", "layers"},
    "importers": {"layers"},
    "tiles": {"layers"},
    "layers": set[str](),
}
ENGLISH = ROOT / "gis_portal" / "locale" / "en" / "LC_MESSAGES" / "django.po"
# gettext functions → which arguments are texts (None: the first).
KEYWORDS: dict[str, tuple[int, int] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def files(*suffixes: str, folders: tuple[str, ...] = CODE) -> list[Path]:
    """Written (not generated) files with these suffixes."""
    return sorted(path for folder in folders for path in written(folder) if path.suffix in suffixes)


@cache
def written(folder: str) -> list[Path]:
    """Without looking into what is generated: the front end has packages of a thousand files."""
    found: list[Path] = []
    for here, folders, names in os.walk(ROOT / folder):
        folders[:] = set(folders) - GENERATED
        found += (Path(here, name) for name in names)
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def trees(folders: tuple[str, ...] = CODE) -> Iterator[tuple[Path, ast.Module]]:
    for path in files(".py", folders=folders):
        yield path, parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    """Read by most of these tests."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@pytest.fixture(scope="module", autouse=True)
def _trees_are_let_go() -> Iterator[None]:
    yield
    parsed.cache_clear()


def test_who_asks_for_the_running_portal_shares_it() -> None:
    """Elsewhere under `make test` a file could come to a process that has no portal yet."""
    alone = {
        name(path)
        for path, tree in trees(("tests",))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for argument in node.args.args
        if argument.annotation and ast.unparse(argument.annotation) in {"Portal", "Api", "Watched"}
        if share(name(path)) == name(path) and not name(path).startswith(OWN_COMMAND)
    }
    assert not alone, f"tests/sharing.py does not know these: {alone}"


def test_no_file_is_too_long() -> None:
    too_long = {
        name(path): lines
        for path in files(".py", ".ts", ".html", ".css", ".sql")
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not too_long, f"split these by idea: {too_long}"


def test_no_function_is_too_long() -> None:
    too_long = [
        f"{name(path)}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not too_long, too_long


def test_files_are_named_for_what_happens_in_them() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc"}
    found = [name(path) for path in files(".py", ".ts") if path.stem in vague]
    assert not found, found


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package: str) -> None:
    allowed = ALLOWED_IMPORTS[package] | {package}
    wrong = [
        f"{name(path)} imports {module}"
        for path, tree in trees((package,))
        for module in _imported(tree)
        if (top := module.partition(".")[0]) in PACKAGES and top not in allowed
    ]
    assert not wrong, wrong


def _index_lines(path: Path) -> Iterator[int]:
    """Line numbers (from 0) where an index is declared."""
    pattern = (
        r"CREATE\s+(UNIQUE\s+)?INDEX" if path.suffix == ".sql"
        else r"CREATE\s+(UNIQUE\s+)?INDEX|\bmodels\.Index\(|(?<!Gi)\bGistIndex\(|\bGinIndex\("
    )  # fmt: skip
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        is_comment = line.lstrip().startswith(("--", "#"))
        if re.search(pattern, line, re.IGNORECASE) and not is_comment:
            yield number


def _is_explained(lines: list[str], number: int) -> bool:
    """A comment on the line itself or within the three lines before it."""
    return any(re.search(r"#|--", line) for line in lines[max(0, number - 3) : number + 1])


def test_every_index_names_the_query_it_serves() -> None:
    silent = []
    for path in files(".sql", ".py", folders=PACKAGES):
        if path.suffix == ".py" and "migrations" in path.parts:
            continue  # made from the models, where the comment stands
        lines = path.read_text(encoding="utf-8").splitlines()
        silent += [
            f"{name(path)}:{number + 1}"
            for number in _index_lines(path)
            if not _is_explained(lines, number)
        ]
    assert not silent, f"say in a comment before the index which query it serves: {silent}"


def test_no_bare_except() -> None:
    bare = [
        f"{name(path)}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert not bare, bare


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
    found = [
        f"{name(path)}:{number}"
        for path in files(".py", ".ts", ".html", ".css", ".sql", ".toml")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not found, found


def test_pages_load_nothing_from_another_host() -> None:
    loads = {
        ".html": r"""(?:\bsrc|\bsrcset|\baction|<link[^>]*\bhref)\s*=\s*["']?(?:https?:)?//""",
        ".css": r"""(?:url\(\s*["']?|@import\s+["'])(?:https?:)?//""",
        ".ts": r"""["'`](?:https?|wss?)://(?!www\.w3\.org/|localhost|127\.0\.0\.1)""",
    }
    found = [
        f"{name(path)}: {match.group(0)}"
        for path in files(*loads, folders=PACKAGES)
        if "tests" not in path.parts
        for match in re.finditer(loads[path.suffix], path.read_text(encoding="utf-8"))
    ]
    assert not found, found


def test_locks_name_no_registry() -> None:
    for lock in (*ROOT.glob("requirements*.lock"), *files(".lock")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, f"{name(lock)} names a host"
        assert "--hash=sha256:" in text, f"{name(lock)} has no hashes"
    for lock in files(".json"):
        if lock.name == "package-lock.json":
            text = lock.read_text(encoding="utf-8")
            assert "://" not in text, f"{name(lock)} names a host: take the funding notes out"
            packages = json.loads(text)["packages"]
            resolved = [entry for entry in packages.values() if "resolved" in entry]
            assert not resolved, f"{name(lock)} names where packages came from"
            settings = (lock.parent / ".npmrc").read_text(encoding="utf-8")
            assert "omit-lockfile-registry-resolved=true" in settings
            assert "://" not in settings


def test_environment_is_read_in_one_place() -> None:
    readers = {"gis_portal/settings.py", "gis_portal/environment.py", "gis_portal/wsgi.py"}
    found = [
        name(path)
        for path in files(".py", folders=PACKAGES)
        if name(path) not in readers
        and re.search(r"os\.environ\b|os\.getenv\(", path.read_text(encoding="utf-8"))
    ]
    # A child process that is given a clean environment reads the old one; nothing else does.
    assert set(found) <= {"importers/sandbox.py"}, found


def _template_texts() -> Iterator[tuple[str, str]]:
    """(file, text) of everything translated in templates, through Django's own reading of them."""
    literal = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    calls = re.compile(rf"\b(?:_|gettext|ngettext)\(\s*{literal}(?:\s*,\s*{literal})?")
    for path in files(".html", ".txt", ".xml", ".rss", folders=PACKAGES):
        for match in calls.finditer(templatize(path.read_text(encoding="utf-8"))):
            yield name(path), ast.literal_eval(match.group(1))


def _python_texts() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        found = extract_from_dir(
            str(ROOT / package),
            method_map=[("**.py", "python")],
            keywords=KEYWORDS,
        )
        for file, _line, text, _comments, _context in found:
            if "node_modules" not in file:
                yield f"{package}/{file}", _singular(text)


def _singular(text: object) -> str:
    """The text itself, or the first of its plural forms."""
    first = text[0] if isinstance(text, list | tuple) and text else text
    return first if isinstance(first, str) else ""


def _english() -> dict[str, str]:
    with ENGLISH.open("rb") as stream:
        catalogue = read_po(stream, locale="en")
    return {_singular(m.id): _singular(m.string) for m in catalogue if m.id and not m.fuzzy}


def test_every_text_has_an_english_translation() -> None:
    english = _english()
    used = [*_template_texts(), *_python_texts()]
    assert used, "nothing to translate was found: does the extraction still work?"
    missing = sorted({(text, file) for file, text in used if text and not english.get(text)})
    assert not missing, "add to gis_portal/locale/en:\n" + "\n".join(
        f'msgid "{text}"  ({file})' for text, file in missing
    )


def test_translations_keep_their_placeholders() -> None:
    broken = [
        text
        for text, translation in _english().items()
        if sorted(set(PLACEHOLDER.findall(text))) != sorted(set(PLACEHOLDER.findall(translation)))
    ]
    assert not broken, broken
