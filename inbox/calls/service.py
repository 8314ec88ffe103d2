"""Steps of calls become calls: a contact, a conversation, a line in its thread, a pop-up, a task when missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from connectors.contract import CallStep, InboundMessage
from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.events import Fact
from crm_core.leads import service as leads
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import CallBack
from inbox.calls import store
from inbox.calls.fold import Call, fold
from inbox.changes import Change
from inbox.files import store as file_store
from inbox.files.store import NewFile
from inbox.process import store as talk_store
from inbox.process import threads
from inbox.process.model import Incoming, NewMessage, Talk, Work
from inbox.process.people import sighting
from inbox.process.tools import Tools
from inbox.routing import service as routing

CALL_BACK_WITHIN = timedelta(minutes=15)


async def take_in(
    conn: Conn, steps: Sequence[tuple[Work, CallStep]], *, tools: Tools, now: datetime
) -> list[Change]:
    """Fold steps into their calls, inside the batch's transaction."""
    changes: list[Change] = []
    for work, step in steps:
        changes += await _take_step(conn, work, step, now=now)
    return changes


async def _take_step(conn: Conn, work: Work, step: CallStep, *, now: datetime) -> list[Change]:
    channel_id = work.channel.id
    found = await store.find(conn, channel_id, step.call_id[:300])
    row: dict[str, Any]
    if found is None:
        talk, resolved_owner = await _conversation(conn, work, step)
        id_ = await store.open_call(
            conn, step, channel_id=channel_id, contact_id=talk.contact_id, conversation_id=talk.id
        )
        row = {
            "id": id_,
            "message_id": None,
            "attachment_id": None,
            "outcome": "",
            "state": "",
            "recording_url": "",
        }
    else:
        row, resolved_owner = found, None
        talk = (await talk_store.talks_by_id(conn, [row["conversation_id"]]))[0]
    if not await store.add_step(conn, row["id"], step):
        work.settle("duplicate", "This step is known already.")
        return []
    work.settle("processed")
    call = fold(await store.steps(conn, row["id"]))
    message_id = await _show(conn, talk, call, row=row, work=work, now=now)
    attachment_id = await _recording(
        conn, call, row=row, message_id=message_id, channel_id=channel_id, now=now
    )
    await store.save(conn, row["id"], call, message_id=message_id, attachment_id=attachment_id)
    changes = await _follow(conn, talk, call, before=row, owner_id=resolved_owner, now=now)
    await talk_store.save_talks(conn, [talk], last_ids={talk.id: message_id})
    return [
        *changes,
        _change(talk, call, id_=row["id"], message_id=message_id, number=step.caller.handles[0].value),
    ]


async def _conversation(conn: Conn, work: Work, step: CallStep) -> tuple[Talk, int | None]:
    """The caller's conversation on this line; a new one for an unknown caller, with its lead."""
    known = sighting(step.caller, channel_id=work.channel.id, connector=work.channel.row.connector)
    resolved = (await contacts.resolve(conn, [known]))[0]
    message = Incoming(
        work=work,
        event=InboundMessage(external_id=step.call_id, sender=step.caller, at=step.at, outbound=True),
        order=0,
        contact_id=resolved.contact_id,
        root_id=resolved.root_id,
    )
    talk = (await threads.find_or_open(conn, [message], bot_ready=False))[0]
    if not step.outbound and (talk.is_new or talk.was_closed):
        await leads.open_for(
            conn,
            [
                LeadRequest(
                    contact_id=resolved.contact_id,
                    conversation_id=talk.id,
                    channel_id=work.channel.id,
                    title="",
                    source={"utm": {}, "referrer": "", "landing_page": "", "page": step.number, "visits": []},
                )
            ],
        )
    return talk, resolved.owner_id


