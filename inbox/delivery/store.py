"""SQL of the outbox: claims, tries, outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

import orjson

from connectors.contract import Answered
from connectors.long_ids import fitted
from crm_core.sql import Conn
from inbox.delivery.model import ClaimedDelivery, DeliveryOutcome, RecordedDelivery
from values.kept import kept
from values.texts import storable

# Only the oldest unsent message of a conversation may leave: order is kept over all processes. What the bot wrote before
# somebody else took the conversation is cancelled here, at the moment of sending.
PLAN_ANEW: LiteralString = "SET LOCAL plan_cache_mode = force_custom_plan"
CLAIM: LiteralString = """
    WITH due AS (
        SELECT o.id, o.conversation_id, o.by_bot, o.fence
          FROM inbox_outbox o
         WHERE o.state IN ('waiting', 'retry') AND o.due_at <= now() AND NOT (o.channel_id = ANY($2::int[]))
           AND NOT EXISTS (SELECT 1 FROM inbox_pace p WHERE p.channel_id = o.channel_id AND p.held_until > now())
           AND NOT EXISTS (SELECT 1 FROM inbox_rest r WHERE r.conversation_id = o.conversation_id AND r.until > now())
           AND NOT EXISTS (SELECT 1 FROM inbox_outbox e
                            WHERE e.conversation_id = o.conversation_id AND e.seq < o.seq
                              AND e.state IN ('waiting', 'retry', 'sending'))
         ORDER BY o.due_at, o.seq LIMIT $1
           FOR UPDATE OF o SKIP LOCKED
    ), judged AS (
        SELECT due.id, due.by_bot AND due.fence <> c.fence AS is_late
          FROM due JOIN inbox_conversation c ON c.id = due.conversation_id
    ), claimed AS (
        UPDATE inbox_outbox o
           SET state = CASE WHEN j.is_late THEN 'cancelled' ELSE 'sending' END,
               reason = CASE WHEN j.is_late THEN 'Somebody else took the conversation.' ELSE '' END,
               attempts = o.attempts + CASE WHEN j.is_late THEN 0 ELSE 1 END,
               claimed_at = now(), done_at = CASE WHEN j.is_late THEN now() END
          FROM judged j WHERE o.id = j.id
        RETURNING o.id, o.message_id, o.conversation_id, o.channel_id, o.by_bot, o.attempts, o.seq, o.state, o.parts
    ), tried AS (
        INSERT INTO inbox_attempt (outbox_id, n, started_at)
        SELECT id, attempts, now() FROM claimed WHERE state = 'sending'
        ON CONFLICT (outbox_id, n) DO UPDATE SET started_at = now(), ended_at = NULL, outcome = 'sending', reason = ''
    ), told AS (
        UPDATE inbox_message m SET delivery = 'cancelled', delivery_reason = 'Somebody else took the conversation.'
          FROM claimed WHERE m.id = claimed.message_id AND claimed.state = 'cancelled'
    )
    SELECT x.id, x.message_id, x.conversation_id, x.channel_id, x.by_bot, x.attempts, x.state, x.parts,
           m.text, m.html, m.subject, m.data, coalesce(nullif(u.reply_name, ''), u.name) AS sender_name, u.signature,
           c.handle_kind, c.handle_value, c.thread, c.channel_id AS home_channel_id, c.subject AS conversation_subject,
           c.contact_id, c.assignee_id, r.name AS to_name,
           EXISTS (SELECT 1 FROM inbox_attachment a WHERE a.message_id = m.id) AS has_files
      FROM claimed x
      JOIN inbox_message m ON m.id = x.message_id
      JOIN inbox_conversation c ON c.id = x.conversation_id
      JOIN crm_contact p ON p.id = c.contact_id
      JOIN crm_contact r ON r.id = p.root_id
      LEFT JOIN crm_user u ON u.id = m.user_id
     ORDER BY x.seq"""
REFERENCES: LiteralString = """
    SELECT external_id, CASE direction WHEN 'in' THEN data->'references' END AS named FROM inbox_message
     WHERE conversation_id = $1 AND id < $2 AND external_id IS NOT NULL AND direction IN ('in', 'out')
     ORDER BY id DESC LIMIT 10"""
FIRST_WORDS: LiteralString = """
    SELECT left(text, 200) FROM inbox_message
     WHERE conversation_id = $1 AND direction = 'in' AND text <> '' ORDER BY id LIMIT 1"""
ANSWERED: LiteralString = """
    SELECT m.at, m.text, coalesce(nullif(m.data->>'from', ''), r.name || ' <' || c.handle_value || '>') AS name
      FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
      JOIN crm_contact p ON p.id = c.contact_id JOIN crm_contact r ON r.id = p.root_id
     WHERE m.conversation_id = $1
       AND CASE WHEN $3::bigint IS NULL THEN m.id < $2 AND m.direction = 'in' AND m.author = 'person' ELSE m.id = $3 END
     ORDER BY m.id DESC LIMIT 1"""
EXTERNAL_ID: LiteralString = """
    SELECT coalesce(external_id, '') FROM inbox_message WHERE conversation_id = $1 AND id = $2"""
# One statement records a batch of outcomes: the try, the outbox row and the message. A process that was thought dead
# and tells late that it did send heals "not certain".
RECORD: LiteralString = """
    WITH told AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::timestamptz[], $7::text[],
                             $8::float8[]) AS t (id, outcome, reason, external_id, again_in, sent_at, parts, rest)
    ), tries AS (
        UPDATE inbox_attempt a SET ended_at = now(), outcome = t.outcome, reason = t.reason
          FROM told t JOIN inbox_outbox o ON o.id = t.id
         WHERE a.outbox_id = t.id AND a.n = o.attempts
    ), moved AS (
        UPDATE inbox_outbox o
           SET state = t.outcome, reason = t.reason, claimed_at = NULL,
               parts = CASE t.parts WHEN '' THEN o.parts ELSE t.parts::jsonb END,
               due_at = CASE WHEN t.outcome = 'retry' THEN now() + make_interval(secs => t.again_in) ELSE o.due_at END,
               done_at = CASE WHEN t.outcome IN ('retry', 'credentials') THEN NULL ELSE now() END
          FROM told t
         WHERE o.id = t.id AND (o.state = 'sending' OR (o.state = 'unknown' AND t.outcome = 'sent'))
        RETURNING o.id, o.message_id, o.conversation_id, o.channel_id
    ), rested AS (
        INSERT INTO inbox_rest (conversation_id, until)
        SELECT moved.conversation_id, clock_timestamp() + make_interval(secs => max(t.rest))
          FROM told t JOIN moved ON moved.id = t.id WHERE t.rest > 0 GROUP BY 1 ORDER BY 1
        ON CONFLICT (conversation_id) DO UPDATE SET until = excluded.until
    ), parted AS (
        INSERT INTO inbox_part (channel_id, external_id, message_id)
        SELECT moved.channel_id, p.part->>0, moved.message_id
          FROM told t JOIN moved ON moved.id = t.id
         CROSS JOIN jsonb_array_elements(CASE WHEN t.outcome = 'sent' AND t.parts <> '' THEN t.parts ELSE '[]' END::jsonb)
                    WITH ORDINALITY AS p (part, n) WHERE p.n > 1
        ON CONFLICT DO NOTHING
    )
    UPDATE inbox_message m
       SET delivery = CASE t.outcome
                      WHEN 'sent' THEN CASE WHEN m.delivery IN ('delivered', 'read') THEN m.delivery ELSE 'sent' END
                                     WHEN 'retry' THEN 'pending' WHEN 'credentials' THEN 'pending'
                                     WHEN 'unknown' THEN 'unknown' ELSE 'failed' END,
           delivery_reason = t.reason,
           external_id = coalesce(nullif(t.external_id, ''), m.external_id),
           data = CASE WHEN t.parts <> '' AND t.outcome = 'sent'
                       THEN (m.data - 'waits') || jsonb_build_object('parts', t.parts::jsonb)
                       WHEN t.outcome = 'credentials' THEN m.data || '{"waits": "credentials"}' ELSE m.data - 'waits' END
      FROM told t JOIN moved ON moved.id = t.id
     WHERE m.id = moved.message_id
    RETURNING m.id, m.conversation_id, m.channel_id, m.delivery, moved.channel_id AS sender_id"""
STALE: LiteralString = """
    UPDATE inbox_outbox SET claimed_at = now()
     WHERE id IN (SELECT id FROM inbox_outbox WHERE state = 'sending' AND claimed_at < now() - make_interval(secs => $1)
                   LIMIT 200 FOR UPDATE SKIP LOCKED)
    RETURNING id, channel_id"""
PACE: LiteralString = """
    INSERT INTO inbox_pace (channel_id, free_at) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
    ON CONFLICT (channel_id) DO UPDATE
       SET free_at = greatest(inbox_pace.free_at, clock_timestamp()) + make_interval(secs => $2)
    RETURNING extract(epoch FROM free_at - clock_timestamp())::float8 - $2"""
PUT_BACK: LiteralString = """
    UPDATE inbox_outbox
       SET state = 'waiting', attempts = attempts - 1, claimed_at = NULL, due_at = now() + make_interval(secs => $2)
     WHERE id = ANY($1::uuid[]) AND state = 'sending'"""
RESTED: LiteralString = "DELETE FROM inbox_rest WHERE until < now() - interval '1 minute'"
# Two conversations that are slowed at the same time mean the channel as a whole.
SLOW: LiteralString = """
    INSERT INTO inbox_pace (channel_id, free_at, slowed_until, slowed_id)
    VALUES ($1, clock_timestamp(), clock_timestamp() + make_interval(secs => $3), $2)
    ON CONFLICT (channel_id) DO UPDATE
       SET held_until = CASE WHEN inbox_pace.slowed_until > clock_timestamp() AND inbox_pace.slowed_id <> $2
                             THEN greatest(inbox_pace.held_until, clock_timestamp() + make_interval(secs => $3))
                             ELSE inbox_pace.held_until END,
           slowed_until = greatest(inbox_pace.slowed_until, excluded.slowed_until), slowed_id = $2
    RETURNING coalesce(held_until > clock_timestamp(), false)"""
CHANNEL_OF: LiteralString = "SELECT channel_id FROM inbox_outbox WHERE id = $1"
LATEST = 30 * 86400.0
TOUCH: LiteralString = """
    UPDATE inbox_channel SET last_out_at = now()
     WHERE id IN (SELECT id FROM inbox_channel WHERE id = ANY($1::int[]) ORDER BY id FOR NO KEY UPDATE)"""


async def claim(
    conn: Conn, *, limit: int, but_channels: Sequence[int], plan_anew: bool = False
) -> list[ClaimedDelivery]:
    """Messages to send now, each already a recorded try; those that came too late are among them as cancelled.

    `plan_anew` (inside a transaction) does not use the plan that the connection keeps of this statement.
    """
    if plan_anew:
        await conn.execute(PLAN_ANEW)
    return [ClaimedDelivery(**dict(row)) for row in await conn.fetch(CLAIM, limit, list(but_channels))]


async def references(conn: Conn, conversation_id: int, message_id: int) -> list[str]:
    """External ids of earlier messages, nearest first; where one tells what it answered itself, what that named follows
    (RFC 5322, 3.6.4)."""
    found: list[str] = []
    for row in await conn.fetch(REFERENCES, conversation_id, message_id):
        found.append(row["external_id"])
        if row["named"]:
            found += row["named"]
            break
    return list(dict.fromkeys(found))


async def first_words(conn: Conn, conversation_id: int) -> str:
    """How the customer began."""
    return await conn.fetchval(FIRST_WORDS, conversation_id) or ""


async def external_id(conn: Conn, conversation_id: int, message_id: int) -> str:
    """The provider's id of a message of the conversation; empty when it has none."""
    return await conn.fetchval(EXTERNAL_ID, conversation_id, message_id) or ""


