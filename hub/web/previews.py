"""The line of the last message in lists: what our own code wrote there is said in the reader's language, the rest stays."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hub.web.i18n import gettext, ngettext

CLIP = "📎 "
"""Put before the names or the number of files where a message has no words (inbox/process, inbox/conversations)."""
CALL = re.compile(
    r"(?:Incoming|Outgoing) call, (?:in progress|ringing|missed|busy|failed|voicemail|unknown|\d+:\d\d)"
)
"""What inbox/calls/wording.py writes. A customer's words are never taken for a sentence of ours: they stay as they are."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A text and the icon before it; the icon may be none."""

    text: str
    icon: str = ""


def preview(line: str) -> Preview:
    """How a line of the list is shown."""
    if CALL.fullmatch(line):
        return Preview(gettext(line))
    if not line.startswith(CLIP):
        return Preview(line)
    named = line.removeprefix(CLIP)
    if not named.isdecimal():
        return Preview(named, "clip")
    count = int(named)
    return Preview(ngettext("%(count)s file", "%(count)s files", count) % {"count": count}, "clip")
