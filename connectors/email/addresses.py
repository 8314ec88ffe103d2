"""Addresses and message ids out of header values, however badly written; linear and never raising."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from connectors.email.decode import words

MESSAGE_ID: Final = re.compile(r"<\s*([^<>]{1,900}?)\s*>")
ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"@\\]{1,64}@[^\s<>()\[\],;:\"@\\]{1,255}")
QUOTED_LOCAL: Final = re.compile(r'"[^"@<>\\\r\n]{1,64}"@[^\s<>()\[\],;:"@\\]{1,255}')
CAP: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox: `value` is lower case for matching, `raw` as it came."""

    name: str
    value: str
    raw: str

    @property
    def domain(self) -> str:
        return self.value.rpartition("@")[2]


def addresses(value: str) -> list[Address]:
    """All mailboxes of an undecoded header value, in order. Groups give their members."""
    value = value[:CAP]
    found = [address for item in _items(value) if (address := _address(item))]
    if not found and "=?" in value:
        found = [address for item in _items(words(value)) if (address := _address(item))]
    return found


def message_ids(value: str) -> list[str]:
    """The ids of a Message-ID, In-Reply-To or References value, without angle brackets."""
    value = value[:CAP]
    found = ["".join(item.split()) for item in MESSAGE_ID.findall(value)]
    if found:
        return list(dict.fromkeys(item for item in found if item))
    bare = value.strip(" <>\t")
    return [bare] if "@" in bare and len(bare) <= 900 and " " not in bare else []


def _items(value: str) -> list[str]:
    """Cut at commas, semicolons and group colons that stand outside quotes and angle brackets; comments stay."""
    items: list[str] = []
    start = 0
    quoted = angle = escaped = False
    for i, sign in enumerate(value):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == '"' and not angle:
            quoted = not quoted
        elif quoted:
            continue
        elif sign in "<>":
            angle = sign == "<"
        elif sign in ",;" and not angle:
            items.append(value[start:i])
            start = i + 1
    items.append(value[start:])
    if len(items) == 1 and quoted and "," in value:
        return value.split(",")
    return items


def _address(item: str) -> Address | None:
    bracket = item.rfind("<")
    spec, name = (item[bracket + 1 :].partition(">")[0], item[:bracket]) if bracket >= 0 else (item, "")
    match = (
        ADDRESS.fullmatch(spec.strip())
        or ADDRESS.search(spec)
        or QUOTED_LOCAL.search(spec)
        or ADDRESS.search(item)
    )
    if not match:
        return None
    raw = _sound(match[0])
    if bracket < 0:
        name = _comment(item) or item.replace(match[0], "")
    return Address(name=_name(name, raw), value=raw.lower(), raw=raw)


def _sound(found: str) -> str:
    """Without the marks around it. Dots before the @ are kept: Japanese carriers gave out addresses that begin, double
    and end with them, and without them the address is somebody else's."""
    return found.lstrip("'").rstrip(".'")


def _comment(item: str) -> str:
    start, end = item.find("("), item.rfind(")")
    return item[start + 1 : end] if 0 <= start < end else ""


def _name(name: str, raw: str) -> str:
    text = words(name).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    text = " ".join(text.replace('\\"', '"').replace("\\\\", "\\").strip(" \"'<>,;").split())[:200]
    return "" if text.lower() == raw.lower() else text
