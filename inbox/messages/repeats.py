"""Which messages of a batch are new on their channel; two different mails that share one Message-ID are two messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

from msgspec import structs

from crm_core.sql import Conn
from inbox.conversations.subjects import bare_subject
from inbox.messages import repeat_store, store
from inbox.messages.model import Incoming
from inbox.messages.repeat_store import Known
from values.sentences import phrase

FOOTER = re.compile(r" ?(?:--|__|==|\*\*|~~)")
"""How what a list adds below the words begins."""
REPEAT = phrase("This message is stored already.")

Key = tuple[int, str]


class Said(Protocol):
    """What a stored mail says; `files` are digests of what is attached, in order of themselves."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def files(self) -> tuple[bytes, ...]: ...


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
        told[key] = known_of(message)
        message.work.settle("processed")
        fresh.append(message)
    return fresh


async def _details(conn: Conn, incoming: Sequence[Incoming], stored: set[Key]) -> dict[Key, Known]:
    """Of mail that seems to be known; also learns which of the second ids are known."""
    again = [message for message in incoming if message.is_mail and _key(message) in stored]
    if not again:
        return {}
    keys = [_key(message) for message in again]
    keys += [(message.work.channel.id, _other_id(message)) for message in again]
    told = await repeat_store.details(conn, keys)
    stored.update(told)
    return told


def known_of(message: Incoming) -> Known:
    """What will be known of a message once it is stored."""
    event = message.event
    return Known(
        direction="out" if event.outbound else "in",
        sender=event.sender.handles[0].value,
        subject=event.subject,
        text=event.text,
        digest=_digest(message),
        files=_files_of(message),
    )


def _is_same(message: Incoming, known: Known) -> bool:
    """The same bytes; or the same sender, subject, files and words, to which a list may have added a footer."""
    if known.direction != "in" or not message.is_mail or known.digest == _digest(message):
        return True
    if known.sender != message.event.sender.handles[0].value:
        return False
    return says_the_same(message, known)


def says_the_same(message: Incoming, known: Said) -> bool:
    """Whether a message has the same subject, files and words, but for a list's footer."""
    if bare_subject(known.subject)[:400] != bare_subject(message.event.subject)[:400]:
        return False
    return known.files == _files_of(message) and _is_same_text(known.text, message.event.text)


def _is_same_text(one: str, other: str) -> bool:
    """The same words, but for a footer below one of them."""
    short, long = sorted((" ".join(one.split()), " ".join(other.split())), key=len)
    if not short or not long.startswith(short):
        return short == long
    return len(long) == len(short) or FOOTER.match(long, len(short)) is not None


def _files_of(message: Incoming) -> tuple[bytes, ...]:
    """Digests of what is attached, in order of themselves."""
    contents = (file.content for file in message.event.attachments)
    return tuple(sorted(sha256(content).digest() for content in contents if content is not None))


def _digest(message: Incoming) -> bytes:
    return sha256(message.work.stored.entry.raw.body).digest()


def _other_id(message: Incoming) -> str:
    """The id of another mail that came under a known Message-ID; the same bytes always give the same one."""
    return f"{message.event.external_id[:400]}#{_digest(message).hex()[:16]}"


def _key(message: Incoming) -> Key:
    return (message.work.channel.id, message.event.external_id)
