"""Steps of calls become calls: a contact, a conversation, a line in its thread, a pop-up, a task when missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chatbot.hours import Hours
from connectors.contract import CallStep, Step
from crm_core.sql import Conn
from inbox.bot.tools import Tools
from inbox.calls import opening, store, verbs
from inbox.calls.fold import SILENCE, Call, fold
from inbox.calls.follow import follow
from inbox.calls.model import Known
from inbox.calls.opening import Key, Opened
from inbox.calls.outside import apart, is_internal, names_nobody
from inbox.calls.store import NOBODY
from inbox.calls.wording import sentence
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation, NewMessage
from inbox.files import store as file_store
from inbox.files.store import NewFile
from inbox.intake.work import Work
from values.sentences import phrase

WAITS = phrase("It waits for the step that says who rang.")
INTERNAL = phrase("A call between our own telephones.")


async def ingest(
    conn: Conn, steps: Sequence[tuple[Work, CallStep]], *, tools: Tools, now: datetime
) -> list[Change]:
    """Fold steps into their calls, inside the batch's transaction."""
    named = [(work, apart(replace(step, call_id=step.call_id[:300]))) for work, step in steps]
    await store.lock(conn, {(work.channel.id, step.call_id) for work, step in named})
    opened, changes = await opening.open_for(conn, named, hours=_hours(tools))
    for work, step in named:
        changes += await _take_step(conn, work, step, opened=opened, hours=_hours(tools), now=now)
    return changes


async def close_silent(
    conn: Conn, *, older_than: float, hours: Sequence[Hours], now: datetime, by_legs: bool = False
) -> list[Change] | None:
    """Close one call whose end was never told, as of its last step; None when there is none. A real end corrects it."""
    row = await store.silent(conn, older_than=older_than, by_legs=by_legs)
    if row is None:
        return None
    known = await store.find(conn, row["channel_id"], row["call_id"])
    assert known is not None  # its row is locked
    last = max(step.at for step in await store.steps(conn, known.id))
    end = CallStep(call_id=row["call_id"], key=SILENCE, step=Step.ENDED, at=last, caller=NOBODY)
    await store.add_step(conn, known.id, end)
    return await _bring_up_to_date(conn, known, hours=hours, now=now, channel_id=row["channel_id"])


async def _take_step(
    conn: Conn,
    work: Work,
    step: CallStep,
    *,
    opened: Mapping[Key, Opened],
    hours: Sequence[Hours],
    now: datetime,
) -> list[Change]:
    channel_id = work.channel.id
    known = await store.find(conn, channel_id, step.call_id)
    if known is None:
        if is_internal(step):
            work.settle("ignored", INTERNAL)
            return []
        if names_nobody(step):
            is_new = await store.keep_early(conn, channel_id, step)
            work.settle(
                *(("processed", WAITS) if is_new else ("duplicate", phrase("This step is known already.")))
            )
            return []
        new = opened[channel_id, step.call_id]
        id_ = await store.open_call(
            conn,
            step,
            channel_id=channel_id,
            contact_id=new.contact_id,
            conversation_id=new.conversation_id,
        )
        await store.adopt_early(conn, id_, channel_id, step.call_id)
        caller = step.caller.handles[0].value
        known = Known(
            id=id_,
            conversation_id=new.conversation_id,
            owner_id=new.owner_id,
            caller=caller,
            said=new.said,
        )
    if not await store.add_step(conn, known.id, step) and known.state:
        work.settle("duplicate", "This step is known already.")
        return []
    work.settle("processed")
    return await _bring_up_to_date(
        conn, known, hours=hours, now=now, channel_id=channel_id, journal_id=work.id
    )


async def _bring_up_to_date(
    conn: Conn,
    known: Known,
    *,
    hours: Sequence[Hours],
    now: datetime,
    channel_id: int,
    journal_id: int | None = None,
) -> list[Change]:
    """Fold the call's steps anew and let its line, its recording, tasks and browsers follow."""
    [conversation] = await conversation_store.locked_by_id(conn, [known.conversation_id])
    call = fold(await store.steps(conn, known.id))
    message_id = await _show(conn, conversation, call, known=known, journal_id=journal_id, now=now)
    attachment_id = await _recording(
        conn, call, known=known, message_id=message_id, channel_id=channel_id, now=now
    )
    await store.save(conn, known.id, call, message_id=message_id, attachment_id=attachment_id)
    changes = await follow(conn, conversation, call, before=known, hours=hours, now=now)
    await conversation_store.save_all(conn, [conversation], last_ids={conversation.id: message_id})
    is_blocked = call.state == "ringing" and not call.outbound and await verbs.is_blocked(conn, known.caller)
    return [*changes, _change(conversation, call, known=known, message_id=message_id, is_blocked=is_blocked)]


async def _show(
    conn: Conn, conversation: Conversation, call: Call, *, known: Known, journal_id: int | None, now: datetime
) -> int:
    """The call's line in its conversation: one message, written at the first step and kept up to date."""
    data: dict[str, Any] = {
        "call_id": known.id,
        "state": call.state,
        "outcome": call.outcome,
        "outbound": call.outbound,
        "duration": call.duration,
        "user": call.user,
        "number": call.number,
        "users": list(call.users),
    }
    if known.said:
        data["from"] = f"{known.said} <{known.caller}>"
    text = sentence(call)
    conversation.last_text, conversation.last_at, conversation.last_outbound = text, now, call.outbound
    if known.message_id:
        await store.save_message(conn, known.message_id, data=data, text=text, at=call.started_at)
        return known.message_id
    message = NewMessage(
        conversation=conversation,
        direction="call",
        author="person" if not call.outbound else "user",
        at=call.started_at,
        text=text,
        journal_id=journal_id,
        data=data,
    )
    conversation.message_count += 1
    await conversation_store.write(conn, [message])
    return message.id


async def _recording(
    conn: Conn, call: Call, *, known: Known, message_id: int, channel_id: int, now: datetime
) -> UUID | None:
    """The recording becomes an attachment of the call's line, fetched soon and kept here."""
    if not (call.recording_url or call.recording_ref) or known.attachment_id:
        return known.attachment_id
    is_wav = ".wav" in call.recording_url.lower()
    file = NewFile(
        name="recording.wav" if is_wav else "recording.mp3",
        mime="audio/wav" if is_wav else "audio/mpeg",
        message_id=message_id,
        channel_id=channel_id,
        url=call.recording_url,
        ref=call.recording_ref,
        fetch_at=now,
    )
    return (await file_store.insert(conn, [file]))[0]


def _hours(tools: Tools) -> Sequence[Hours]:
    """When the house is open: the hours of the bot's rules."""
    return tuple(tools.rulebook.rules.hours.values())


def _change(
    conversation: Conversation, call: Call, *, known: Known, message_id: int, is_blocked: bool
) -> Change:
    """What browsers hear. A blocked number rings nobody's screen."""
    return Change(
        kind="call",
        id=message_id,
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        channel_id=conversation.channel_id,
        assignee_id=conversation.assignee_id,
        previous_assignee_id=conversation.had_assignee,
        data={
            "call_id": known.id,
            "state": call.state,
            "outcome": call.outcome,
            "user": call.user,
            "users": list(call.users),
            "ringing": list(call.ringing),
            "caller": known.caller,
            "outbound": call.outbound,
            "blocked": is_blocked,
        },
    )
