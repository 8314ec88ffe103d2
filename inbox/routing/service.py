"""Routing: each waiting conversation gets a manager, one decision after the other, and stands on a deal card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.model import RoutedRequest
from crm_core.events import Fact
from crm_core.sql import Conn
from crm_core.users import rota
from inbox.changes import Change
from inbox.process.model import Talk
from inbox.routing import store
from inbox.routing.model import choose

DRAIN_AT_ONCE = 100


async def route(conn: Conn, talks: Sequence[Talk], *, owners: Mapping[int, int | None]) -> list[Change]:
    """Choose for conversations under lock and change the `Talk`s; the caller writes them back.

    `owners` maps a contact to its manager. The users' rows stay locked until the transaction ends.
    """
    on_duty = await rota.available(conn)
    load = await store.load(conn, [user.id for user in on_duty]) if on_duty else {}
    choices = choose([owners.get(talk.contact_id) for talk in talks], on_duty=on_duty, load=load)
    given: list[Talk] = []
    for talk, choice in zip(talks, choices, strict=True):
        talk.routed_why = choice.why
        if choice.user_id is None:
            talk.own("queue")
        else:
            talk.own("user", choice.user_id)
            given.append(talk)
    if given:
        await rota.routed(conn, list(dict.fromkeys(talk.assignee_id for talk in given if talk.assignee_id)))
    return await stand_on_cards(conn, given)


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
            title=talk.subject,  # without one the deal is named by the lead: what the customer first wrote
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
