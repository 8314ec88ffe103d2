"""Forms are read, and shown again when they are refused, in one place: hub/web/forms.py."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "hub" / "web"
MODULES = sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*.py"))
ELSEWHERE = [name for name in MODULES if name != "forms.py"]
ASKED = {"form", "posted", "query", "match_info", "cookies", "getall"}
"""How a module gets at what a browser sends."""
ADDRESS = ("context.py",)
"""An id in an address: the routes match digits alone."""


def _tree(name: str) -> ast.Module:
    return ast.parse((WEB / name).read_text(encoding="utf-8"))


def _names(tree: ast.AST) -> set[str]:
    nodes = list(ast.walk(tree))
    called = {node.id for node in nodes if isinstance(node, ast.Name)}
    return called | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def _parses(node: ast.AST) -> bool:
    """`int(text)` and its like of a name, a field or a stripped text; not of a number that something computed."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
        return False
    given = node.args[0]
    texts = (
        isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute) and given.func.attr in _TEXTS
    )
    return node.func.id in ("int", "float", "Decimal") and (
        texts or isinstance(given, (ast.Name, ast.Subscript))
    )


_TEXTS = {"get", "getone", "strip", "replace", "group"}


@pytest.mark.parametrize("name", [name for name in ELSEWHERE if name not in ADDRESS])
def test_no_page_reads_numbers_of_a_form_by_hand(name: str) -> None:
    tree = _tree(name)
    if _names(tree) & ASKED:
        assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and _parses(node)]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_no_page_says_by_hand_that_a_form_was_refused(name: str) -> None:
    keywords = [node for node in ast.walk(_tree(name)) if isinstance(node, ast.keyword)]
    by_hand = {node.value.lineno for node in keywords if node.arg == "status" and _is(node.value, 422)}
    assert not by_hand


def _is(node: ast.expr, value: int) -> bool:
    return any(isinstance(each, ast.Constant) and each.value == value for each in ast.walk(node))


@pytest.mark.parametrize("name", ELSEWHERE)
def test_amounts_and_moments_have_one_reader(name: str) -> None:
    """What a person typed as money is read by `forms.money`, a company's name by `forms.company`."""
    text = (WEB / name).read_text(encoding="utf-8")
    assert "money.parse(" not in text
    assert "read_day(" not in text or name == "moments.py"
