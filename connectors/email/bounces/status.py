"""Delivery status by RFC 3464, as it really comes: blocks run together, fields missing, or told in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from connectors.email.read.addresses import addresses

SIZE: Final = 256 * 1024
BLOCKS: Final = 500
FIELD: Final = re.compile(
    r"^(final-recipient|original-recipient|action|status|diagnostic-code|x-actual-recipient):[ \t]*(.*)$",
    re.I,
)
CODE: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")

FAILED: Final = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]\d)")
"""Codes that tell of a failure."""
CARRIERS: Final = (".ne.jp", ".au.com")
"""Whose old addresses have dots where none may be."""


@dataclass(slots=True)
class RecipientStatus:
    """What one block says of one recipient."""

    recipient: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""


def told_by(text: str) -> list[RecipientStatus]:
    """One entry a recipient; a block without one is left out."""
    return [told for told in _blocks(text[:SIZE]) if told.recipient]


def _blocks(text: str) -> Iterator[RecipientStatus]:
    told = RecipientStatus()
    ranked = count = 0
    seen: set[str] = set()
    for name, value in _fields(text):
        if name == "" or (name.endswith("-recipient") and name in seen):
            if told.recipient:
                yield told
                count += 1
                if count >= BLOCKS:
                    return
            told, ranked, seen = RecipientStatus(), 0, set[str]()
        seen.add(name)
        if name.endswith("-recipient"):
            rank = {"original-recipient": 3, "final-recipient": 2}.get(name, 1)
            found = _address(value)
            if found and rank > ranked:
                told.recipient, ranked = found, rank
        elif name == "action":
            told.action = (re.findall(r"[a-z]+", value.lower()) or [""])[0]
        elif name == "status":
            told.status = (CODE.findall(value) or [""])[0]
        elif name == "diagnostic-code":
            told.diagnostic = value[:2000]
    yield told


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Fields unfolded; ("", "") for a blank line."""
    name, value = "", ""
    for line in text.split("\n"):
        if name and line[:1] in {" ", "\t"} and line.strip():
            value += " " + line.strip()
            continue
        if name:
            yield name, value
            name = ""
        found = FIELD.match(line.strip()[:4000])
        if found:
            name, value = found[1].lower(), found[2].strip()
        elif not line.strip():
            yield "", ""
    if name:
        yield name, value


def _address(value: str) -> str:
    bare = value.rpartition(";")[2] if ";" in value else value
    found = addresses(bare) or addresses(value.replace(";", " "))
    if not found or (".." in found[0].value and not found[0].value.endswith(CARRIERS)):
        return ""
    return found[0].raw
