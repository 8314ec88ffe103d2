"""Steps of calls become calls: a contact, a conversation, a line in its thread, a pop-up, a task when missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.contract import CallStep, Step
from crm_core.sql import Conn
from inbox.bot.tools import Tools
from inbox.calls import lines, opening, store, verbs
from inbox.calls.fold import SILENCE, fold
from inbox.calls.follow import follow, give
from inbox.calls.model import Key, Known, NewCall
from inbox.calls.opening import Opened
from inbox.calls.outside import apart, is_internal, names_nobody
from inbox.calls.store import NOBODY
from inbox.calls.touched import Told, Touched
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.intake.work import Work
from values.hours import Hours
from values.sentences import phrase

WAITS = phrase("It waits for the step that says who rang.")
INTERNAL = phrase("A call between our own telephones.")


async def ingest(
    conn: Conn, steps: Sequence[tuple[Work, CallStep]], *, tools: Tools, now: datetime
) -> list[Change]:
    """Fold steps into their calls, inside the batch's transaction."""
    named = [Told(work=work, step=apart(replace(step, call_id=step.call_id[:300]))) for work, step in steps]
    await store.lock(conn, {told.key for told in named})
    opened, changes = await opening.open_for(
        conn, [(told.work, told.step) for told in named], hours=_hours(tools)
    )
    for round_ in _rounds(named):
        changes += await _take_steps(conn, round_, opened=opened, hours=_hours(tools), now=now)
    return changes


async def close_silent(
    conn: Conn, *, older_than: float, hours: Sequence[Hours], now: datetime, by_legs: bool = False
) -> list[Change] | None:
    """Close one call whose end was never told, as of its last step; None when there is none. A real end corrects it."""
    key = await store.silent(conn, older_than=older_than, by_legs=by_legs)
    if key is None:
        return None
    known = (await store.find(conn, [key]))[key]  # its row is locked
    last = max(step.at for step in (await store.steps(conn, [known.id]))[known.id])
    end = CallStep(call_id=key[1], key=SILENCE, step=Step.ENDED, at=last, caller=NOBODY)
    await store.add_steps(conn, [(known.id, end)])
    return await _bring_up_to_date(conn, [Touched(known=known, channel_id=key[0])], hours=hours, now=now)


def _rounds(named: Sequence[Told]) -> list[list[Told]]:
    """The steps in their order, one of each call at a time: what different calls are told is taken in together."""
    rounds: list[list[Told]] = []
    seen: Counter[Key] = Counter()
    for told in named:
        if seen[told.key] == len(rounds):
            rounds.append([])
        rounds[seen[told.key]].append(told)
        seen[told.key] += 1
    return rounds


async def _take_steps(
    conn: Conn,
    told: Sequence[Told],
    *,
    opened: Mapping[Key, Opened],
    hours: Sequence[Hours],
    now: datetime,
) -> list[Change]:
    known = await store.find(conn, [one.key for one in told])
    known |= await _open(conn, [one for one in told if one.key not in known], opened)
    about = [one for one in told if one.key in known]
    added = await store.add_steps(conn, [(known[one.key].id, one.step) for one in about]) if about else set()
    touched: list[Touched] = []
    for one in about:
        before = known[one.key]
        if before.id not in added and before.state:
            one.work.settle("duplicate", "This step is known already.")
            continue
        one.work.settle("processed")
        touched.append(Touched(known=before, channel_id=one.work.channel.id, journal_id=one.work.id))
    return await _bring_up_to_date(conn, touched, hours=hours, now=now) if touched else []


async def _open(conn: Conn, told: Sequence[Told], opened: Mapping[Key, Opened]) -> dict[Key, Known]:
    """Begin the calls that these steps begin; what names nobody waits, and what is between our own telephones is none."""
    beginning: list[Told] = []
    for one in told:
        if is_internal(one.step):
            one.work.settle("ignored", INTERNAL)
        elif names_nobody(one.step):
            is_new = await store.keep_early(conn, one.work.channel.id, one.step)
            one.work.settle(
                *(("processed", WAITS) if is_new else ("duplicate", phrase("This step is known already.")))
            )
        else:
            beginning.append(one)
    if not beginning:
        return {}
    new = [
        NewCall(
            channel_id=one.work.channel.id,
            step=one.step,
            contact_id=opened[one.key].contact_id,
            conversation_id=opened[one.key].conversation_id,
        )
        for one in beginning
    ]
    ids = await store.open_calls(conn, new)
    return {
        one.key: Known(
            id=ids[one.key],
            conversation_id=opened[one.key].conversation_id,
            owner_id=opened[one.key].owner_id,
            caller=one.step.caller.handles[0].value,
            said=opened[one.key].said,
        )
        for one in beginning
    }


async def _bring_up_to_date(
    conn: Conn, touched: Sequence[Touched], *, hours: Sequence[Hours], now: datetime
) -> list[Change]:
    """Fold the calls' steps anew and let their lines, their recordings, tasks and browsers follow."""
    ids = sorted({one.known.conversation_id for one in touched})
    conversations = {one.id: one for one in await conversation_store.locked_by_id(conn, ids)}
    steps = await store.steps(conn, [one.known.id for one in touched])
    for one in touched:
        one.call = fold(steps[one.known.id])
        one.conversation = conversations[one.known.conversation_id]
    await lines.show(conn, touched, now=now)
    await lines.record(conn, touched, now=now)
    await store.save_all(conn, [(one.kept, one.call) for one in touched])
    changes = await give(conn, [(one.conversation, one.call, one.known) for one in touched], hours=hours)
    blocked = await verbs.blocked_among(conn, [one.known.caller for one in touched if one.is_ringing_in])
    for one in touched:
        changes += await follow(conn, one.conversation, one.call, before=one.known, hours=hours, now=now)
        changes.append(_change(one, is_blocked=one.is_ringing_in and one.known.caller in blocked))
    last_ids = {one.conversation.id: one.message_id for one in touched}
    await conversation_store.save_all(conn, list(conversations.values()), last_ids=last_ids)
    return changes


def _hours(tools: Tools) -> Sequence[Hours]:
    """When the house is open: the hours of the bot's rules."""
    return tuple(tools.rulebook.rules.hours.values())


def _change(one: Touched, *, is_blocked: bool) -> Change:
    """What browsers hear. A blocked number rings nobody's screen."""
    call, conversation = one.call, one.conversation
    return Change(
        kind="call",
        id=one.message_id,
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        channel_id=conversation.channel_id,
        assignee_id=conversation.assignee_id,
        previous_assignee_id=conversation.had_assignee,
        data={
            "call_id": one.known.id,
            "state": call.state,
            "outcome": call.outcome,
            "user": call.user,
            "users": list(call.users),
            "ringing": list(call.ringing),
            "caller": one.known.caller,
            "outbound": call.outbound,
            "blocked": is_blocked,
        },
    )
