"""Templates: what is imported without the context of a page keeps no language, and every name in one is given by somebody."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from hub.web.render import ENV

TEMPLATES = Path(__file__).parents[2] / "hub" / "web" / "templates"
IMPORT = re.compile(r'\{% (?:import|from) "([^"]+)"(.*?)%\}')
MACRO = re.compile(r"\{% macro .*?\{% endmacro %\}", re.S)
SPOKEN = re.compile(r"gettext\(|\{% trans|\|tr\b|\|(?:when|since|moment|clock|money|number)\b")


def _shared() -> list[str]:
    found = [
        match
        for path in TEMPLATES.rglob("*.html")
        for match in IMPORT.findall(path.read_text(encoding="utf-8"))
    ]
    return sorted({name for name, how in found if "with context" not in how})


@pytest.mark.parametrize("name", _shared())
def test_shared_templates_speak_only_inside_macros(name: str) -> None:
    outside = MACRO.sub("", (TEMPLATES / name).read_text(encoding="utf-8"))
    assert not SPOKEN.search(outside)


@pytest.mark.parametrize("name", sorted(ENV.list_templates(extensions=["html"])))
def test_every_name_in_a_template_is_given_by_somebody(name: str) -> None:
    """A name that no call passes, no other template sets and the environment lacks is left over from a renaming."""
    wanted = meta.find_undeclared_variables(_parsed(name))
    assert wanted - _given() - set(ENV.globals) == set()


def _parsed(name: str) -> nodes.Template:
    return ENV.parse((TEMPLATES / name).read_text(encoding="utf-8"))


@cache
def _given() -> frozenset[str]:
    """Keywords and keys in the code of the pages, and what templates set for those that they include."""
    found: set[str] = set()
    for path in TEMPLATES.parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
            elif isinstance(node, ast.Dict):
                found.update(
                    key.value
                    for key in node.keys
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                )
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                found.add(str(node.slice.value))
    for name in ENV.list_templates(extensions=["html"]):
        tree = _parsed(name)
        found.update(node.name for node in tree.find_all(nodes.Name) if node.ctx == "store")
        found.update(node.target for node in tree.find_all(nodes.Import))
        found.update(node.name for node in tree.find_all(nodes.Macro))
    return frozenset(found)
