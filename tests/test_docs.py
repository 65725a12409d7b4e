"""The documents name what exists: paths, commands, settings, error codes; and stay short."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LONGEST = {"README.md": 120, "docs/architecture.md": 200}
LONGEST_DECISION = 40
# Made at run time: named in the documents, absent from a fresh clone.
MADE_LATER = (
    ".local",
    ".venv",
    "docker/secrets",
    "node_modules",
    "gis_portal/static/gis_portal/dist",
)
WRITTEN_ENDINGS = (".py", ".md", ".ts", ".sql", ".toml", ".html", ".css", ".yml")
# Read by programs of the project, in one of these shapes.
READS = (
    r"""\benv(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]+)["']""",
    r"""\b_?secret\(\s*["']([A-Z][A-Z0-9_]+)["']""",
    r"""os\.environ(?:\.get\(|\[)\s*["']([A-Z][A-Z0-9_]+)["']""",
)
# The operating system's, not ours.
NOT_OURS = {"PATH", "DATABASE_URL_FILE"}


def documents() -> list[Path]:
    named = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]
    return sorted(path for path in named if path.exists())


def _paths_in_backticks(text: str) -> Iterator[str]:
    top = {path.name for path in ROOT.iterdir()}
    for token in re.findall(r"`([\w.*-]+(?:/[\w.*-]*)+)`", text):
        if token.split("/")[0] in top or token.endswith(WRITTEN_ENDINGS):
            yield token


def _exists(path: str, base: Path) -> bool:
    if path.startswith(MADE_LATER):
        return True
    return any(base.glob(path)) if "*" in path else (base / path).exists()


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_named_paths_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [
        path
        for path in _paths_in_backticks(text)
        if not _exists(path, ROOT) and not _exists(path, document.parent)
    ]
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing += [
        link
        for link in links
        if "://" not in link
        and not link.startswith("mailto:")
        and not _exists(link, document.parent)
    ]
    assert not missing, f"{document.name} names what is not there: {missing}"


@pytest.mark.parametrize(("name", "limit"), LONGEST.items())
def test_documents_stay_short(name: str, limit: int) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) < limit


@pytest.mark.parametrize("record", sorted((DOCS / "decisions").glob("*.md")), ids=lambda p: p.name)
def test_decision_records_have_their_parts(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", record.name)
    assert len(text.splitlines()) <= LONGEST_DECISION
    assert re.search(r"\b20\d\d-\d\d-\d\d\b", text), "a record has a date"
    parts = ("Status", "Context", "Decision", "Consequences", "What would change our mind")
    missing = [part for part in parts if part.lower() not in text.lower()]
    assert not missing, missing


def _settings_read() -> set[str]:
    sources = [ROOT / "gis_portal" / "settings.py", ROOT / "gis_portal" / "environment.py"]
    sources += (ROOT / "gis_portal" / "configuration").glob("*.py")
    sources += (ROOT / "bin").glob("*.py")
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    return {name for pattern in READS for name in re.findall(pattern, text)} - NOT_OURS


def _settings_described() -> set[str]:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", text, re.MULTILINE))


def test_settings_are_described() -> None:
    read, described = _settings_read(), _settings_described()
    assert read, "no setting was found: does the pattern still fit settings.py?"
    assert not read - described, f"docs/settings.md lacks {sorted(read - described)}"
    assert not described - read, f"nothing reads {sorted(described - read)}"


def _error_codes() -> set[str]:
    """Every `code = "…"` (or `code, status = "…", 404`) of the classes in layers/errors.py."""
    tree = ast.parse((ROOT / "layers" / "errors.py").read_text(encoding="utf-8"))
    codes = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            target, value = target.elts[0], value.elts[0]
        if isinstance(target, ast.Name) and target.id == "code" and isinstance(value, ast.Constant):
            codes.add(str(value.value))
    return codes


def test_error_codes_are_described() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    codes = _error_codes()
    assert codes, "no error code was found: does the pattern still fit layers/errors.py?"
    missing = sorted(code for code in codes if f"`{code}`" not in text)
    assert not missing, f"docs/api.md lacks {missing}"


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_named_commands_exist(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    text = document.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    named = {
        word
        for words in re.findall(r"\bmake((?: +[a-z0-9-]+)+)", code)
        for word in words.split()
    }  # fmt: skip
    assert named <= targets, f"{document.name} names unknown targets: {sorted(named - targets)}"


def test_every_target_has_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    silent = re.findall(r"^(?!dev:)([a-z0-9]+):(?!.*## )(?!=)", makefile, re.MULTILINE)
    assert not silent, silent