async def answered(
    conn: Conn, conversation_id: int, message_id: int, *, chosen: int | None = None
) -> Answered | None:
    """The message that this one answers: the chosen one, or the person's last."""
    row = await conn.fetchrow(ANSWERED, conversation_id, message_id, chosen)
    return Answered(at=row["at"], name=row["name"], text=row["text"]) if row else None


async def record(conn: Conn, told: Sequence[DeliveryOutcome]) -> list[RecordedDelivery]:
    """Outcomes of tries, all at once; returns the messages that they changed."""
    rows = await conn.fetch(
        RECORD,
        [one.id for one in told],
        [one.outcome for one in told],
        [kept(one.reason, 500) for one in told],
        [fitted(storable(one.external_id)) for one in told],
        [_seconds(one.again_in) for one in told],
        [one.sent_at for one in told],
        [
            orjson.dumps([[part.external_id, part.carries] for part in one.parts]).decode()
            if one.parts
            else ""
            for one in told
        ],
        [one.rest for one in told],
    )
    return [RecordedDelivery(**dict(row)) for row in rows]


def _seconds(asked: float) -> float:
    """A provider may ask for any number: not a number, endless, for ever."""
    return min(max(asked, 0.0), LATEST) if asked == asked else 60.0


async def channel_of(conn: Conn, id_: UUID) -> int | None:
    """The channel that an outbox row leaves by."""
    return await conn.fetchval(CHANNEL_OF, id_)


