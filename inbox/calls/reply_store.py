"""SQL of the word to whoever rang in vain."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

from crm_core.sql import Conn
from values.kept import kept, read_kept

PLAN: LiteralString = """
    INSERT INTO inbox_call_reply (call_id, due_at)
    SELECT k.id, $2 FROM inbox_call k JOIN inbox_call_rule r ON r.channel_id = k.channel_id
     WHERE k.id = $1 AND r.via_id IS NOT NULL ON CONFLICT (call_id) DO NOTHING"""
CLAIM: LiteralString = """
    SELECT p.call_id, k.conversation_id, k.contact_id, k.caller, i.root_id, k.started_at,
           coalesce(k.ended_at, k.started_at) AS ended_at, r.via_id, coalesce(r.texts, '{}') AS texts,
           coalesce(r.once_hours, 24) AS once_hours, ch.language AS channel_language, root.language AS contact_language
      FROM inbox_call_reply p
      JOIN inbox_call k ON k.id = p.call_id
      JOIN inbox_channel ch ON ch.id = k.channel_id
      JOIN crm_contact i ON i.id = k.contact_id
      JOIN crm_contact root ON root.id = i.root_id
      LEFT JOIN inbox_call_rule r ON r.channel_id = k.channel_id
     WHERE p.state = 'waiting' AND p.due_at <= $1
     ORDER BY p.due_at, p.call_id LIMIT 1 FOR UPDATE OF p SKIP LOCKED"""
HOLD_PERSON: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('call-reply:' || $1::bigint, 0))"
# What has become of the call and of the person since, looked at once their conversation is locked.
STANDING: LiteralString = """
    SELECT k.missed_at IS NOT NULL AS is_missed,
           EXISTS (SELECT 1 FROM inbox_blocked_number b WHERE b.number = k.caller) AS is_blocked,
           EXISTS (SELECT 1 FROM inbox_call o
                    WHERE o.contact_id IN (SELECT id FROM crm_contact WHERE root_id = $2) AND o.id <> k.id
                      AND o.started_at >= k.started_at AND o.outcome = 'answered'
                   UNION ALL
                   SELECT 1 FROM inbox_conversation c JOIN inbox_message m ON m.conversation_id = c.id
                    WHERE c.contact_id IN (SELECT id FROM crm_contact WHERE root_id = $2)
                      AND m.direction = 'out' AND m.author = 'user' AND m.at >= k.started_at) AS is_reached,
           EXISTS (SELECT 1 FROM inbox_call o
                    WHERE o.contact_id IN (SELECT id FROM crm_contact WHERE root_id = $2) AND o.id <> k.id
                      AND o.state <> 'ended' AND o.started_at >= k.started_at) AS is_talking,
           EXISTS (SELECT 1 FROM inbox_call_reply p JOIN inbox_call o ON o.id = p.call_id
                    WHERE p.state = 'written' AND p.done_at > $3
                      AND (o.caller = k.caller
                           OR o.contact_id IN (SELECT id FROM crm_contact WHERE root_id = $2))) AS is_told
      FROM inbox_call k WHERE k.id = $1"""
SETTLE: LiteralString = """
    UPDATE inbox_call_reply SET state = $2, reason = $3, message_id = $4, done_at = $5 WHERE call_id = $1"""
LATER: LiteralString = "UPDATE inbox_call_reply SET due_at = $2 WHERE call_id = $1"
PROVEN: LiteralString = """
    SELECT h.value FROM crm_handle h JOIN crm_contact p ON p.id = h.contact_id
     WHERE p.root_id = $1 AND h.kind = $2 AND h.trust = 'proven' AND h.unreachable = '' ORDER BY h.id DESC"""
IS_LOST: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM crm_handle WHERE kind = $1 AND value = $2 AND unreachable <> '')"""
OF_CALL: LiteralString = "SELECT state, reason FROM inbox_call_reply WHERE call_id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A missed call about which a word may be due."""

    call_id: int
    conversation_id: int
    contact_id: int
    root_id: int
    caller: str
    started_at: datetime
    ended_at: datetime
    via_id: int | None
    once_hours: int
    channel_language: str
    contact_language: str
    texts: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackFacts:
    """`is_talking`: they ring or are rung again just now. `is_told`: they had their word within the period."""

    is_missed: bool
    is_blocked: bool
    is_reached: bool
    is_talking: bool
    is_told: bool


async def plan(conn: Conn, call_id: int, due_at: datetime) -> None:
    """Note that a word may be due; nothing for a line without a rule, or when it is noted already."""
    await conn.execute(PLAN, call_id, due_at)


async def claim(conn: Conn, now: datetime) -> Due | None:
    """One that is due, locked until the transaction ends."""
    row = await conn.fetchrow(CLAIM, now)
    return Due(**dict(row)) if row else None


async def hold_person(conn: Conn, root_id: int) -> None:
    """Let nobody else write to this person until the transaction ends."""
    await conn.execute(HOLD_PERSON, root_id)


async def callback_facts(conn: Conn, call_id: int, *, root_id: int, since: datetime) -> CallbackFacts:
    row = await conn.fetchrow(STANDING, call_id, root_id, since)
    assert row is not None  # its row is referenced
    return CallbackFacts(**dict(row))


async def settle(
    conn: Conn, call_id: int, *, state: str, now: datetime, reason: str = "", message_id: int | None = None
) -> None:
    await conn.execute(SETTLE, call_id, state, kept(reason), message_id, now)


async def later(conn: Conn, call_id: int, due_at: datetime) -> None:
    await conn.execute(LATER, call_id, due_at)


async def proven(conn: Conn, root_id: int, kind: str) -> list[str]:
    """The person's own handles of a kind that can be reached, the newest first."""
    return [row["value"] for row in await conn.fetch(PROVEN, root_id, kind)]


async def is_lost(conn: Conn, kind: str, value: str) -> bool:
    """Whether something sent there came back for good."""
    return bool(await conn.fetchval(IS_LOST, kind, value))


async def of_call(conn: Conn, call_id: int) -> tuple[str, str] | None:
    row = await conn.fetchrow(OF_CALL, call_id)
    return (row["state"], read_kept(row["reason"])) if row else None
