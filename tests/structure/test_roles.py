"""Roles are asked what they may do, in one table: no page, look-up, template or statement compares their names."""

from __future__ import annotations

import ast
import re

from tests.structure.test_house import ROOT, SOURCES

TABLE = "crm_core/access/"
"""Where the abilities of roles stand."""
IN_TEMPLATE = re.compile(r"\.role\s*(==|!=|in\b|not in\b)|(==|!=)\s*\w+\.role\b")
IN_SQL = re.compile(r"\brole\s*(?:=|<>|!=|IN|NOT IN)\s*\(?\s*'", re.IGNORECASE)
CAN = re.compile(r"\.can\(\s*[\"']([\w ]+)[\"']\s*\)")


def test_no_module_compares_roles() -> None:
    at_fault = {
        f"{path}:{node.lineno}"
        for path, source in SOURCES.items()
        if not path.startswith(TABLE)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare) and any(_is_role(side) for side in (node.left, *node.comparators))
    }
    assert at_fault == set(), "ask `can(...)` of the user or the viewer"


def test_no_statement_compares_roles() -> None:
    assert {path for path, source in SOURCES.items() if IN_SQL.search(source)} == set(), (
        "give `roles_with(...)`"
    )


def test_templates_ask_for_abilities_that_there_are() -> None:
    from crm_core.access.abilities import GRANTED

    templates = {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for path in sorted((ROOT / "hub/web/templates").rglob("*.html"))
    }
    assert {path for path, text in templates.items() if IN_TEMPLATE.search(text)} == set()
    asked = {ability for text in templates.values() for ability in CAN.findall(text)}
    assert asked
    assert asked <= set(GRANTED)


def test_no_viewer_sees_everything_by_default() -> None:
    at_fault = {
        f"{path}:{node.lineno}"
        for path, source in SOURCES.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _has_default_viewer(node.args)
    }
    assert at_fault == set(), "who is looking is always said"


def _is_role(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr="role") | ast.Name(id="role"):
            return True
        case ast.Subscript(slice=ast.Constant(value="role")):
            return True
    return False


def _has_default_viewer(args: ast.arguments) -> bool:
    positional = [*args.posonlyargs, *args.args]
    defaulted = [*positional[len(positional) - len(args.defaults) :]] if args.defaults else []
    named = [
        arg for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is not None
    ]
    return any(arg.arg == "viewer" for arg in (*defaulted, *named))
