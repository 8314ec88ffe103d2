"""The rules of the house for the tests themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("hub", "inbox", "connectors", "chatbot", "crm_core", "values", "benchmarks", "tests")
TESTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests").rglob("*.py"))
}
MOST_LINES = 300
LONGER: dict[str, str] = {}
"""Files of tests that may be longer, with the reason."""


def test_files_of_tests_stay_readable() -> None:
    long = {path for path, source in TESTS.items() if len(source.splitlines()) > MOST_LINES}
    assert long - set(LONGER) == set(), (
        "split them by subject; what they share goes into a module beside them"
    )
    assert set(LONGER) - long == set(), "not long any more"


def test_what_tests_import_is_there() -> None:
    missing = [
        f"{path}:{line} {module}.{name}"
        for path, source in TESTS.items()
        for line, module, name in _imported(source)
        if not _has(module, name)
    ]
    assert missing == []


def _imported(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, module and name of what comes from packages of the house."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in OURS:
            yield from ((node.lineno, node.module or "", alias.name) for alias in node.names)


def _has(module: str, name: str) -> bool:
    place = ROOT.joinpath(*module.split("."))
    return name in _names(place) or _source(place / name) is not None or (place / name).is_dir()


@cache
def _names(place: Path) -> frozenset[str]:
    """What the top of a module binds."""
    path = _source(place)
    if path is None:
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    return frozenset(found)


def _source(place: Path) -> Path | None:
    """The file of a module."""
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()), None)
