"""SQL of what is to come for the bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn
from inbox.bot.events.model import WAITING, BotEvent, NewEvent
from inbox.bot.events.pace import Pace

ADD: LiteralString = """
    INSERT INTO inbox_bot_event (conversation_id, kind, at, due_at, rule, step, data)
    SELECT conversation_id, kind, at, at, rule, step, data
      FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::jsonb[])
           AS t (conversation_id, kind, at, rule, step, data)"""
REPLACE: LiteralString = (
    "DELETE FROM inbox_bot_event WHERE conversation_id = ANY($1::bigint[]) AND kind = ANY($2::text[])"
)
CLAIM: LiteralString = """
    UPDATE inbox_bot_event e SET due_at = now() + make_interval(secs => $2), attempts = e.attempts + 1
     WHERE e.id IN (SELECT id FROM inbox_bot_event WHERE due_at <= now()
                     ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING e.id, e.conversation_id, e.kind, e.at, e.rule, e.step, e.data, e.attempts"""
DONE: LiteralString = "DELETE FROM inbox_bot_event WHERE id = $1 RETURNING id"
WATCHED: LiteralString = "SELECT rule, seen_until FROM inbox_bot_watch FOR UPDATE"
WATCH: LiteralString = """
    INSERT INTO inbox_bot_watch (rule, seen_until) SELECT * FROM unnest($1::text[], $2::timestamptz[])
        ON CONFLICT (rule) DO UPDATE SET seen_until = greatest(inbox_bot_watch.seen_until, excluded.seen_until)"""
UNWATCH: LiteralString = "DELETE FROM inbox_bot_watch WHERE rule <> ALL($1::text[])"
SILENT: LiteralString = """
    SELECT id FROM inbox_conversation
     WHERE state = 'open' AND last_at > $1 AND last_at <= $2 AND last_outbound AND (owner = 'bot' OR $3)
       AND NOT coalesce(bot_state->'fired' ? $4, false)
     ORDER BY last_at"""
# One conversation a person: the one that they wrote in last. Tags are looked at here already, so that a list of a thousand
# is not found among a million; whether the rule's conditions hold is asked when its moment has come.
SCHEDULED: LiteralString = """
    INSERT INTO inbox_bot_event (conversation_id, kind, at, due_at, rule)
    SELECT id, 'schedule', slot, slot, $1
      FROM (SELECT t.id, now() + make_interval(secs => (row_number() OVER (ORDER BY t.id)) * $4) AS slot
              FROM (SELECT DISTINCT ON (r.id) c.id
                      FROM inbox_conversation c
                      JOIN crm_contact p ON p.id = c.contact_id
                      JOIN crm_contact r ON r.id = p.root_id
                     WHERE c.state IN ('open', 'snoozed', 'closed') AND c.last_at > $2 AND (c.owner = 'bot' OR $3)
                       AND ($5::text[] IS NULL OR EXISTS (
                            SELECT 1 FROM unnest(r.tags) AS tag
                             WHERE lower(regexp_replace(btrim(tag), '\\s+', ' ', 'g')) = ANY($5)))
                     ORDER BY r.id, c.last_at DESC) AS t) AS s"""
OF_VISITOR: LiteralString = """
    SELECT id FROM inbox_conversation
     WHERE channel_id = $1 AND handle_kind = 'visitor' AND handle_value = $2 ORDER BY id DESC LIMIT 1"""
OF_CONTACT: LiteralString = """
    SELECT c.id, c.channel_id, c.handle_kind FROM inbox_conversation c JOIN crm_contact p ON p.id = c.contact_id
     WHERE p.root_id = (SELECT root_id FROM crm_contact WHERE id = $1)
     ORDER BY c.state <> 'closed' DESC, c.last_at DESC LIMIT 10"""
IS_TOLD: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM inbox_conversation c JOIN inbox_blocked_number b ON b.number = c.handle_value
                    WHERE c.id = $1)
        OR EXISTS (SELECT 1 FROM inbox_call k JOIN inbox_call_reply r ON r.call_id = k.id
                    WHERE k.conversation_id = $1 AND r.state <> 'left' AND k.ended_at > now() - interval '1 hour')"""
SAID: LiteralString = """
    SELECT contact_id, since, n, answers FROM inbox_bot_said
     WHERE contact_id = ANY($1::bigint[]) AND since > now() - interval '1 hour'"""
SAY: LiteralString = """
    INSERT INTO inbox_bot_said AS s (contact_id, since, n, answers)
    SELECT contact_id, now(), n, answers FROM unnest($1::bigint[], $2::int[], $3::int[]) AS t (contact_id, n, answers)
     ORDER BY contact_id
        ON CONFLICT (contact_id) DO UPDATE
       SET n = CASE WHEN s.since > now() - interval '1 hour' THEN s.n + excluded.n ELSE excluded.n END,
           answers = CASE WHEN s.since > now() - interval '1 hour' THEN s.answers + excluded.answers
                          ELSE excluded.answers END,
           since = CASE WHEN s.since > now() - interval '1 hour' THEN s.since ELSE now() END"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WritableConversation:
    """A conversation in which the bot could write."""

    id: int
    channel_id: int
    handle_kind: str


async def add(conn: Conn, new: Sequence[NewEvent]) -> None:
    """Keep what is to come. Where a rule waits anew, what the conversation waited for before is gone."""
    if not new:
        return
    if again := sorted({event.conversation_id for event in new if event.kind in WAITING}):
        await conn.execute(REPLACE, again, list(WAITING))
    await conn.execute(
        ADD,
        [event.conversation_id for event in new],
        [event.kind for event in new],
        [event.at for event in new],
        [event.rule for event in new],
        [event.step for event in new],
        [dict(event.data) for event in new],
    )


async def claim(conn: Conn, *, limit: int, seconds: float) -> list[BotEvent]:
    """Take due events in hand for so many seconds; after a crash somebody else takes them up then."""
    return [BotEvent(**dict(row)) for row in await conn.fetch(CLAIM, limit, seconds)]


async def done(conn: Conn, id_: int) -> bool:
    """The event is over when the transaction commits; False if it was before."""
    return await conn.fetchval(DONE, id_) is not None


async def watched(conn: Conn) -> dict[str, datetime]:
    """Rule -> up to when its conversations were looked at; locked."""
    return {row["rule"]: row["seen_until"] for row in await conn.fetch(WATCHED)}


async def watch(conn: Conn, seen: dict[str, datetime]) -> None:
    """Remember up to when each rule's conversations were looked at; rules that are not named are forgotten."""
    await conn.execute(UNWATCH, list(seen))
    await conn.execute(WATCH, list(seen), list(seen.values()))


async def silent(conn: Conn, rule: str, *, since: datetime, until: datetime, returns: bool) -> list[int]:
    """Open conversations whose last word was ours, said within this time, for which the rule has not spoken yet."""
    return [row["id"] for row in await conn.fetch(SILENT, since, until, returns, rule)]


async def add_scheduled(
    conn: Conn, rule: str, *, active_since: datetime, returns: bool, apart: float, tags: Sequence[str]
) -> None:
    """An event for everybody who wrote or was written to since and has one of the tags, if any are named; `apart` are
    seconds between two of them."""
    await conn.execute(SCHEDULED, rule, active_since, returns, apart, list(tags) or None)


async def places(conn: Conn, contact_id: int) -> list[WritableConversation]:
    """Conversations of a person, living ones first, then the newest."""
    return [WritableConversation(**dict(row)) for row in await conn.fetch(OF_CONTACT, contact_id)]


async def of_visitor(conn: Conn, channel_id: int, visitor: str) -> int | None:
    """The newest conversation of a visitor of a site."""
    return await conn.fetchval(OF_VISITOR, channel_id, visitor)


async def is_told(conn: Conn, conversation_id: int) -> bool:
    """Whether a caller is blocked, or has a word about the missed call by the rule of the line."""
    return await conn.fetchval(IS_TOLD, conversation_id)


async def said(conn: Conn, contact_ids: Sequence[int]) -> dict[int, Pace]:
    """How much the bot said to contacts within the hour, and how often."""
    rows = await conn.fetch(SAID, list(contact_ids))
    return {
        row["contact_id"]: Pace(said=row["n"], answers=row["answers"], since=row["since"]) for row in rows
    }


async def count_said(conn: Conn, counts: Mapping[int, Sequence[int]]) -> None:
    """To each contact the bot said so many messages, for each of its answers."""
    if counts:
        await conn.execute(
            SAY,
            list(counts),
            [sum(said) for said in counts.values()],
            [len(said) for said in counts.values()],
        )