async def _show(conn: Conn, talk: Talk, call: Call, *, row: dict[str, Any], work: Work, now: datetime) -> int:
    """The call's line in its conversation: one message, written at the first step and kept up to date."""
    data = {
        "call_id": row["id"],
        "state": call.state,
        "outcome": call.outcome,
        "outbound": call.outbound,
        "duration": call.duration,
        "user": call.user,
        "number": call.number,
    }
    text = _sentence(call)
    talk.last_text, talk.last_at, talk.last_outbound = text, now, call.outbound
    if row["message_id"]:
        await store.save_message(conn, row["message_id"], data=data, text=text, at=call.started_at)
        return row["message_id"]
    message = NewMessage(
        talk=talk,
        direction="call",
        author="person" if not call.outbound else "user",
        at=call.started_at,
        text=text,
        journal_id=work.id,
        data=data,
    )
    talk.message_count += 1
    await talk_store.write(conn, [message])
    return message.id


async def _recording(
    conn: Conn, call: Call, *, row: dict[str, Any], message_id: int, channel_id: int, now: datetime
) -> UUID | None:
    """The recording becomes an attachment of the call's line, fetched soon and kept here."""
    if not call.recording_url or row["attachment_id"]:
        return row["attachment_id"]
    file = NewFile(
        name="recording.mp3" if ".wav" not in call.recording_url.lower() else "recording.wav",
        mime="audio/wav" if ".wav" in call.recording_url.lower() else "audio/mpeg",
        message_id=message_id,
        channel_id=channel_id,
        url=call.recording_url,
        fetch_at=now,
    )
    return (await file_store.insert(conn, [file]))[0]


async def _follow(
    conn: Conn,
    talk: Talk,
    call: Call,
    *,
    before: dict[str, Any],
    owner_id: int | None,
    now: datetime,
) -> list[Change]:
    """What a call asks of people: a manager for it, a call back when it was missed, nothing more once it was answered."""
    changes: list[Change] = []
    if talk.state != "open":
        talk.state = "open"
    if not call.outbound and talk.assignee_id is None and talk.owner != "user":
        changes += await routing.route(conn, [talk], owners={talk.contact_id: owner_id})
    became_missed = call.is_missed and before["outcome"] != call.outcome
    if became_missed:
        talk.unread += 1
        talk.waiting_since = talk.waiting_since or call.started_at
        await tasks.call_back(
            conn,
            [
                CallBack(
                    contact_id=talk.contact_id,
                    conversation_id=talk.id,
                    assignee_id=talk.assignee_id,
                    due_at=now + CALL_BACK_WITHIN,
                )
            ],
        )
        changes.append(Change(kind="task", contact_id=talk.contact_id, assignee_id=talk.assignee_id))
    elif call.outcome == "answered" and before["outcome"] != "answered":
        talk.waiting_since = None
        reason = "We called and they answered." if call.outbound else "They called again and were answered."
        await tasks.close_call_backs(conn, [talk.contact_id], reason=reason)
        changes.append(Change(kind="task", contact_id=talk.contact_id, assignee_id=talk.assignee_id))
    if call.state == "ended" and before["state"] != "ended":
        kind = "call.missed" if call.is_missed else "call.ended"
        fact = Fact(
            kind=kind,
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            data={"outcome": call.outcome, "duration": call.duration, "user": call.user},
        )
        await events.announce(conn, [fact])
    return changes


def _sentence(call: Call) -> str:
    who = "Outgoing call" if call.outbound else "Incoming call"
    if call.state != "ended":
        return f"{who}, {'in progress' if call.state == 'answered' else 'ringing'}"
    if call.outcome == "answered":
        minutes, seconds = divmod(call.duration or 0, 60)
        return f"{who}, {minutes}:{seconds:02d}"
    return f"{who}, {call.outcome}"


def _change(talk: Talk, call: Call, *, id_: int, message_id: int, number: str) -> Change:
    return Change(
        kind="call",
        id=message_id,
        conversation_id=talk.id,
        contact_id=talk.contact_id,
        channel_id=talk.channel_id,
        assignee_id=talk.assignee_id,
        previous_assignee_id=talk.had_assignee,
        data={
            "call_id": id_,
            "state": call.state,
            "outcome": call.outcome,
            "user": call.user,
            "caller": number,
            "outbound": call.outbound,
        },
    )
