"""What the documents name is there: files, targets of make, modules that are run."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "CONTRIBUTING.md",
    "README.md",
    "docs/architecture.md",
    "connectors/README.md",
    "chatbot/README.md",
)
FLOORS = "hub|inbox|connectors|chatbot|crm_core|values|tests|benchmarks|docs"
PATHS = re.compile(rf"`((?:{FLOORS})/[^`\s]*)`|\]\(([^)#:]+)\)")
MADE_UP = re.compile(r"NNNN|NAME|<|shout|acme|\*|/in/")
"""Placeholders, and what an example makes."""
TARGETS = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_and_links_lead_somewhere(document: str) -> None:
    named = {inside or link for inside, link in PATHS.findall(text_of(document))}
    lost = {name for name in named if not MADE_UP.search(name) and not _is_there(name, document)}
    assert lost == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_has_what_is_made(document: str) -> None:
    named = set(re.findall(r"(?:`|^    )make (\w+)", text_of(document), re.MULTILINE))
    assert named - set(TARGETS) == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_modules_that_are_run_are_there(document: str) -> None:
    named = set(re.findall(r"python -m ([\w.]+)", text_of(document)))
    assert {name for name in named if find_spec(name) is None} == set()


def _is_there(name: str, document: str) -> bool:
    """From the root, or from where the document lies; a module may be named without its ending."""
    places = (ROOT / name, (ROOT / document).parent / name)
    return any(place.exists() or place.with_suffix(".py").exists() for place in places)
