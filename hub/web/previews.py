"""The line of the last message in lists: what our own code wrote there is said in the reader's language, the rest stays."""

from __future__ import annotations

from dataclasses import dataclass

from hub.wording.i18n import gettext, ngettext
from values.sentences import Sentence

CLIP = "📎 "
"""Put before the names or the number of files where a message has no words (inbox/messages, inbox/actions)."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A text and the icon before it; the icon may be none."""

    text: str
    icon: str = ""


def preview(line: str) -> Preview:
    """How a line of the list is shown."""
    if isinstance(line, Sentence):
        return Preview(gettext(line))
    if not line.startswith(CLIP):
        return Preview(line)
    named = line.removeprefix(CLIP)
    if not named.isdecimal():
        return Preview(named, "clip")
    count = int(named)
    return Preview(ngettext("%(count)s file", "%(count)s files", count) % {"count": count}, "clip")
