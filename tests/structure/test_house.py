"""The rules of the house that a reader would have to check by hand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "inbox", "connectors", "chatbot", "crm_core", "values")
SOURCES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
"""The modules of the product by their path: a test takes all of them and names those at fault."""
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|DELETE FROM)\s+((?:crm|inbox|hub)_[a-z_]+)")
MOST_LINES = 300

FOREIGN_TABLES = {
    # The conversation list shows the contact's and the assignee's name: one join, no second query a row.
    # So does the list of missed calls with the task to call back.
    "inbox": {"crm_contact", "crm_user", "crm_handle", "crm_task"},
}


def test_modules_say_what_they_are_for() -> None:
    silent = {}
    for path, source in SOURCES.items():
        first = (ast.get_docstring(ast.parse(source)) or "no first sentence").splitlines()[0]
        if not first.endswith((".", ":", "?")):
            silent[path] = first
    assert silent == {}


def test_modules_stay_readable() -> None:
    long = {path for path, source in SOURCES.items() if len(source.splitlines()) > MOST_LINES}
    assert long - LONGER == set(), "split them"
    assert LONGER - long == set(), "not long any more"


LONGER = {
    "connectors/contract.py",  # the whole vocabulary in one place, on purpose
}


def test_tables_are_named_by_their_owner() -> None:
    named = {(path, table) for path, source in SOURCES.items() for table in TABLE.findall(source)}
    assert len(named) > 100
    assert {(path, table) for path, table in named if not _may_name(path.partition("/")[0], table)} == set()


def _may_name(owner: str, table: str) -> bool:
    own = {"crm_core": ("crm_",), "inbox": ("inbox_",), "hub": ("hub_",)}.get(owner, ())
    return table.startswith(own) or table in FOREIGN_TABLES.get(owner, set())


def test_no_vague_names() -> None:
    vague = {"utils", "helpers", "common", "base", "misc"}
    assert [path for path in SOURCES if Path(path).stem in vague] == []


def test_no_third_party_front_end_is_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text()
    assert "hub/web/static/vendor/" in ignored
