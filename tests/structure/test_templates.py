"""A template that is imported without the context of a page is made once for all readers: its language must not stick."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
