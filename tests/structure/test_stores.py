"""What a store gives is typed: neither rows of the driver nor dictionaries of columns leave it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.structure.test_shape import SQL, TREES, Function

UNTYPED = {"Any", "Record", "Row", "object"}
COLLECTIONS = {"list", "tuple", "sorted"}
ASKING = {"fetch", "fetchrow", "fetchval", "execute", "executemany", "cursor", "prepare"}


def test_a_store_says_what_it_gives() -> None:
    found = dict(_public())
    assert len(found) > 300
    at_fault = {name for name, node in found.items() if node.returns is None or _is_untyped(node.returns)}
    assert at_fault == set(), "give a frozen dataclass"


def test_no_row_leaves_a_store_as_a_dictionary() -> None:
    assert {name for name, node in _public() if _gives_rows(node)} == set(), "give a frozen dataclass"


def test_only_stores_speak_with_the_database() -> None:
    elsewhere = {
        f"{path}:{node.lineno}"
        for path, tree in TREES.items()
        if path not in SQL and not _is_store(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ASKING and _is_connection(node.value)
    }
    assert elsewhere == set(), "a function of the room's store"


def test_untyped_answers_are_seen() -> None:
    untyped = ("Any", "list[asyncpg.Record]", "dict[str, Any] | None", "list[Mapping[str, object]]", "dict")
    assert all(_is_untyped(_expression(text)) for text in untyped)
    typed = ("None", "list[Contact]", "dict[int, tuple[str, ...]]")
    assert not any(_is_untyped(_expression(text)) for text in typed)


def test_rows_that_are_given_are_seen() -> None:
    rows = (
        "dict(row)",
        "dict(row or {})",
        "[dict(row) for row in rows]",
        "{row['id']: dict(row) for row in rows}",
    )
    assert all(_gives_rows(_returning(text)) for text in rows)
    values = ("Contact(**dict(row))", "dict(row['utm'])", "[flat(dict(row)) for row in rows]")
    assert not any(_gives_rows(_returning(text)) for text in values)


def _public() -> Iterator[tuple[str, Function]]:
    """The functions of stores that others call."""
    for path, tree in TREES.items():
        if _is_store(path):
            for node in tree.body:
                if isinstance(node, Function) and not node.name.startswith("_"):
                    yield f"{path}:{node.name}", node


def _is_store(path: str) -> bool:
    return path.endswith("store.py") or "/stores/" in path


def _is_connection(value: ast.expr) -> bool:
    return getattr(value, "id", getattr(value, "attr", "")).strip("_") in {"conn", "pool"}


def _is_untyped(annotation: ast.expr) -> bool:
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(annotation)}
    return bool(names & UNTYPED) or ast.unparse(annotation).partition(" ")[0] == "dict"


def _gives_rows(node: Function) -> bool:
    """Whether a row is returned as a dictionary. To make a value of one (`Contact(**dict(row))`) is what stores are for."""
    return any(
        _has_rows(each.value) for each in ast.walk(node) if isinstance(each, ast.Return) and each.value
    )


def _has_rows(value: ast.AST) -> bool:
    if isinstance(value, ast.Call):
        name = getattr(value.func, "id", "")
        if name == "dict":
            return any(isinstance(argument, ast.Name | ast.BoolOp) for argument in value.args)
        return name in COLLECTIONS and any(_has_rows(argument) for argument in value.args)
    return any(_has_rows(inner) for inner in ast.iter_child_nodes(value))


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _returning(text: str) -> Function:
    [node] = ast.parse(f"def given(row, rows):\n    return {text}").body
    assert isinstance(node, Function)
    return node
