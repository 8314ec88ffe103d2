"""Routing: each waiting conversation gets a manager, one decision after the other, and stands on a deal card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.model import RoutedRequest
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.users import presence
from inbox.changes import Change
from inbox.conversations.model import Conversation
from inbox.conversations.subjects import bare_subject
from inbox.facts import ConversationAssigned
from inbox.routing import rule_store, store
from inbox.routing.choosing import Allocator
from inbox.routing.model import About, Request
from inbox.routing.rules import Facts, Rule, first
from values.hours import Hours, is_open

DRAIN_AT_ONCE = 100
NOBODY_TRIED: Mapping[int, Sequence[int]] = {}


async def route(
    conn: Conn,
    conversations: Sequence[Conversation],
    *,
    owners: Mapping[int, int | None],
    hours: Iterable[Hours] = (),
    tried: Mapping[int, Sequence[int]] = NOBODY_TRIED,
) -> list[Change]:
    """Choose for conversations under lock and change them; the caller writes them back.

    `owners` maps a contact to its manager, `tried` a conversation to who did not answer it. The users' rows stay locked
    until the transaction ends.
    """
    now = datetime.now(UTC)
    on_duty = await presence.available(conn)
    load = await store.load(conn, [user.id for user in on_duty]) if on_duty else {}
    about = await store.about(conn, now)
    rules = await _rules_of(conn, conversations, hours=list(hours), now=now)
    allocator = Allocator(on_duty, load=load, about=about, now=now)
    given: list[Conversation] = []
    for conversation in conversations:
        choice = allocator.allocate(
            Request(
                owner_id=owners.get(conversation.contact_id),
                to=str(conversation.bot_state.get("to") or ""),
                language=conversation.language,
                tried=tuple(tried.get(conversation.id, ())),
                rule=rules.get(conversation.id),
            )
        )
        if choice.user_id is None and conversation.id in tried:
            continue  # nobody else is there: it stays with who has it
        conversation.routed_why = choice.why
        if choice.user_id is None:
            conversation.own("queue")
        else:
            conversation.own("user", choice.user_id)
            given.append(conversation)
    if given:
        taken = dict.fromkeys(one.assignee_id for one in given if one.assignee_id)
        await presence.routed(conn, list(taken))
        turns = {id_: turn for id_, turn in allocator.turns.items() if id_ in taken}
        await store.save_turns(conn, turns)
        await _watch(conn, given, about=about, rules=rules, tried=tried)
    return await attach_to_deals(conn, given)


async def reassign(conn: Conn, *, hours: Iterable[Hours] = (), limit: int = DRAIN_AT_ONCE) -> list[Change]:
    """Ask somebody else for conversations that were not answered in time; where nobody is there, look again later."""
    tried = await store.late(conn, limit)
    if not tried:
        return []
    await store.forget_settled(conn, list(tried))
    conversations = await store.still_waiting(conn, list(tried))
    if not conversations:
        return []
    before = {conversation.id: conversation.assignee_id for conversation in conversations}
    owners = await contacts.owners(conn, [conversation.contact_id for conversation in conversations])
    changes = await route(conn, conversations, owners=owners, hours=hours, tried=tried)
    moved = [
        conversation for conversation in conversations if conversation.assignee_id != before[conversation.id]
    ]
    if moved:
        await store.assign(
            conn,
            [
                (conversation.id, conversation.assignee_id, conversation.routed_why)
                for conversation in moved
                if conversation.assignee_id
            ],
        )
    return changes


async def cover_absence(
    conn: Conn, conversations: Sequence[Conversation], *, hours: Iterable[Hours], now: datetime
) -> list[Change]:
    """Somebody else for conversations whose assignee is absent while the customer writes; their deputy first.

    Where nobody is there they stay where they are.
    """
    having = {
        conversation.assignee_id
        for conversation in conversations
        if conversation.assignee_id and conversation.state == "open"
    }
    away = await store.away(conn, sorted(having), now) if having else set[int]()
    asking = [
        conversation
        for conversation in conversations
        if conversation.assignee_id in away and conversation.state == "open"
    ]
    if not asking:
        return []
    owners = {conversation.contact_id: conversation.assignee_id for conversation in asking}
    tried = {conversation.id: (conversation.assignee_id or 0,) for conversation in asking}
    return await route(conn, asking, owners=owners, hours=hours, tried=tried)


async def _watch(
    conn: Conn,
    given: Sequence[Conversation],
    *,
    about: Mapping[int, About],
    rules: Mapping[int, Rule],
    tried: Mapping[int, Sequence[int]],
) -> None:
    """Start the timers: of the rule that fits, else of whoever has it."""
    rows: list[tuple[int, int, int, str]] = []
    for conversation in given:
        rule, has = rules.get(conversation.id), about.get(conversation.assignee_id or 0)
        minutes = (rule.answer_within if rule else 0) or (has.answer_within if has else 0)
        if conversation.assignee_id and minutes:
            rows.append(
                (
                    conversation.id,
                    conversation.assignee_id,
                    minutes,
                    ",".join(map(str, tried.get(conversation.id, ()))),
                )
            )
    if rows:
        await store.watch(conn, rows)
    await store.unwatch(
        conn, [conversation.id for conversation in given if conversation.id not in {row[0] for row in rows}]
    )


async def _rules_of(
    conn: Conn, conversations: Sequence[Conversation], *, hours: Sequence[Hours], now: datetime
) -> dict[int, Rule]:
    """The rule that fits each conversation; asks nothing more where there are no rules."""
    known = await rule_store.rules(conn)
    if not known:
        return {}
    told = await rule_store.facts(
        conn,
        [
            (conversation.id, conversation.channel_id, conversation.contact_id)
            for conversation in conversations
        ],
    )
    marks = await leads.marks(conn, [conversation.id for conversation in conversations])
    is_open_now = not hours or any(is_open(one, now) for one in hours)
    found: dict[int, Rule] = {}
    for conversation in conversations:
        facts = replace(
            told.get(conversation.id, Facts()),
            source=marks.get(conversation.id, ()),
            language=conversation.language,
            words=f"{conversation.subject} {conversation.last_text}",
            is_open=is_open_now,
        )
        if rule := first(known, facts):
            found[conversation.id] = rule
    return found


async def drain(conn: Conn, *, hours: Iterable[Hours] = (), limit: int = DRAIN_AT_ONCE) -> list[Change]:
    """Give waiting conversations to whoever is in, longest waiting first."""
    conversations = await store.queue(conn, limit)
    if not conversations:
        return []
    owners = await contacts.owners(conn, [conversation.contact_id for conversation in conversations])
    changes = await route(conn, conversations, owners=owners, hours=hours)
    given = [
        (conversation.id, conversation.assignee_id, conversation.routed_why)
        for conversation in conversations
        if conversation.assignee_id
    ]
    if given:
        await store.assign(conn, given)
    return changes


async def attach_to_deals(conn: Conn, conversations: Sequence[Conversation]) -> list[Change]:
    """Deal cards, access and history for conversations that were just given to their assignees."""
    if not conversations:
        return []
    requests = [
        RoutedRequest(
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            channel_id=conversation.channel_id,
            owner_id=conversation.assignee_id,
            # without one the deal is named by the lead, the company or the person
            title=bare_subject(conversation.subject),
        )
        for conversation in conversations
        if not conversation.is_machine
    ]
    deal_ids = await deals.create_for_routed(conn, requests) if requests else []
    having = [
        (conversation.contact_id, conversation.assignee_id)
        for conversation in conversations
        if conversation.assignee_id
    ]
    await contacts.share(conn, having)
    await contacts.own(conn, having)
    await events.announce(conn, [_assigned(conversation) for conversation in conversations])
    changes = [_changed(conversation) for conversation in conversations]
    return changes + [Change(kind="deal", id=deal_id) for deal_id in dict.fromkeys(deal_ids) if deal_id]


def _assigned(conversation: Conversation) -> ConversationAssigned:
    return ConversationAssigned(
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        assignee_id=conversation.assignee_id,
        why=conversation.routed_why,
    )


def _changed(conversation: Conversation) -> Change:
    return Change(
        kind="conversation",
        id=conversation.id,
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        assignee_id=conversation.assignee_id,
        previous_assignee_id=conversation.had_assignee,
    )
