"""Routing: each waiting conversation gets a manager, one decision after the other, and stands on a deal card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chatbot.hours import Hours, is_open
from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.model import RoutedRequest
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.users import rota
from inbox.changes import Change
from inbox.conversations.model import Talk
from inbox.conversations.subjects import bare_subject
from inbox.facts import ConversationAssigned
from inbox.routing import rule_store, store
from inbox.routing.choosing import Desk
from inbox.routing.model import About, Request
from inbox.routing.rules import Facts, Rule, first

DRAIN_AT_ONCE = 100
NOBODY_TRIED: Mapping[int, Sequence[int]] = {}


async def route(
    conn: Conn,
    talks: Sequence[Talk],
    *,
    owners: Mapping[int, int | None],
    hours: Iterable[Hours] = (),
    tried: Mapping[int, Sequence[int]] = NOBODY_TRIED,
) -> list[Change]:
    """Choose for conversations under lock and change the `Talk`s; the caller writes them back.

    `owners` maps a contact to its manager, `tried` a conversation to who did not answer it. The users' rows stay locked
    until the transaction ends.
    """
    now = datetime.now(UTC)
    on_duty = await rota.available(conn)
    load = await store.load(conn, [user.id for user in on_duty]) if on_duty else {}
    about = await store.about(conn, now)
    rules = await _rules_of(conn, talks, hours=list(hours), now=now)
    requests = [
        Request(
            owner_id=owners.get(talk.contact_id),
            to=str(talk.bot_state.get("to") or ""),
            language=talk.language,
            tried=tuple(tried.get(talk.id, ())),
            rule=rules.get(talk.id),
        )
        for talk in talks
    ]
    desk = Desk(on_duty, load=load, about=about, now=now)
    choices = [desk.give(request) for request in requests]
    given: list[Talk] = []
    for talk, choice in zip(talks, choices, strict=True):
        if choice.user_id is None and talk.id in tried:
            continue  # nobody else is there: it stays with who has it
        talk.routed_why = choice.why
        if choice.user_id is None:
            talk.own("queue")
        else:
            talk.own("user", choice.user_id)
            given.append(talk)
    if given:
        await rota.routed(conn, list(dict.fromkeys(talk.assignee_id for talk in given if talk.assignee_id)))
        taken = {talk.assignee_id for talk in given}
        turns = {id_: turn for id_, turn in desk.turns.items() if id_ in taken}
        await store.save_turns(conn, turns)
        await _watch(conn, given, about=about, rules=rules, tried=tried)
    return await stand_on_cards(conn, given)


async def reassign(conn: Conn, *, hours: Iterable[Hours] = (), limit: int = DRAIN_AT_ONCE) -> list[Change]:
    """Ask somebody else for conversations that were not answered in time; where nobody is there, look again later."""
    tried = await store.late(conn, limit)
    if not tried:
        return []
    await store.forget_settled(conn, list(tried))
    talks = await store.still_waiting(conn, list(tried))
    if not talks:
        return []
    before = {talk.id: talk.assignee_id for talk in talks}
    owners = await contacts.owners(conn, [talk.contact_id for talk in talks])
    changes = await route(conn, talks, owners=owners, hours=hours, tried=tried)
    moved = [talk for talk in talks if talk.assignee_id != before[talk.id]]
    if moved:
        await store.assign(
            conn, [(talk.id, talk.assignee_id, talk.routed_why) for talk in moved if talk.assignee_id]
        )
    return changes


async def stand_in(
    conn: Conn, talks: Sequence[Talk], *, hours: Iterable[Hours], now: datetime
) -> list[Change]:
    """Somebody else for conversations whose assignee is absent while the customer writes; their deputy first.

    Where nobody is there they stay where they are.
    """
    having = {talk.assignee_id for talk in talks if talk.assignee_id and talk.state == "open"}
    away = await store.away(conn, sorted(having), now) if having else set[int]()
    asking = [talk for talk in talks if talk.assignee_id in away and talk.state == "open"]
    if not asking:
        return []
    owners = {talk.contact_id: talk.assignee_id for talk in asking}
    tried = {talk.id: (talk.assignee_id or 0,) for talk in asking}
    return await route(conn, asking, owners=owners, hours=hours, tried=tried)


async def _watch(
    conn: Conn,
    given: Sequence[Talk],
    *,
    about: Mapping[int, About],
    rules: Mapping[int, Rule],
    tried: Mapping[int, Sequence[int]],
) -> None:
    """Start the timers: of the rule that fits, else of whoever has it."""
    rows: list[tuple[int, int, int, str]] = []
    for talk in given:
        rule, has = rules.get(talk.id), about.get(talk.assignee_id or 0)
        minutes = (rule.answer_within if rule else 0) or (has.answer_within if has else 0)
        if talk.assignee_id and minutes:
            rows.append((talk.id, talk.assignee_id, minutes, ",".join(map(str, tried.get(talk.id, ())))))
    if rows:
        await store.watch(conn, rows)
    await store.unwatch(conn, [talk.id for talk in given if talk.id not in {row[0] for row in rows}])


async def _rules_of(
    conn: Conn, talks: Sequence[Talk], *, hours: Sequence[Hours], now: datetime
) -> dict[int, Rule]:
    """The rule that fits each conversation; asks nothing more where there are no rules."""
    known = await rule_store.rules(conn)
    if not known:
        return {}
    told = await rule_store.facts(conn, [(talk.id, talk.channel_id, talk.contact_id) for talk in talks])
    marks = await leads.marks(conn, [talk.id for talk in talks])
    is_open_now = not hours or any(is_open(one, now) for one in hours)
    found: dict[int, Rule] = {}
    for talk in talks:
        facts = replace(
            told.get(talk.id, Facts()),
            source=marks.get(talk.id, ()),
            language=talk.language,
            words=f"{talk.subject} {talk.last_text}",
            is_open=is_open_now,
        )
        if rule := first(known, facts):
            found[talk.id] = rule
    return found


async def drain(conn: Conn, *, hours: Iterable[Hours] = (), limit: int = DRAIN_AT_ONCE) -> list[Change]:
    """Give waiting conversations to whoever is in, longest waiting first."""
    talks = await store.queue(conn, limit)
    if not talks:
        return []
    owners = await contacts.owners(conn, [talk.contact_id for talk in talks])
    changes = await route(conn, talks, owners=owners, hours=hours)
    given = [(talk.id, talk.assignee_id, talk.routed_why) for talk in talks if talk.assignee_id]
    if given:
        await store.assign(conn, given)
    return changes


async def stand_on_cards(conn: Conn, talks: Sequence[Talk]) -> list[Change]:
    """Deal cards, access and history for conversations that were just given to their assignees."""
    if not talks:
        return []
    requests = [
        RoutedRequest(
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            channel_id=talk.channel_id,
            owner_id=talk.assignee_id,
            # without one the deal is named by the lead, the company or the person
            title=bare_subject(talk.subject),
        )
        for talk in talks
        if not talk.is_machine
    ]
    deal_ids = await deals.create_for_routed(conn, requests) if requests else []
    having = [(talk.contact_id, talk.assignee_id) for talk in talks if talk.assignee_id]
    await contacts.share(conn, having)
    await contacts.own(conn, having)
    await events.announce(
        conn,
        [
            ConversationAssigned(
                contact_id=talk.contact_id,
                conversation_id=talk.id,
                assignee_id=talk.assignee_id,
                why=talk.routed_why,
            )
            for talk in talks
        ],
    )
    changes = [
        Change(
            kind="conversation",
            id=talk.id,
            conversation_id=talk.id,
            contact_id=talk.contact_id,
            assignee_id=talk.assignee_id,
            previous_assignee_id=talk.had_assignee,
        )
        for talk in talks
    ]
    return changes + [Change(kind="deal", id=deal_id) for deal_id in dict.fromkeys(deal_ids) if deal_id]
