"""Answers to invitations that calendar programs send (accepted, declined). An invitation itself is a person's."""

from __future__ import annotations

import re
from typing import Final

from connectors.email.machines.look import Look

METHOD: Final = re.compile(rb"(?im)^METHOD[ \t]*:[ \t]*(REPLY|COUNTER|DECLINECOUNTER|REFRESH)\b")


def asks(look: Look) -> bool:
    calendars = [part for part in look.parts if part.mime == "text/calendar"]
    return any(METHOD.search(part.content()[:65_536]) for part in calendars[:5])
