"""Addresses and message ids out of header values, however badly written; linear and never raising."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from connectors.email.read.decode import WORD, words
from values.mailboxes import unquoted
from values.texts import one_line

MESSAGE_ID: Final = re.compile(r"<\s*([^<>]{1,900}?)\s*>")
ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"@\\]{1,64}@[^\s<>()\[\],;:\"@\\]{1,255}")
QUOTED_LOCAL: Final = re.compile(r'"[^"@<>\\\r\n]{1,64}"@[^\s<>()\[\],;:"@\\]{1,255}')
COMMENT: Final = re.compile(r"\((?:[^()\\]|\\.)*+\)")
GLUED: Final = re.compile(r"(?<=\w)\((?:[^()\\]|\\.)*+\)")
"""A comment at a name's last letter; apart from it people mean it to be read: `Jane (Sales)`."""
NAMES: Final = 4
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
    if "=?" in value and "@" not in WORD.sub("", value):
        value = words(value)  # the whole of it stands in encoded words
    return [address for item in _named_whole(_items(value)) if (address := _address(item))]


def message_ids(value: str) -> list[str]:
    """The ids of a Message-ID, In-Reply-To or References value, without angle brackets."""
    value = value[:CAP]
    found = ["".join(item.split()) for item in MESSAGE_ID.findall(value)]
    if found:
        return list(dict.fromkeys(item for item in found if item))
    bare = value.strip(" <>\t")
    return [bare] if "@" in bare and len(bare) <= 900 and " " not in bare else []


def _items(value: str) -> list[tuple[str, str]]:
    """Cut at commas, semicolons and group colons that stand outside quotes, comments and angle brackets: each with the
    sign before it."""
    items, whole = _cut(value, comments=True)
    if not whole:
        items, whole = _cut(value, comments=False)
    if len(items) == 1 and not whole and "," in value:
        return [(",", item) for item in value.split(",")]
    return items


def _cut(value: str, *, comments: bool) -> tuple[list[tuple[str, str]], bool]:
    """The items, and whether all that was opened was closed again."""
    items: list[tuple[str, str]] = []
    before, start, depth = "", 0, 0
    quoted = angle = escaped = False
    for i, sign in enumerate(value):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == '"' and not angle and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif comments and sign in "()":
            depth = depth + 1 if sign == "(" else max(0, depth - 1)
        elif depth:
            continue
        elif sign in "<>":
            angle = sign == "<"
        elif sign in ",;" and not angle:
            items.append((before, value[start:i]))
            before, start = sign, i + 1
    items.append((before, value[start:]))
    return items, not (quoted or depth)


def _named_whole(items: list[tuple[str, str]]) -> list[str]:
    """The items, those between commas that only begin the name of the next one put before it: `Smith, Jane <jane@…>`."""
    found: list[str] = []
    begun: list[str] = []
    for before, item in items:
        if before != ",":
            found += begun
            begun = []
        if "@" not in item and ":" not in item and item.strip() and len(begun) < NAMES:
            begun.append(item)
            continue
        name = item.partition("<")[0]
        is_named = "<" in item and "@" not in name and any(map(str.isalpha, name))
        found += [",".join([*begun, item])] if is_named else [*begun, item]
        begun = []
    return found + begun


def _address(item: str) -> Address | None:
    bracket = item.rfind("<")
    spec, name = (item[bracket + 1 :].partition(">")[0], item[:bracket]) if bracket >= 0 else (item, "")
    plain = _uncommented(spec)
    match = (
        ADDRESS.fullmatch(spec.strip())
        or ADDRESS.search(plain)
        or ADDRESS.search(spec)
        or QUOTED_LOCAL.search(spec)
        or ADDRESS.search(item)
    )
    if not match:
        return None
    raw = _sound(match[0])
    if bracket < 0:
        name = _comment(item) or item.replace(match[0], "")
    return Address(name=_name(GLUED.sub("", name), raw), value=unquoted(raw).lower(), raw=raw)


def _uncommented(spec: str) -> str:
    """Without comments, as deep as people nest them."""
    for _ in range(3):
        spec = COMMENT.sub("", spec)
    return spec


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
    text = one_line(text.replace('\\"', '"').replace("\\\\", "\\").strip(" \"'<>,;"), 200)
    return "" if text.lower() == raw.lower() else text
