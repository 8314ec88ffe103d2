"""Whoever catches everything says why, on the same line: it is either the rim or a loop that must live."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("hub", "inbox", "connectors", "chatbot", "crm_core", "values")
CATCHES = re.compile(
    r"except \(?\s*(?:Base)?Exception\b(?!Group)[^:]*:[^\S\n]*(?P<why>#[^\n]*)?(?P<next>\n\s*[^\n]*)"
)
PATHS = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_broad_except_has_a_reason(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bare = [
        found[0] for found in CATCHES.finditer(text) if not found["why"] and not _raises(text, found.end())
    ]
    assert not bare


def _raises(text: str, at: int) -> bool:
    """Whether what it catches goes on: such a block only tidies up."""
    block = text[at:].split("\n\n")[0]
    return "raise" in block
