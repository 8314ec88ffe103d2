"""Routing: each waiting conversation gets a manager, one decision after the other, and stands on a deal card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.model import RoutedRequest
from crm_core.events import Fact
from crm_core.sql import Conn
from crm_core.users import rota
from inbox.changes import Change
from inbox.process.answers import bare_subject
from inbox.process.model import Talk
from inbox.routing import store
from inbox.routing.model import About, Request, choose

DRAIN_AT_ONCE = 100
NOBODY_TRIED: Mapping[int, Sequence[int]] = {}


async def route(
    conn: Conn,
    talks: Sequence[Talk],
    *,
    owners: Mapping[int, int | None],
    tried: Mapping[int, Sequence[int]] = NOBODY_TRIED,
) -> list[Change]:
    """Choose for conversations under lock and change the `Talk`s; the caller writes them back.

    `owners` maps a contact to its manager, `tried` a conversation to who did not answer it. The users' rows stay locked
    until the transaction ends.
    """
    on_duty = await rota.available(conn)
    load = await store.load(conn, [user.id for user in on_duty]) if on_duty else {}
    about = await store.about(conn)
    requests = [
        Request(
            owner_id=owners.get(talk.contact_id),
            to=str(talk.bot_state.get("to") or ""),
            language=talk.language,
            tried=tuple(tried.get(talk.id, ())),
        )
        for talk in talks
    ]
    choices = choose(requests, on_duty=on_duty, load=load, about=about, now=datetime.now(UTC))
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
        await _watch(conn, given, about=about, tried=tried)
    return await stand_on_cards(conn, given)


async def reassign(conn: Conn, *, limit: int = DRAIN_AT_ONCE) -> list[Change]:
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
    changes = await route(conn, talks, owners=owners, tried=tried)
    moved = [talk for talk in talks if talk.assignee_id != before[talk.id]]
    if moved:
        await store.assign(
            conn, [(talk.id, talk.assignee_id, talk.routed_why) for talk in moved if talk.assignee_id]
        )
    return changes


async def _watch(
    conn: Conn,
    given: Sequence[Talk],
    *,
    about: Mapping[int, About],
    tried: Mapping[int, Sequence[int]],
) -> None:
    rows = [
        (
            talk.id,
            talk.assignee_id,
            about[talk.assignee_id].answer_within,
            ",".join(map(str, tried.get(talk.id, ()))),
        )
        for talk in given
        if talk.assignee_id and talk.assignee_id in about and about[talk.assignee_id].answer_within
    ]
    if rows:
        await store.watch(conn, rows)
    await store.unwatch(conn, [talk.id for talk in given if talk.id not in {row[0] for row in rows}])


async def drain(conn: Conn, *, limit: int = DRAIN_AT_ONCE) -> list[Change]:
    """Give waiting conversations to whoever is in, longest waiting first."""
    talks = await store.queue(conn, limit)
    if not talks:
        return []
    owners = await contacts.owners(conn, [talk.contact_id for talk in talks])
    changes = await route(conn, talks, owners=owners)
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
            title=bare_subject(
                talk.subject
            ),  # without one the deal is named by the lead: what the customer first wrote
        )
        for talk in talks
        if not talk.is_machine
    ]
    deal_ids = await deals.create_for_routed(conn, requests) if requests else []
    by_user: dict[int, list[int]] = {}
    for talk in talks:
        by_user.setdefault(talk.assignee_id or 0, []).append(talk.contact_id)
    for user_id, contact_ids in by_user.items():
        await contacts.share(conn, contact_ids, user_id)
        await contacts.own(conn, contact_ids, user_id)
    await events.announce(
        conn,
        [
            Fact(
                kind="conversation.assigned",
                contact_id=talk.contact_id,
                conversation_id=talk.id,
                data={"assignee_id": talk.assignee_id, "why": talk.routed_why},
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
