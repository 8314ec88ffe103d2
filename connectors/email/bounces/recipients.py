"""Whom a daemon's letter in no form is about: addresses where such letters put them, best places first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.email.bounces.status import CARRIERS

LINES: Final = 400
LINE: Final = 500
ADDRESS: Final = re.compile(
    r"[^\s<>()\[\],;:\"'@\\=\u3000-\u303f\uff00-\uff20（）：，]{1,64}@[\w-][\w.-]{0,250}\.[\w-]{2,40}"
)
LABEL: Final = re.compile(
    r"(?i)(?:^|:|;|\b(?:to|for|smtp=|expanded from|generated from|mailbox|address|recipient|an|à|a|para"
    r"|адресу|получателю|адрес)"
    r"|[地址件人给給])[:\s]{0,3}(?:smtp|rfc822|mailto)?[:;\s]{0,3}[\[<(\"'`]{0,3}$"
)
ABOUT: Final = re.compile(
    r"(?i)(?:addressed|delivered to|undeliverable to|message to|deliver(?:y)? to|mail to|reach|(?:mailbox"
    r"|user|account|recipient)(?=[^@]{0,15}$))\b[^@]{0,60}$"
)
FAILED: Final = re.compile(
    r"(?i)unknown|rejected|not (?:found|exist|deliver|accept|known|list)|n't exist|unavailable|quota|fail"
    r"|undeliver|\b5\d\d\b|refused|disabled|full"
    r"|delay|не существует|не найден|不存在"
)
NOT_ABOUT: Final = re.compile(
    r"(?i)(?:^|[\s>])(?:by|(?<!expanded )(?<!generated )from|cc|reply-to|sender|contact|questions?"
    r"|write to|e-?mail us|subject|message-id|received"
    r"|helo|mail from|sent by|forward .{0,60} to|sent from|addressee of|postmaster at"
    r"|administrator)\b[^@]{0,80}$"
)
ASIDE: Final = re.compile(
    r"(?i)^\W{0,4}(?:to|from|sender|reply-to|cc|message-id|subject|date|received|original-sender|x-[\w-]+"
    r"|return-path)\s*:"
)
STAFF: Final = ("postmaster@", "mailer-daemon@", "abuse@", "helpdesk@", "support@", "noc@", "mailmaster@")
BARE: Final = re.compile(r"^[ \t>]*([A-Za-z0-9][\w.+-]{1,60})(?:\s{2,}.*)?$")
INTRO: Final = re.compile(
    r"(?i)(?:following|these|this) (?:recipient|address|user)|recipients? (?:could|did|were|are)"
    r"|not delivered to"
)


REPLIED: Final = re.compile(r"^\W{0,4}[45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3}[ :]*)?[<\s]{0,3}$")
"""A server's answer that begins with the address it is about."""
SEGMENT: Final = 800
SEGMENTS: Final = 10


@dataclass(frozen=True, slots=True)
class Named:
    """An address and the words about it."""

    address: str
    words: str


def named_in(notice: str, *, ours: str, domain: str) -> list[Named]:
    """Recipients in a notice: at the start of a line, after words that name one, or in a line that tells of failure."""
    lines = [line[:LINE] for line in notice.split("\n")[:LINES]]
    places: list[dict[str, Named]] = [{}, {}, {}]
    for number, line in enumerate(lines):
        if "@" not in line or ASIDE.match(line):
            continue
        for found in list(ADDRESS.finditer(line))[:5]:
            address = found[0].strip(".'*-_ ") if found[0][-1] in ".-" else found[0].lstrip("'*")
            lower = address.lower()
            if (
                lower == ours
                or lower.startswith(STAFF)
                or (".." in address and not lower.endswith(CARRIERS))
                or address.startswith(("NAME@", "USER@"))
            ):
                continue
            place = _place(line[: found.start()], line)
            if place is not None:
                words = " ".join(lines[number : number + 4])
                if lower not in places[place]:
                    places[place][lower] = Named(address=address, words=words)
    best = next((list(place.values()) for place in places[:2] if place), [])
    return best[:50] or _bare(lines, domain) or list(places[2].values())[:50]


def about(recipient: str, notice: str, known: Sequence[str]) -> str:
    """What stands where the recipient is named: from the beginning of that line to the next one that names another."""
    lower, own = notice.lower(), recipient.lower()
    if not own:
        return ""
    others = [one.lower() for one in known[:50] if one and one.lower() != own]
    found: list[str] = []
    end = -1
    for match in list(re.finditer(re.escape(own), lower))[:SEGMENTS]:
        if match.start() < end:
            continue
        start = lower.rfind("\n", 0, match.start()) + 1
        next_ones = (lower.find(one, match.end(), match.end() + SEGMENT) for one in others)
        stop = min((at for at in next_ones if at >= 0), default=match.end() + SEGMENT)
        end = max(match.end(), lower.rfind("\n", start, stop) + 1) if stop < match.end() + SEGMENT else stop
        found.append(notice[start:end])
    return "\n".join(found)


def _place(before: str, line: str) -> int | None:
    bare = before.strip(" \t-*•>|\"'`.<[(")
    if (
        not bare
        or REPLIED.match(before)
        or (len(before) <= 80 and LABEL.search(before) and not NOT_ABOUT.search(before))
    ):
        return 0
    if NOT_ABOUT.search(before):
        return None
    if ABOUT.search(before):
        return 1
    return 2 if FAILED.search(line) else None


def _bare(lines: list[str], domain: str) -> list[Named]:
    """A mailbox without its domain, on the line after one that announces recipients: the daemon's own domain is meant."""
    after = 0
    for number, line in enumerate(lines):
        if INTRO.search(line):
            after = number + 5
        elif number < after and domain and (found := BARE.match(line)):
            return [
                Named(address=f"{found[1]}@{domain}", words=" ".join(lines[max(0, number - 3) : number + 3]))
            ]
    return []
