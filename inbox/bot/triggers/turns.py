"""One event of a conversation in one transaction: the bot decides, what it says is queued, the event is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.model import Answer, BotState
from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.deals import by_rule as deals
from crm_core.deals.by_rule import Present
from crm_core.sql import Conn
from inbox.bot import effects, turn
from inbox.bot.context import crm_of, with_told
from inbox.bot.events import store
from inbox.bot.events.model import TURNS, BotEvent
from inbox.bot.events.pace import Pace
from inbox.bot.tools import Tools
from inbox.bot.turn import Knowledge, Outcome
from inbox.changes import Change
from inbox.channels.model import LiveChannel
from inbox.channels.route import can_write, sending_channel
from inbox.conversations import store as conversations
from inbox.conversations.facts import of_talks
from inbox.conversations.model import Talk
from inbox.routing import service as routing
from values.sentences import phrase

MAX_ATTEMPTS = 5
PREVIEW = 200


async def take(
    conn: Conn, event: BotEvent, *, tools: Tools, now: datetime, answer: Answer | None = None
) -> list[Change]:
    """Settle an event inside the caller's transaction; nothing happens if somebody else settled it meanwhile.

    The conversation is locked before the event, as the processor does that takes back what a rule waited for.
    """
    found = await conversations.talks_by_id(conn, [event.conversation_id])
    if not await store.done(conn, event.id):
        return []
    if not found or not _is_meant(event, talk := found[0], tools, now=now):
        return []
    sender = _sender(tools, talk)
    if sender is None or (sender.row.is_paused and event.kind not in TURNS):
        return await _unsendable(conn, event, talk, tools=tools, now=now)
    present = (await deals.present(conn, [talk.contact_id])).get(talk.contact_id)
    own = (talk.contact_id, talk.handle_kind, talk.handle_value)
    is_vouched = bool(await contacts.vouched(conn, [own]))
    knowledge = Knowledge(
        known=with_told(await _known(conn, talk, present if is_vouched else None), talk),
        crm=crm_of(present if is_vouched else None),
        pace=(await store.said(conn, [talk.contact_id])).get(talk.contact_id, Pace()),
    )
    if event.kind == "stage":
        knowledge = replace(knowledge, crm=replace(knowledge.crm, stage=str(event.data.get("stage") or "")))
    if event.attempts > MAX_ATTEMPTS:
        outcome = turn.give_up(
            talk, reason=phrase("The bot could not go on: its rule failed again and again."), now=now
        )
    else:
        outcome = _outcome(event, talk, tools, sender=sender, knowledge=knowledge, now=now, answer=answer)
    if outcome is None:
        return []
    return await _keep(
        conn, talk, outcome, tools=tools, now=now, owner_id=present.owner_id if present else None
    )


def _outcome(
    event: BotEvent,
    talk: Talk,
    tools: Tools,
    *,
    sender: LiveChannel,
    knowledge: Knowledge,
    now: datetime,
    answer: Answer | None,
) -> Outcome | None:
    """What the bot decides; where a person has the conversation only rules that may come back are asked, in their order."""
    rules = tools.rulebook.rules
    asked = [event]
    if talk.owner != "bot":
        among = [rule for rule in rules.events.get(event.kind, ()) if rule.returns]
        asked = [replace(event, rule=rule.id) for rule in among if event.rule in ("", rule.id)]
    for each in asked:
        outcome = turn.take_event(
            rules, talk, each, sender=sender, knowledge=knowledge, now=now, answer=answer
        )
        if outcome is not None:
            return outcome
    return None


async def _known(conn: Conn, talk: Talk, present: Present | None) -> dict[str, str]:
    """What texts may tell: of the contact (`present`) only where the conversation's own address vouches for it."""
    known = {"name": str(talk.bot_state.get("writer") or ""), talk.handle_kind: talk.handle_value}
    if present is None:
        return known
    found = (await contacts.known(conn, [talk.contact_id])).get(talk.contact_id, {})
    return {**found, **known, "name": present.name or known["name"]}


def _is_meant(event: BotEvent, talk: Talk, tools: Tools, *, now: datetime) -> bool:
    """Whether it still concerns the bot: nobody else has the conversation, and it stands where it stood."""
    if event.kind not in TURNS and event.attempts > MAX_ATTEMPTS:
        return False
    if event.kind in TURNS:
        state = BotState.from_json(talk.bot_state.get("flow") or {})
        is_there = (state.flow, state.step) == (event.rule, event.step)
        return talk.owner == "bot" and talk.state != "closed" and is_there
    rules = tools.rulebook.rules.events.get(event.kind, ())
    if event.kind == "silence":
        rule = next((each for each in rules if each.id == event.rule), None)
        if rule is None or rule.when is None or talk.last_at is None or not talk.last_outbound:
            return False
        if talk.state != "open" or event.rule in (talk.bot_state.get("fired") or []):
            return False
        if now - talk.last_at < timedelta(minutes=rule.when.silence):
            return False
    return talk.owner == "bot" or any(rule.returns for rule in rules if event.rule in ("", rule.id))


def _sender(tools: Tools, talk: Talk) -> LiveChannel | None:
    home = tools.directory.by_id(talk.channel_id)
    sender = sending_channel(tools.directory, home, talk.handle_kind) if home else None
    return sender if sender and can_write(sender) else None


async def _unsendable(
    conn: Conn, event: BotEvent, talk: Talk, *, tools: Tools, now: datetime
) -> list[Change]:
    """The channel is gone: somebody who waits for the rest is given to a person, other things are left."""
    if event.kind not in TURNS:
        return []
    outcome = turn.give_up(
        talk, reason=phrase("Nothing here can write to this person; a manager is asked."), now=now
    )
    return await _keep(conn, talk, outcome, tools=tools, now=now, owner_id=None)


async def _keep(
    conn: Conn, talk: Talk, outcome: Outcome, *, tools: Tools, now: datetime, owner_id: int | None
) -> list[Change]:
    """Write what came of it, as the processor does for messages."""
    changes: list[Change] = []
    if outcome.hand_over:
        talk.needs_routing = outcome.hand_over
        hours = tuple(tools.rulebook.rules.hours.values())
        changes += await routing.route(conn, [talk], owners={talk.contact_id: owner_id}, hours=hours)
    await conversations.write(conn, outcome.said)
    if outcome.said:
        talk.message_count += len(outcome.said)
        talk.last_text = " ".join(outcome.said[-1].text.split())[:PREVIEW]
        talk.last_outbound, talk.last_at = True, now
    await effects.keep_effects(conn, [(talk, outcome)], now=now)
    await conversations.save_talks(
        conn, [talk], last_ids={message.talk.id: message.id for message in outcome.said}
    )
    await events.announce(conn, of_talks([talk]))
    return changes + [
        Change(
            kind="message",
            id=message.id,
            conversation_id=talk.id,
            contact_id=talk.contact_id,
            channel_id=talk.channel_id,
            assignee_id=talk.assignee_id,
            previous_assignee_id=talk.had_assignee,
            data={"direction": message.direction, "author": message.author},
        )
        for message in outcome.said
    ] or _changed(talk)


def _changed(talk: Talk) -> list[Change]:
    return [
        Change(
            kind="conversation",
            id=talk.id,
            conversation_id=talk.id,
            contact_id=talk.contact_id,
            channel_id=talk.channel_id,
            assignee_id=talk.assignee_id,
            previous_assignee_id=talk.had_assignee,
        )
    ]
