"""What a provider sends in parts (an album) is one message here, whichever request or process a part comes with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from crm_core.sql import Conn
from inbox import search
from inbox.changes import Change
from inbox.conversations.model import Conversation, NewMessage
from inbox.files import service as files
from inbox.messages import album_store as store
from inbox.messages.model import Incoming
from inbox.messages.repeats import REPEAT

GROUP = "group:"
Key = tuple[int, str]


async def join(conn: Conn, fresh: Sequence[Incoming], *, changes: list[Change]) -> list[Incoming]:
    """The messages that are no further part of one; the others' files and words join it, and a repeat is settled."""
    asked = [message for message in fresh if message.event.group]
    if not asked:
        return list(fresh)
    keys = {key for message in asked for key in (_group(message), _own(message))}
    known = await store.known(conn, keys)
    firsts: dict[Key, int] = {}
    left: list[Incoming] = []
    for message in fresh:
        if not message.event.group:
            left.append(message)
        elif _own(message) in known:
            message.work.outcome = ""
            message.work.settle("duplicate", REPEAT)
        elif album := known.get(_group(message)):
            await _append(conn, message, album.message_id)
            changes.append(Change(kind="message", id=album.message_id, conversation_id=album.conversation_id))
        elif (at := firsts.get(_group(message))) is not None:
            left[at] = _merged(left[at], message)
        else:
            firsts[_group(message)] = len(left)
            left.append(message)
    return left


async def keep(conn: Conn, fresh: Sequence[Incoming], written: Sequence[NewMessage]) -> None:
    """Remember which message an album became, and the parts that came along with it."""
    ids = {
        (message.channel_id, message.external_id): message.id for message in written if message.external_id
    }
    rows = [
        (channel, name, ids[_own(message)])
        for message in fresh
        if message.event.group
        for channel, name in (_group(message), *((message.work.channel.id, part) for part in message.parts))
    ]
    await store.keep(conn, rows)


async def _append(conn: Conn, message: Incoming, message_id: int) -> None:
    event, channel_id = message.event, message.work.channel.id
    conversation = Conversation(id=0, channel_id=channel_id, contact_id=0, handle_kind="", handle_value="")
    part = NewMessage(
        conversation=conversation, direction="in", author="person", at=event.at, attachments=event.attachments,
        channel_id=channel_id, id=message_id,
    )  # fmt: skip
    await files.keep(conn, [part])
    if event.text:
        words = search.words("", event.text)
        await store.caption(conn, message_id, text=event.text, html=event.html, words=words)
    await store.keep(conn, [(channel_id, event.external_id, message_id)])


def _merged(first: Incoming, part: Incoming) -> Incoming:
    one, other = first.event, part.event
    words = one if one.text else other
    event = replace(one, attachments=(*one.attachments, *other.attachments), text=words.text, html=words.html)
    return structs.replace(first, event=event, parts=(*first.parts, other.external_id))


def _group(message: Incoming) -> Key:
    return (message.work.channel.id, GROUP + message.event.group)


def _own(message: Incoming) -> Key:
    return (message.work.channel.id, message.event.external_id)
