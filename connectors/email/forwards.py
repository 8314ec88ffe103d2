"""Mail that somebody sends on: whose it was, when, about what; from the text, or from a mail attached. Pure, linear."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.email.addresses import addresses
from connectors.email.content import content_of
from connectors.email.html_text import Line
from connectors.email.mime import Part, leaves, split_head
from connectors.email.phrases import FORWARDED
from connectors.email.replies import EXAMINED, RULE, is_header_block, joined, label, split, until_history

PREFIX: Final = re.compile(
    r"\A\s{0,9}(?:fwd?|wg|tr|rv|enc|i|vb|vs|doorst|videresendt|пересл|пер|转发|转寄|轉寄|轉發|ilet|iltt|yml|pd|переслано)"
    r"(?:\[\d{1,3}\])?\s{0,3}[:：]",
    re.IGNORECASE,
)
BRACKETS: Final = re.compile(r"\s{0,9}\[(?:mailto:)?([^\s\[\]]{3,300})\]")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
HEADER: Final = 16
SIZE: Final = 2 * 1024 * 1024
NESTED: Final = 5
"""Forwards of forwards that are taken apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """`text` is what the one who forwards wrote, and then what was forwarded; `history` is the rest. `original` has
    name, address, date and subject of the latter, as far as they are told, and `through` whom it came if sent on before."""

    text: str
    history: str
    original: Mapping[str, str] = field(default_factory=dict[str, str])


def is_forward(subject: str) -> bool:
    """Whether the subject says so, in the manner of the common programs."""
    return bool(PREFIX.match(subject[:200]))


def read(lines: Sequence[Line], parts: Sequence[Part], *, subject: str) -> Forward:
    """The words of a mail. Without a forward in it `original` is empty."""
    found = _inline(lines, subject=subject) or _attached(lines, parts, subject=subject)
    if found is not None:
        return found
    text, history = split(lines)
    return Forward(text=text, history=history)


def _inline(lines: Sequence[Line], *, subject: str) -> Forward | None:
    """A forward within the text: below the line that programs put there, or by the subject and a mail's header."""
    texts: list[str] = []
    below: list[str] = []
    original: dict[str, str] = {}
    told = is_forward(subject)
    for _ in range(NESTED):
        start = _start(lines, told=told)
        found, end = _header(lines, start) if start is not None else ({}, 0)
        if not found or not any(line.text for line in lines[end:]):
            break
        note, history = split(lines[:start])
        texts.append(note)
        below += [history, joined(lines[start:end])]
        through = _listed(original)
        original = {**found, **({"through": through} if through else {})}
        lines, told = [Line(text=line.text) for line in lines[end:]], False
    if not original:
        return None
    return Forward(text=_joined(*texts, joined(lines)), history=_joined(*below), original=original)


def _listed(forwarder: Mapping[str, str]) -> str:
    """Everybody who sent it on, the first one last."""
    name, address = forwarder.get("name", ""), forwarder.get("address", "")
    shown = f"{name} <{address}>" if name and address else name or address
    return ", ".join(part for part in (forwarder.get("through", ""), shown) if part)


def _attached(lines: Sequence[Line], parts: Sequence[Part], *, subject: str) -> Forward | None:
    """The one mail that is attached where the subject says that it is sent on."""
    mails = [part for part in parts if part.mime in {"message/rfc822", "message/global"}]
    if len(mails) != 1 or not is_forward(subject):
        return None
    data = mails[0].content()[:SIZE].lstrip()
    headers, _ = split_head(data)
    original = _person(headers.raw("from")) | {
        "date": headers.text("date")[:100],
        "subject": headers.text("subject")[:300],
    }
    if not original.get("address"):
        return None
    note, history = split(lines)
    text = joined(content_of(list(leaves(data))).lines)
    return Forward(
        text=_joined(note, text),
        history=history,
        original=_clean(original),
    )


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _start(lines: Sequence[Line], *, told: bool) -> int | None:
    for i, line in enumerate(lines[:EXAMINED]):
        bare = line.text.strip(RULE + ":>").lower()
        if bare and len(bare) < 60 and (bare.startswith(FORWARDED) or bare.endswith(FORWARDED)):
            return i if told or until_history(lines[:i]) == i else None
        kind = label(line.text)[0]
        if told and kind in {"from", "date", "subject"} and is_header_block(lines, i):
            return i
        if line.quoted and not told:
            return None
    return None


def _header(lines: Sequence[Line], start: int) -> tuple[dict[str, str], int]:
    """What the lines of the header tell, and where they end. Nothing unless somebody is named."""
    found: dict[str, str] = {}
    end = start
    for i in range(start, min(len(lines), start + HEADER)):
        kind, value = label(lines[i].text)
        if kind:
            found.setdefault(kind, value)
            end = i + 1
        elif len(found) >= (2 if lines[i].text.strip() else 3):
            break
    if "from" not in found or len(found) < 2:
        return {}, start
    told = _person(found["from"]) | {
        "date": found.get("date", "")[:100],
        "subject": found.get("subject", "")[:300],
    }
    return _clean(told), end


def _clean(told: Mapping[str, str]) -> dict[str, str]:
    return {name: clean for name, value in told.items() if (clean := CONTROL.sub(" ", value).strip())}


def _person(value: str) -> dict[str, str]:
    """Name and address; Outlook writes "Ann [mailto:ann@example.com]"."""
    value = BRACKETS.sub(r" <\1>", value[:1000]).replace("<mailto:", "<")
    found = addresses(value)
    if not found:
        return {"name": " ".join(value.split())[:200]}
    return {"name": found[0].name, "address": found[0].value[:320]}
