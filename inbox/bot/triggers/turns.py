"""One event of a conversation in one transaction: the bot decides, what it says is queued, the event is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.model import Answer, BotState
from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.deals import automation as deals
from crm_core.deals.model import ContactSnapshot
from crm_core.sql import Conn
from inbox.bot import effects, turn
from inbox.bot.context import crm_of, with_told
from inbox.bot.events import store
from inbox.bot.events.model import TURNS, BotEvent
from inbox.bot.events.pace import Pace
from inbox.bot.outcome import Outcome
from inbox.bot.tools import Tools
from inbox.bot.turn import Knowledge
from inbox.changes import Change
from inbox.channels.model import LiveChannel
from inbox.channels.route import can_write, sending_channel
from inbox.conversations import store as conversation_store
from inbox.conversations.facts import of_conversations
from inbox.conversations.model import Conversation
from inbox.routing import service as routing
from values.sentences import phrase
from values.texts import one_line

MAX_ATTEMPTS = 5
PREVIEW = 200


async def take(
    conn: Conn, event: BotEvent, *, tools: Tools, now: datetime, answer: Answer | None = None
) -> list[Change]:
    """Settle an event inside the caller's transaction; nothing happens if somebody else settled it meanwhile.

    The conversation is locked before the event, as the processor does that takes back what a rule waited for.
    """
    found = await conversation_store.locked_by_id(conn, [event.conversation_id])
    if not await store.done(conn, event.id):
        return []
    if not found or not _is_meant(event, conversation := found[0], tools, now=now):
        return []
    sender = _sender(tools, conversation)
    if sender is None or (sender.row.is_paused and event.kind not in TURNS):
        return await _unsendable(conn, event, conversation, tools=tools, now=now)
    present = (await deals.snapshots(conn, [conversation.contact_id])).get(conversation.contact_id)
    own = (conversation.contact_id, conversation.handle_kind, conversation.handle_value)
    is_vouched = bool(await contacts.vouched(conn, [own]))
    knowledge = Knowledge(
        known=with_told(await _known(conn, conversation, present if is_vouched else None), conversation),
        crm=crm_of(present if is_vouched else None),
        pace=(await store.said(conn, [conversation.contact_id])).get(conversation.contact_id, Pace()),
    )
    if event.kind == "stage":
        knowledge = replace(knowledge, crm=replace(knowledge.crm, stage=str(event.data.get("stage") or "")))
    if event.attempts > MAX_ATTEMPTS:
        outcome = turn.give_up(
            conversation, reason=phrase("The bot could not go on: its rule failed again and again."), now=now
        )
    else:
        outcome = _outcome(
            event, conversation, tools, sender=sender, knowledge=knowledge, now=now, answer=answer
        )
    if outcome is None:
        return []
    return await _keep(
        conn, conversation, outcome, tools=tools, now=now, owner_id=present.owner_id if present else None
    )


def _outcome(
    event: BotEvent,
    conversation: Conversation,
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
    if conversation.owner != "bot":
        among = [rule for rule in rules.events.get(event.kind, ()) if rule.returns]
        asked = [replace(event, rule=rule.id) for rule in among if event.rule in ("", rule.id)]
    for each in asked:
        outcome = turn.take_event(
            rules, conversation, each, sender=sender, knowledge=knowledge, now=now, answer=answer
        )
        if outcome is not None:
            return outcome
    return None


async def _known(conn: Conn, conversation: Conversation, present: ContactSnapshot | None) -> dict[str, str]:
    """What texts may tell: of the contact (`present`) only where the conversation's own address vouches for it."""
    known = {
        "name": str(conversation.bot_state.get("writer") or ""),
        conversation.handle_kind: conversation.handle_value,
    }
    if present is None:
        return known
    found = (await contacts.known(conn, [conversation.contact_id])).get(conversation.contact_id, {})
    return {**found, **known, "name": present.name or known["name"]}


def _is_meant(event: BotEvent, conversation: Conversation, tools: Tools, *, now: datetime) -> bool:
    """Whether it still concerns the bot: nobody else has the conversation, and it stands where it stood."""
    if event.kind not in TURNS and event.attempts > MAX_ATTEMPTS:
        return False
    if event.kind in TURNS:
        state = BotState.from_json(conversation.bot_state.get("flow") or {})
        is_there = (state.flow, state.step) == (event.rule, event.step)
        return conversation.owner == "bot" and conversation.state != "closed" and is_there
    rules = tools.rulebook.rules.events.get(event.kind, ())
    if event.kind == "silence":
        rule = next((each for each in rules if each.id == event.rule), None)
        if (
            rule is None
            or rule.when is None
            or conversation.last_at is None
            or not conversation.last_outbound
        ):
            return False
        if conversation.state != "open" or event.rule in (conversation.bot_state.get("fired") or []):
            return False
        if now - conversation.last_at < timedelta(minutes=rule.when.silence):
            return False
    return conversation.owner == "bot" or any(rule.returns for rule in rules if event.rule in ("", rule.id))


def _sender(tools: Tools, conversation: Conversation) -> LiveChannel | None:
    home = tools.directory.by_id(conversation.channel_id)
    sender = sending_channel(tools.directory, home, conversation.handle_kind) if home else None
    return sender if sender and can_write(sender) else None


async def _unsendable(
    conn: Conn, event: BotEvent, conversation: Conversation, *, tools: Tools, now: datetime
) -> list[Change]:
    """The channel is gone: somebody who waits for the rest is given to a person, other things are left."""
    if event.kind not in TURNS:
        return []
    outcome = turn.give_up(
        conversation, reason=phrase("Nothing here can write to this person; a manager is asked."), now=now
    )
    return await _keep(conn, conversation, outcome, tools=tools, now=now, owner_id=None)


async def _keep(
    conn: Conn,
    conversation: Conversation,
    outcome: Outcome,
    *,
    tools: Tools,
    now: datetime,
    owner_id: int | None,
) -> list[Change]:
    """Write what came of it, as the processor does for messages."""
    changes: list[Change] = []
    if outcome.hand_over:
        conversation.needs_routing = outcome.hand_over
        hours = tuple(tools.rulebook.rules.hours.values())
        changes += await routing.route(
            conn, [conversation], owners={conversation.contact_id: owner_id}, hours=hours
        )
    await conversation_store.write(conn, outcome.said)
    if outcome.said:
        conversation.message_count += len(outcome.said)
        conversation.last_text = one_line(outcome.said[-1].text, PREVIEW)
        conversation.last_outbound, conversation.last_at = True, now
    await effects.keep_effects(conn, [(conversation, outcome)], now=now)
    await conversation_store.save_all(
        conn, [conversation], last_ids={message.conversation.id: message.id for message in outcome.said}
    )
    await events.announce(conn, of_conversations([conversation]))
    return changes + [
        Change(
            kind="message",
            id=message.id,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            channel_id=conversation.channel_id,
            assignee_id=conversation.assignee_id,
            previous_assignee_id=conversation.had_assignee,
            data={"direction": message.direction, "author": message.author},
        )
        for message in outcome.said
    ] or _changed(conversation)


def _changed(conversation: Conversation) -> list[Change]:
    return [
        Change(
            kind="conversation",
            id=conversation.id,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            channel_id=conversation.channel_id,
            assignee_id=conversation.assignee_id,
            previous_assignee_id=conversation.had_assignee,
        )
    ]
