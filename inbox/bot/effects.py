"""What follows from the bot's turns: what it learnt, its tasks and tags, leads and deals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from crm_core.contacts import service as contacts
from crm_core.deals import by_rule as deals
from crm_core.errors import Conflict, Invalid, NotFound
from crm_core.leads import by_rule as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from inbox.bot.analytics import store as botruns
from inbox.bot.events import store as botevents
from inbox.bot.turn import Outcome
from inbox.conversations.model import Talk
from values.sentences import phrase


async def keep_effects(conn: Conn, turns: Sequence[tuple[Talk, Outcome]], *, now: datetime) -> None:
    """Write what the bot learnt; what a person typed to a bot is a claim, never a proof."""
    await contacts.tag_all(
        conn, [(talk.contact_id, label) for talk, outcome in turns for label in outcome.tags]
    )
    await botruns.append(conn, [count for _, outcome in turns for count in outcome.counts])
    await botevents.add(conn, [event for _, outcome in turns for event in outcome.events])
    said = defaultdict[int, list[int]](list)
    for talk, outcome in turns:
        if outcome.said:
            said[talk.contact_id].append(len(outcome.said))
    await botevents.count_said(conn, said)
    for talk, outcome in turns:
        for learnt in outcome.learnt:
            await contacts.learn(
                conn,
                talk.contact_id,
                field=learnt.name,
                value=learnt.value,
                evidence="typed",
                channel_id=talk.channel_id,
            )
            talk.bot_state = {
                **talk.bot_state,
                "known": {**(talk.bot_state.get("known") or {}), learnt.name: learnt.value},
            }
        for task in outcome.tasks:
            await tasks.create_by_bot(
                conn,
                title=task.title,
                contact_id=talk.contact_id,
                conversation_id=talk.id,
                assignee_id=talk.assignee_id,
                due_at=now + timedelta(minutes=task.due_in_minutes),
            )

        await _sell(conn, talk, outcome, now=now)


async def _sell(conn: Conn, talk: Talk, outcome: Outcome, *, now: datetime) -> None:
    """Leads and deals that rules move; what cannot be done any more (a stage was renamed) becomes a task for people."""
    try:
        for lead in outcome.leads:
            if lead.state == "open":
                await leads.open_(
                    conn,
                    talk.contact_id,
                    conversation_id=talk.id,
                    channel_id=talk.channel_id,
                    title=lead.title,
                )
            else:
                await leads.decline(conn, talk.contact_id, reason=lead.reason)
        for deal in outcome.deals:
            await deals.put(
                conn,
                contact_id=talk.contact_id,
                conversation_id=talk.id,
                channel_id=talk.channel_id,
                stage=deal.stage,
                pipeline=deal.pipeline,
                title=deal.title,
                fields=deal.fields,
            )
    except (Invalid, NotFound, Conflict) as error:
        await tasks.create_by_bot(
            conn,
            title=phrase("The bot could not move the deal: {error}", error=error),
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            assignee_id=talk.assignee_id,
            due_at=now,
        )
