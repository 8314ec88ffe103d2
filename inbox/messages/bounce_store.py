"""SQL of marking messages that came back; `reasons` are by the message's name at the provider."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn
from values.kept import kept, read_kept

FAIL: LiteralString = """
    UPDATE inbox_message m SET delivery = 'failed', delivery_reason = t.reason
      FROM unnest($1::text[], $2::text[]) AS t (external_id, reason)
     WHERE m.external_id = t.external_id AND m.channel_id IN (SELECT id FROM inbox_channel)
       AND m.direction = 'out' AND m.delivery <> 'failed'
    RETURNING m.id, m.conversation_id"""
DELAY: LiteralString = """
    UPDATE inbox_message m SET delivery_reason = t.reason
      FROM unnest($1::text[], $2::text[]) AS t (external_id, reason)
     WHERE m.external_id = t.external_id AND m.channel_id IN (SELECT id FROM inbox_channel)
       AND m.direction = 'out' AND m.delivery = 'sent'
    RETURNING m.id, m.conversation_id"""
PARTLY: LiteralString = """
    UPDATE inbox_message m
       SET delivery_reason = t.reason
      FROM unnest($1::text[], $2::text[]) AS t (external_id, reason)
     WHERE m.external_id = t.external_id AND m.channel_id IN (SELECT id FROM inbox_channel)
       AND m.direction = 'out' AND m.delivery <> 'failed'
    RETURNING m.id, m.conversation_id"""
LAST_TO: LiteralString = """
    SELECT DISTINCT ON (t.channel_id, t.recipient) t.channel_id, t.recipient, m.external_id
      FROM unnest($1::int[], $2::text[]) AS t (channel_id, recipient)
      JOIN inbox_conversation c ON c.channel_id = t.channel_id AND c.handle_kind = 'email'
                               AND c.handle_value = t.recipient
      JOIN inbox_message m ON m.conversation_id = c.id AND m.direction = 'out' AND m.external_id IS NOT NULL
                          AND m.delivery IN ('sent', 'delivered') AND m.at > now() - interval '5 days'
     ORDER BY t.channel_id, t.recipient, m.id DESC"""
ADDRESSEES: LiteralString = """
    SELECT m.external_id, c.handle_kind, c.handle_value, m.delivery_reason,
           ARRAY(SELECT lower(jsonb_array_elements_text(
                     coalesce(m.data -> 'copies', '[]') || coalesce(m.data -> 'blind_copies', '[]')))) AS copies
      FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
     WHERE m.external_id = ANY ($1::text[]) AND m.channel_id IN (SELECT id FROM inbox_channel)
       AND m.direction = 'out'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTo:
    """Whom a message of ours is for, and who else got it."""

    kind: str
    value: str
    copies: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A message of ours that is marked now."""

    id: int
    conversation_id: int


async def fail(conn: Conn, reasons: Mapping[str, str]) -> list[Marked]:
    """They did not arrive."""
    return await _mark(conn, FAIL, reasons)


async def delay(conn: Conn, reasons: Mapping[str, str]) -> list[Marked]:
    """They are still being tried."""
    return await _mark(conn, DELAY, reasons)


async def fail_partly(conn: Conn, reasons: Mapping[str, str]) -> list[Marked]:
    """They did not arrive at some who got a copy."""
    return await _mark(conn, PARTLY, reasons)


async def last_to(conn: Conn, asked: Collection[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """The last mail that lately went to these (channel, address), by its name at the provider."""
    rows = await conn.fetch(LAST_TO, [channel for channel, _ in asked], [to for _, to in asked])
    return {(row["channel_id"], row["recipient"]): row["external_id"] for row in rows}


async def sent_to(conn: Conn, external_ids: Collection[str]) -> dict[str, SentTo]:
    rows = await conn.fetch(ADDRESSEES, list(external_ids))
    return {
        row["external_id"]: SentTo(
            kind=row["handle_kind"],
            value=row["handle_value"].lower(),
            copies=frozenset(row["copies"]),
            reason=read_kept(row["delivery_reason"]),
        )
        for row in rows
    }


async def _mark(conn: Conn, statement: LiteralString, reasons: Mapping[str, str]) -> list[Marked]:
    rows = await conn.fetch(statement, list(reasons), [kept(reason) for reason in reasons.values()])
    return [Marked(**dict(row)) for row in rows]