async def stale(conn: Conn, *, older_than: float) -> list[tuple[UUID, int]]:
    """Tries whose process died: nobody can tell whether they went out. `(outbox id, channel id)`."""
    return [(row["id"], row["channel_id"]) for row in await conn.fetch(STALE, older_than)]


async def reserve(conn: Conn, channel_id: int, seconds: float) -> float:
    """Take so much of the channel's time line, over all processes; returns in how many seconds it begins."""
    return max(0.0, await conn.fetchval(PACE, channel_id, seconds))


async def forget_rests(conn: Conn) -> None:
    """Pauses that are over."""
    await conn.execute(RESTED)


async def slow(conn: Conn, channel_id: int, conversation_id: int, seconds: float) -> bool:
    """The provider asked for a pause in this conversation; whether the channel as a whole has to wait."""
    return await conn.fetchval(SLOW, channel_id, conversation_id, seconds)


async def put_back(conn: Conn, ids: Sequence[UUID], *, seconds: float) -> None:
    """Claimed rows whose turn is later than the channel's pace allows now; this was no try."""
    await conn.execute(PUT_BACK, list(ids), seconds)


async def touch(conn: Conn, channel_ids: Sequence[int]) -> None:
    """Remember that something went out."""
    await conn.execute(TOUCH, list(channel_ids))
