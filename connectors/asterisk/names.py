"""What the fields of an event say: numbers, names, the other half of a Local channel. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

DIALLED = re.compile(r"\+?\d{2,20}")


def is_noise(event: Mapping[str, str]) -> bool:
    """Of variables only the recording's name matters, of the dial plan's steps only the mailbox."""
    match event.get("Event"):
        case "VarSet":
            return event.get("Variable") != "MIXMONITOR_FILENAME"
        case "Newexten":
            return event.get("Application", "").lower() != "voicemail"
        case _:
            return False


def number_dialled(event: Mapping[str, str]) -> str:
    """The number that is dialled: `79161234567@trunk`, `trunk/79161234567`, `trunk/sip:79161234567@host:5060`."""
    for part in event.get("DialString", "").rpartition("/")[2].split("@")[:1]:
        if found := DIALLED.search(part):
            return found[0]
    return next(
        (event[name] for name in ("DestCallerIDNum", "Exten") if DIALLED.fullmatch(event.get(name, ""))), ""
    )


def number_shown(event: Mapping[str, str], *, user: str) -> str:
    """Our number as the person called sees it, where it is not just the extension."""
    shown = event.get("DestConnectedLineNum") or event.get("CallerIDNum", "")
    return shown if DIALLED.fullmatch(shown) and shown != user and len(shown) > 6 else ""


def person_name(name: str) -> str:
    return "" if name.startswith("<") or DIALLED.fullmatch(name) else name[:200]


def other_half(channel: str) -> str:
    if not channel.startswith("Local/") or channel[-2:] not in (";1", ";2"):
        return ""
    return channel[:-1] + ("2" if channel.endswith("1") else "1")
