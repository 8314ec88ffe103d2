"""The words of the bundled bot rules that colleagues read: why the bot hands over, and the titles of its tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from chatbot.texts import MAYBE, PLACE

SAID = re.compile(r"^\s*- (?:hand_over|task): (.+)$", re.MULTILINE)


def said(folder: Path) -> Iterator[str]:
    """Each sentence as a template with `{names}`; one with a part that may be missing is there with it and without."""
    for path in sorted(folder.rglob("*.yaml")):
        for line in SAID.findall(path.read_text()):
            text = line.strip("\"'")
            yield PLACE.sub(r"{\1}", MAYBE.sub("", text))
            if MAYBE.search(text):
                yield PLACE.sub(r"{\1}", MAYBE.sub(r"\2", text))
