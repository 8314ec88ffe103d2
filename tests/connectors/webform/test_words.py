"""Every sentence for visitors is there in every language, with the same blanks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import connectors.webform
import hub.public
from connectors.webform.fields import parse_fields
from connectors.webform.texts import say, table
from hub.public.words import SAID_BY_SCRIPTS

FOLDERS = (Path(connectors.webform.__file__).parent.parent, Path(hub.public.__file__).parent)
SAYS = re.compile(r"""\bsay\(\s*(?:[\w.]+(?:\([^)]*\))?,\s*)?["']([^"']+)["']""")
BLANK = re.compile(r"\{\w+\}")


def said() -> set[str]:
    files = [
        path
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.suffix in (".py", ".html", ".js")
        and "telegram" not in path.parts
        and "email" not in path.parts
    ]
    found = {text for path in files for text in SAYS.findall(path.read_text(encoding="utf-8"))}
    return found | set(SAID_BY_SCRIPTS) | {field.label for field in parse_fields("")}


@pytest.mark.parametrize("language", ["km", "ru"])
def test_all_is_translated(language: str) -> None:
    texts = said()
    assert len(texts) > 60
    assert {text for text in texts if text not in table(language)} == set()
    for text in texts:
        assert sorted(BLANK.findall(text)) == sorted(BLANK.findall(table(language)[text])), text
        assert table(language)[text] != text


def test_scripts_get_all_that_they_say() -> None:
    scripts = Path(hub.public.__file__).parent / "static" / "chat"
    texts = {text for path in scripts.glob("*.js") for text in SAYS.findall(path.read_text(encoding="utf-8"))}
    assert texts <= set(SAID_BY_SCRIPTS)


def test_an_unknown_language_speaks_english() -> None:
    assert say("xx", "Please attach at most {n} files.", n=3) == "Please attach at most 3 files."
