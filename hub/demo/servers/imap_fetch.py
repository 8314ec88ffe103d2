"""FETCH and SEARCH of the small IMAP server. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from hub.demo.servers.mailbox import Mailbox, StoredMail

BODY = re.compile(r"(BODY(?:\.PEEK)?)\[([^\]]*)\](?:<(\d+)\.(\d+)>)?|([A-Z0-9.]+)", re.IGNORECASE)
MACROS = {"ALL": "FLAGS INTERNALDATE RFC822.SIZE", "FAST": "FLAGS INTERNALDATE RFC822.SIZE"}


class Bad(Exception):
    """A command this server does not take; answered BAD."""


def fetched(number: int, mail: StoredMail, items: str, *, by_uid: bool) -> bytes:
    """One FETCH response with its literals. Raises Bad for an item we do not serve."""
    asked = items.strip().removeprefix("(").removesuffix(")")
    parts: list[bytes] = []
    for match in BODY.finditer(MACROS.get(asked.upper(), asked)):
        kind, section, start, length, plain = match.groups()
        if plain:
            parts.append(_plain(mail, plain.upper()))
            continue
        content = _section(mail.raw, section.upper())
        if start is not None:
            content = content[int(start) : int(start) + int(length)]
        if "PEEK" not in kind.upper():
            mail.flags.add("\\Seen")
        where = f"<{start}>" if start is not None else ""
        parts.append(b"BODY[%s]%s {%d}\r\n%s" % (section.encode(), where.encode(), len(content), content))
    if by_uid and not any(part.startswith(b"UID ") for part in parts):
        parts.insert(0, b"UID %d" % mail.uid)
    return b"* %d FETCH (%s)\r\n" % (number, b" ".join(parts))


def searched(box: Mailbox, criteria: str, *, by_uid: bool) -> list[int]:
    """Numbers of the mails that meet all criteria: ALL, SEEN, UNSEEN, UID, a set, SINCE, HEADER. Raises Bad."""
    words = re.findall(r'"[^"]*"|\S+', criteria)
    found = dict(enumerate(box.mails, start=1))
    while words:
        key = words.pop(0).upper()
        if key == "CHARSET" and words:
            words.pop(0)
        elif key in ("SEEN", "UNSEEN"):
            found = {n: mail for n, mail in found.items() if ("\\Seen" in mail.flags) == (key == "SEEN")}
        elif key == "UID" and words:
            chosen = {number for number, _ in box.numbered(words.pop(0), by_uid=True)}
            found = {n: mail for n, mail in found.items() if n in chosen}
        elif key == "SINCE" and words:
            since = _day(words.pop(0))
            found = {n: mail for n, mail in found.items() if mail.at.date() >= since.date()}
        elif key == "HEADER" and len(words) >= 2:
            name, value = words.pop(0).strip('"'), words.pop(0).strip('"')
            found = {n: mail for n, mail in found.items() if value.encode() in _header(mail.raw, name)}
        elif re.fullmatch(r"[\d:*,]+", key):
            chosen = {number for number, _ in box.numbered(key, by_uid=False)}
            found = {n: mail for n, mail in found.items() if n in chosen}
        elif key not in ("ALL", "UNDELETED"):
            raise Bad(f"cannot search by {key[:40]}")
    return [mail.uid if by_uid else number for number, mail in found.items()]


def _plain(mail: StoredMail, item: str) -> bytes:
    match item:
        case "UID":
            return b"UID %d" % mail.uid
        case "FLAGS":
            return f"FLAGS ({' '.join(sorted(mail.flags))})".encode()
        case "RFC822.SIZE":
            return b"RFC822.SIZE %d" % len(mail.raw)
        case "INTERNALDATE":
            return f'INTERNALDATE "{mail.at:%d-%b-%Y %H:%M:%S} +0000"'.encode()
        case "RFC822":
            mail.flags.add("\\Seen")
            return b"RFC822 {%d}\r\n%s" % (len(mail.raw), mail.raw)
        case _:
            raise Bad(f"cannot fetch {item[:40]}")


def _section(raw: bytes, section: str) -> bytes:
    head, gap, text = raw.partition(b"\r\n\r\n")
    if section == "":
        return raw
    if section == "HEADER":
        return head + gap
    if section == "TEXT":
        return text
    if section.startswith("HEADER.FIELDS ("):
        names = section.removeprefix("HEADER.FIELDS (").rstrip(")").split()
        return b"".join(_header(raw, name) for name in names) + b"\r\n"
    raise Bad(f"cannot fetch BODY[{section[:40]}]")


def _header(raw: bytes, name: str) -> bytes:
    head = raw.partition(b"\r\n\r\n")[0] + b"\r\n"
    pattern = rb"(?im)^" + re.escape(name.encode()) + rb":.*\r\n(?:[ \t].*\r\n)*"
    found = re.search(pattern, head)
    return found[0] if found else b""


def _day(words: str) -> datetime:
    try:
        return parsedate_to_datetime(f"{words.strip(chr(34)).replace('-', ' ')} 00:00:00 +0000")
    except (TypeError, ValueError):
        raise Bad("a date reads like 3-Jan-2026") from None
