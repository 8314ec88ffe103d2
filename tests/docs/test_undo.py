"""The table of verbs and their undo: the document shows the one in the code, and every verb that is in use stands in it."""

from __future__ import annotations

import re
from pathlib import Path

from crm_core.acts.verbs import VERBS

ROOT = Path(__file__).parents[2]
SAID = {
    "back": "put back",
    "inverse": "another verb",
    "bin": "to the bin",
    "none": "not possible, said before",
}
ELSEWHERE = {"contact.split", "note.write", "bulk", "undo"}
"""Not verbs of one record's room: those that nothing takes back, and those that stand around others."""


def test_the_document_shows_the_table() -> None:
    text = (ROOT / "docs" / "undo.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{kind}` | {verb.title} | {SAID[verb.how]} | {verb.undo} |" for kind, verb in VERBS.items()
    ]


def test_every_verb_of_the_table_is_carried_out_somewhere() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "crm_core").rglob("*.py"))
    used = set(re.findall(r'@verb\("([a-z._]+)"\)', sources))
    binned = {kind for kind in VERBS if kind.endswith((".delete", ".restore"))}
    assert used | binned | ELSEWHERE == set(VERBS)
