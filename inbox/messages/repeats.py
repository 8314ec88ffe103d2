"""Which messages of a batch are new on their channel; two different mails that share one Message-ID are two messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, LiteralString

from msgspec import structs

from crm_core.sql import Conn
from inbox.conversations.subjects import bare_subject
from inbox.messages import store
from inbox.messages.model import Incoming
from values.sentences import phrase

DETAILS: LiteralString = """
    SELECT m.channel_id, m.external_id, m.direction, m.subject, m.text, sha256(j.body) AS digest,
           ARRAY(SELECT a.sha256 FROM inbox_attachment a
                  WHERE a.message_id = m.id AND a.sha256 IS NOT NULL ORDER BY a.sha256) AS files,
           coalesce(m.data->>'sender', c.handle_value) AS sender
      FROM unnest($1::int[], $2::text[]) AS t (channel_id, external_id)
      JOIN inbox_message m ON m.channel_id = t.channel_id AND m.external_id = t.external_id
      JOIN inbox_conversation c ON c.id = m.conversation_id
      LEFT JOIN inbox_journal j ON j.id = m.journal_id"""
FOOTER = re.compile(r" ?(?:--|__|==|\*\*|~~)")
"""How what a list adds below the words begins."""
REPEAT = phrase("This message is stored already.")

Key = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What tells whether a mail with the same id is the same mail."""

    direction: str
    sender: str
    subject: str
    text: str
    digest: bytes
    files: tuple[bytes, ...]


async def new_ones(conn: Conn, incoming: Sequence[Incoming]) -> list[Incoming]:
    """The messages that are not stored yet, each once, in order; repeats are settled."""
    keys = {_key(message) for message in incoming}
    stored = set(await store.known(conn, sorted(keys)))
    told = await _details(conn, incoming, stored)
    fresh: list[Incoming] = []
    for message in incoming:
        key = _key(message)
        if key in stored and key in told and not _is_same(message, told[key]):
            message = structs.replace(message, event=replace(message.event, external_id=_other_id(message)))
            key = _key(message)
        if key in stored:
            message.work.settle("duplicate", REPEAT)
            continue
        stored.add(key)
        told[key] = _known_of(message)
        message.work.settle("processed")
        fresh.append(message)
    return fresh


async def _details(conn: Conn, incoming: Sequence[Incoming], stored: set[Key]) -> dict[Key, Known]:
    """Of mail that seems to be known; also learns which of the second ids are known."""
    again = [message for message in incoming if _is_mail(message) and _key(message) in stored]
    if not again:
        return {}
    keys = [_key(message) for message in again]
    keys += [(message.work.channel.id, _other_id(message)) for message in again]
    rows = await conn.fetch(DETAILS, [key[0] for key in keys], [key[1] for key in keys])
    told = {(row["channel_id"], row["external_id"]): _known(dict(row)) for row in rows}
    stored.update(told)
    return told


def _known(row: Mapping[str, Any]) -> Known:
    names = ("direction", "sender", "subject", "text")
    return Known(
        **{name: row[name] for name in names}, digest=row["digest"] or b"", files=tuple(row["files"])
    )


def _known_of(message: Incoming) -> Known:
    event = message.event
    return Known(
        direction="out" if event.outbound else "in",
        sender=event.sender.handles[0].value,
        subject=event.subject,
        text=event.text,
        digest=_digest(message),
        files=files_of(message),
    )


def _is_same(message: Incoming, known: Known) -> bool:
    """The same bytes; or the same sender, subject, files and words, to which a list may have added a footer."""
    if known.direction != "in" or not _is_mail(message) or known.digest == _digest(message):
        return True
    event = message.event
    if known.sender != event.sender.handles[0].value:
        return False
    if bare_subject(known.subject)[:400] != bare_subject(event.subject)[:400]:
        return False
    return known.files == files_of(message) and is_same_text(known.text, event.text)


def is_same_text(one: str, other: str) -> bool:
    """The same words, but for a footer below one of them."""
    short, long = sorted((" ".join(one.split()), " ".join(other.split())), key=len)
    if not short or not long.startswith(short):
        return short == long
    return len(long) == len(short) or FOOTER.match(long, len(short)) is not None


def files_of(message: Incoming) -> tuple[bytes, ...]:
    """Digests of what is attached, in order of themselves."""
    contents = (file.content for file in message.event.attachments)
    return tuple(sorted(sha256(content).digest() for content in contents if content is not None))


def _is_mail(message: Incoming) -> bool:
    return message.work.channel.connector.spec.abilities.subject and not message.event.outbound


def _digest(message: Incoming) -> bytes:
    return sha256(message.work.stored.entry.raw.body).digest()


def _other_id(message: Incoming) -> str:
    """The id of another mail that came under a known Message-ID; the same bytes always give the same one."""
    return f"{message.event.external_id[:400]}#{_digest(message).hex()[:16]}"


def _key(message: Incoming) -> Key:
    return (message.work.channel.id, message.event.external_id)
