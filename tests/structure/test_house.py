"""The rules of the house that a reader would have to check by hand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "inbox", "connectors", "chatbot", "crm_core", "values")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|DELETE FROM)\s+((?:crm|inbox|hub)_[a-z_]+)")
MOST_LINES = 300

FOREIGN_TABLES = {
    # The conversation list shows the contact's and the assignee's name: one join, no second query a row.
    # So does the list of missed calls with the task to call back.
    "inbox": {"crm_contact", "crm_user", "crm_handle", "crm_task"},
    # The roof reads what lies below it for its own pages, metrics and commands; it writes only what it owns.
    "hub": {"crm", "inbox"},
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for_and_stays_readable(path: Path) -> None:
    source = path.read_text()
    docstring = ast.get_docstring(ast.parse(source))
    assert docstring, "no first sentence"
    assert docstring.splitlines()[0].endswith((".", ":", "?")), docstring.splitlines()[0]
    assert len(source.splitlines()) <= MOST_LINES or name_of(path) in LONGER, "split it"


LONGER = {
    "connectors/contract.py",  # the whole vocabulary in one place, on purpose
    "inbox/conversations/queries.py",  # every look at conversations under one visibility rule
}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_tables_are_named_by_their_owner(path: Path) -> None:
    owner = path.relative_to(ROOT).parts[0]
    allowed = {"crm_core": ("crm_",), "inbox": ("inbox_",), "hub": ("hub_", "crm_", "inbox_")}.get(owner, ())
    for table in TABLE.findall(path.read_text()):
        assert table.startswith(allowed) or table in FOREIGN_TABLES.get(owner, set()), table


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_vague_names(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "base", "misc"}


def test_no_third_party_front_end_is_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text()
    assert "hub/web/static/vendor/" in ignored
