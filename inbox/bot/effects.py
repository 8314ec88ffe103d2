"""What follows from the bot's turns: what it learnt, its tasks and tags, leads and deals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from crm_core.contacts import service as contacts
from crm_core.deals import automation as deals
from crm_core.leads import automation as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from inbox.bot.analytics import store as botruns
from inbox.bot.events import store as botevents
from inbox.bot.outcome import Outcome
from inbox.conversations.model import Conversation
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase


async def keep_effects(conn: Conn, turns: Sequence[tuple[Conversation, Outcome]], *, now: datetime) -> None:
    """Write what the bot learnt; what a person typed to a bot is a claim, never a proof."""
    await contacts.tag_all(
        conn, [(conversation.contact_id, label) for conversation, outcome in turns for label in outcome.tags]
    )
    await botruns.append(conn, [count for _, outcome in turns for count in outcome.counts])
    await botevents.add(conn, [event for _, outcome in turns for event in outcome.events])
    said = defaultdict[int, list[int]](list)
    for conversation, outcome in turns:
        if outcome.said:
            said[conversation.contact_id].append(len(outcome.said))
    await botevents.count_said(conn, said)
    for conversation, outcome in turns:
        for learnt in outcome.learnt:
            await contacts.enrich(
                conn,
                conversation.contact_id,
                field=learnt.name,
                value=learnt.value,
                evidence="typed",
                channel_id=conversation.channel_id,
            )
            conversation.bot_state = {
                **conversation.bot_state,
                "known": {**(conversation.bot_state.get("known") or {}), learnt.name: learnt.value},
            }
        for task in outcome.tasks:
            await tasks.create_by_bot(
                conn,
                title=task.title,
                contact_id=conversation.contact_id,
                conversation_id=conversation.id,
                assignee_id=conversation.assignee_id,
                due_at=now + timedelta(minutes=task.due_in_minutes),
            )

        await apply_crm_effects(conn, conversation, outcome, now=now)


async def apply_crm_effects(
    conn: Conn, conversation: Conversation, outcome: Outcome, *, now: datetime
) -> None:
    """Leads and deals that rules move; what cannot be done any more (a stage was renamed) becomes a task for people."""
    try:
        for lead in outcome.leads:
            if lead.state == "open":
                await leads.open_(
                    conn,
                    conversation.contact_id,
                    conversation_id=conversation.id,
                    channel_id=conversation.channel_id,
                    title=lead.title,
                )
            else:
                await leads.decline(conn, conversation.contact_id, reason=lead.reason)
        for deal in outcome.deals:
            await deals.move_or_create(
                conn,
                contact_id=conversation.contact_id,
                conversation_id=conversation.id,
                channel_id=conversation.channel_id,
                stage=deal.stage,
                pipeline=deal.pipeline,
                title=deal.title,
                fields=deal.fields,
            )
    except (Invalid, NotFound, Conflict) as error:
        await tasks.create_by_bot(
            conn,
            title=phrase("The bot could not move the deal: {error}", error=error),
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            assignee_id=conversation.assignee_id,
            due_at=now,
        )
