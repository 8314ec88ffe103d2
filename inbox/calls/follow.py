"""What a call asks of people: a manager for it, a call back when it was missed, nothing more once they were reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from crm_core import events
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import CallBack
from inbox.calls import replies, verbs
from inbox.calls.fold import Call
from inbox.calls.model import Known
from inbox.changes import Change
from inbox.conversations.model import Conversation
from inbox.facts import CallEnded, CallMissed
from inbox.routing import service as routing
from values.hours import Hours, is_open, next_opening
from values.sentences import phrase

CALL_BACK_WITHIN = timedelta(minutes=15)


async def follow(
    conn: Conn,
    conversation: Conversation,
    call: Call,
    *,
    before: Known,
    hours: Iterable[Hours],
    now: datetime,
) -> list[Change]:
    """Bring tasks and facts up to date with what the call turned out to be; a correction undoes what was wrong."""
    changes: list[Change] = []
    if call.is_missed and not before.is_missed and await verbs.is_blocked(conn, before.caller):
        pass  # a number that we do not let through: nobody is to ring it back
    elif call.is_missed and not before.is_missed:
        changes.append(await _ask_to_call_back(conn, conversation, call, hours=hours, now=now))
        await replies.plan(conn, before.id, now)
    elif call.outcome == "answered" and before.outcome != "answered":
        if before.is_missed:
            conversation.unread = max(0, conversation.unread - 1)
        conversation.waiting_since = None
        changes += await close(
            conn, conversation.contact_id, _reached(call, before), assignee_id=conversation.assignee_id
        )
    if call.state == "ended" and (before.state, before.outcome) != ("ended", call.outcome):
        kind = CallMissed if call.is_missed else CallEnded
        fact = kind(
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            outcome=call.outcome,
            duration=call.duration,
            user=call.user,
        )
        await events.announce(conn, [fact])
    return changes


async def give(
    conn: Conn, calls: Sequence[tuple[Conversation, Call, Known]], *, hours: Sequence[Hours]
) -> list[Change]:
    """Open the conversations of these calls, and find a manager for those that ring in and have none."""
    asking: dict[int, Conversation] = {}
    owners: dict[int, int | None] = {}
    for conversation, call, before in calls:
        conversation.state = "open"
        if not call.outbound and conversation.assignee_id is None and conversation.owner != "user":
            asking[conversation.id] = conversation
            owners[conversation.contact_id] = owners.get(conversation.contact_id) or before.owner_id
    if not asking:
        return []
    return await routing.route(conn, list(asking.values()), owners=owners, hours=hours)


async def close(conn: Conn, contact_id: int, how: str, *, assignee_id: int | None = None) -> list[Change]:
    """The person was reached: nobody needs to call them back any more."""
    if not await tasks.close_call_backs(conn, [contact_id], how):
        return []
    return [Change(kind="task", contact_id=contact_id, assignee_id=assignee_id)]


def due(now: datetime, hours: Iterable[Hours]) -> datetime:
    """When to call back: soon, or soon after the next opening where all is closed now."""
    known = list(hours)
    if not known or any(is_open(one, now) for one in known):
        return now + CALL_BACK_WITHIN
    openings = [opening for one in known if (opening := next_opening(one, now))]
    return min(openings, default=now) + CALL_BACK_WITHIN


def _reached(call: Call, before: Known) -> str:
    reason = phrase("They called again and were answered.")
    if call.outbound:
        reason = phrase("We called back after {minutes} min.", minutes=tasks.MINUTES)
    elif before.is_missed:
        reason = phrase("It was answered after all.")
    return reason


async def _ask_to_call_back(
    conn: Conn, conversation: Conversation, call: Call, *, hours: Iterable[Hours], now: datetime
) -> Change:
    conversation.unread += 1
    conversation.waiting_since = conversation.waiting_since or call.started_at
    item = CallBack(
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        assignee_id=conversation.assignee_id,
        due_at=due(now, hours),
    )
    await tasks.call_back(conn, [item])
    return Change(kind="task", contact_id=conversation.contact_id, assignee_id=conversation.assignee_id)
