"""A call's line in its thread, and its recording: written at the first step and kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm_core.sql import Conn
from inbox.calls import store
from inbox.calls.model import Line
from inbox.calls.touched import Touched
from inbox.calls.wording import sentence
from inbox.conversations import store as conversation_store
from inbox.conversations.model import NewMessage
from inbox.files import store as file_store
from inbox.files.model import NewFile


async def show(conn: Conn, touched: Sequence[Touched], *, now: datetime) -> None:
    """One message a call; each is given the id of its line."""
    new: list[tuple[Touched, NewMessage]] = []
    old: list[Line] = []
    for one in touched:
        conversation, call = one.conversation, one.call
        text = sentence(call)
        conversation.last_text, conversation.last_at, conversation.last_outbound = text, now, call.outbound
        if one.known.message_id:
            one.message_id = one.known.message_id
            old.append(Line(message_id=one.message_id, data=_data(one), text=text, at=call.started_at))
            continue
        conversation.message_count += 1
        message = NewMessage(
            conversation=conversation,
            direction="call",
            author="person" if not call.outbound else "user",
            at=call.started_at,
            text=text,
            journal_id=one.journal_id,
            data=_data(one),
        )
        new.append((one, message))
    if old:
        await store.save_messages(conn, old)
    await conversation_store.write(conn, [message for _, message in new])
    for one, message in new:
        one.message_id = message.id


async def record(conn: Conn, touched: Sequence[Touched], *, now: datetime) -> None:
    """The recording becomes an attachment of the call's line, fetched soon and kept here."""
    fresh: list[Touched] = []
    for one in touched:
        one.attachment_id = one.known.attachment_id
        if (one.call.recording_url or one.call.recording_ref) and not one.attachment_id:
            fresh.append(one)
    if fresh:
        ids = await file_store.insert(conn, [_file(one, now=now) for one in fresh])
        for one, id_ in zip(fresh, ids, strict=True):
            one.attachment_id = id_


def _data(one: Touched) -> dict[str, Any]:
    call = one.call
    data: dict[str, Any] = {
        "call_id": one.known.id,
        "state": call.state,
        "outcome": call.outcome,
        "outbound": call.outbound,
        "duration": call.duration,
        "user": call.user,
        "number": call.number,
        "users": list(call.users),
    }
    if one.known.said:
        data["from"] = f"{one.known.said} <{one.known.caller}>"
    return data


def _file(one: Touched, *, now: datetime) -> NewFile:
    is_wav = ".wav" in one.call.recording_url.lower()
    return NewFile(
        name="recording.wav" if is_wav else "recording.mp3",
        mime="audio/wav" if is_wav else "audio/mpeg",
        message_id=one.message_id,
        channel_id=one.channel_id,
        url=one.call.recording_url,
        ref=one.call.recording_ref,
        fetch_at=now,
    )
