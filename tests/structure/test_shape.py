"""The shape of functions and of SQL: what stays small, what stands where, and what is excepted with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "inbox", "connectors", "chatbot", "crm_core", "values")
TREES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
MOST_LINES = 40
MOST_PARAMETERS = 7
GIVEN = {"self", "cls", "conn", "viewer", "request"}
"""Who acts and on what: every verb takes them, and they are not counted."""
STATEMENT = re.compile(r"\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH \w+ AS)\b")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions() -> Iterator[tuple[str, Function]]:
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{path}:{node.name}", node


def _texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_a_function_fits_a_glance() -> None:
    long = {name for name, node in _functions() if (node.end_lineno or 0) - node.lineno >= MOST_LINES}
    assert long - LONGER.keys() == set(), "split them"
    assert LONGER.keys() - long == set(), "not long any more"


SIGNATURE = "what it is given fills a dozen lines; the steps are their own functions already"
LONGER = {
    "connectors/manifest/load.py:_build": "one field of the manifest a line",
    "crm_core/deals/service.py:create": SIGNATURE,
    "crm_core/tasks/service.py:create": SIGNATURE,
    "hub/cli/channel_tools.py:probe": "the parts of a hub that a single question needs, made and closed in their order",
    "hub/cli/exact.py:write_signed": SIGNATURE,
    "hub/http.py:request": SIGNATURE,
    "hub/runtime.py:build": "where the parts of a process are made and joined: one after the other, each once",
    "hub/web/render.py:_environment": "one filter or function of the templates a line",
    "inbox/bot/turn.py:take_event": SIGNATURE,
    "inbox/delivery/compose.py:compose": "one field of the message a line",
    "inbox/delivery/trying.py:once": "one outcome after the other: which error means what is read in one place",
    "inbox/routing/service.py:route": "one decision under one lock: who is there, whose turn it is, who gets it",
}


def test_parameters_that_belong_together_are_a_value() -> None:
    many = {name for name, node in _functions() if len(_parameters(node)) > MOST_PARAMETERS}
    assert many - MORE.keys() == set(), "a value is missing a name"
    assert MORE.keys() - many == set(), "not many any more"


def _parameters(node: Function) -> set[str]:
    return {arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)} - GIVEN


PROTOCOL = "what every connector calls: a contract that cannot change"
FIELDS = "the fields of a new record, each optional for the caller"
MORE = {
    "connectors/contract.py:request": PROTOCOL,
    "crm_core/contacts/card.py:create": FIELDS,
    "crm_core/deals/listing/service.py:list_deals": "what a list is narrowed by",
    "crm_core/deals/service.py:create": FIELDS,
    "crm_core/tasks/service.py:create": FIELDS,
    "crm_core/users/service.py:create": FIELDS,
    "hub/http.py:request": PROTOCOL,
    "inbox/actions/store.py:say": "the columns of a message",
    "inbox/channels/service.py:create": FIELDS,
    "inbox/channels/service.py:update": FIELDS,
}


def test_sql_stands_in_stores() -> None:
    elsewhere = {
        path
        for path, tree in TREES.items()
        if not Path(path).stem.endswith("store") and any(STATEMENT.match(text) for text in _texts(tree))
    }
    assert elsewhere - SQL.keys() == set(), "statements belong into the owner's store.py"
    assert SQL.keys() - elsewhere == set(), "no SQL there any more"


SQL = {
    "hub/backup.py": "copies whole tables",
    "hub/bootstrap.py": "makes the database",
    "hub/demo/servers/imap_session.py": "IMAP's SELECT, not SQL's",
    "hub/doctor/servers.py": "asks the server what it is",
    "hub/engines/postgres.py": "speaks with the server itself",
    "hub/migrate.py": "makes the tables",
}
